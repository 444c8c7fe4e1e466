/**
 * What a work is, and how its goals are judged: ratios are taken within a
 * round, where both contenders met the same machine, and their median counts.
 */

/**
 * @typedef {Record<string, number>} Metrics
 *
 * @typedef {object} Goal
 * @property {string} text
 * @property {(results: Results) => number | null} value null where it was not measured
 * @property {(value: number) => boolean} isMet
 * @property {(value: number) => string} format
 *
 * @typedef {Map<string, Metrics[]>} Results each contender's rounds
 *
 * @typedef {object} Column
 * @property {string} key of the metrics
 * @property {string} title
 * @property {number} digits
 */

/** @type {Record<string, Column>} */
export const columns = {
  rate: { key: 'rate', title: 'requests/s', digits: 0 },
  processor: { key: 'processor', title: 'µs of processor/request', digits: 1 },
  p99: { key: 'p99', title: 'p99 ms', digits: 2 },
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * The median of the ratios within each round.
 * @param {Results} results
 */
export function ratio(results, name, other, metric, otherMetric = metric) {
  const [rounds, others] = [results.get(name), results.get(other)]
  if (!rounds?.length || rounds.length !== others?.length) return null
  return median(rounds.map((round, n) => round[metric] / others[n][otherMetric]))
}

const WORDS = { rate: '', processor: ' processor time per request', p99: ' p99' }

/** @returns {Goal} */
export function atLeast(limit, other, metric) {
  return {
    text: `≥ ${limit} × ${other}${WORDS[metric]}`,
    value: results => ratio(results, 'servebar', other, metric),
    isMet: value => value >= limit,
    format: value => `${value.toFixed(2)} ×`,
  }
}

/** @returns {Goal} */
export function atMost(limit, other, metric) {
  return {
    text: `≤ ${limit} × ${other}${WORDS[metric]}`,
    value: results => ratio(results, 'servebar', other, metric),
    isMet: value => value <= limit,
    format: value => `${value.toFixed(2)} ×`,
  }
}
