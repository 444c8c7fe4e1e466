/**
 * What a work is, and how its goals are judged: ratios are taken within a
 * round, where both contenders met the same machine, and their median counts.
 */
import { CONTENDERS } from '../contenders.mjs'

/**
 * @typedef {Record<string, number>} Metrics
 * @typedef {Map<string, Metrics[]>} Results each contender's rounds
 *
 * @typedef {object} Goal
 * @property {string} text
 * @property {(results: Results) => number | null} value null where it was not measured
 * @property {(value: number) => boolean} isMet
 * @property {(value: number) => string} format
 * @property {(results: Results) => number | null} [byProcessor] the same ratio by processor time: it is right also
 *   where the load, and not the server, was what ran short
 *
 * @typedef {object} Column
 * @property {string} key of the metrics
 * @property {string} title
 * @property {number} digits
 *
 * @typedef {object} Context
 * @property {string} root the folder that is served
 * @property {string} scratch a folder for files
 * @property {string} name the contender
 * @property {number} round from 0
 * @property {number} seconds
 * @property {import('../processes.mjs').Server} server but in a work that launches its own
 * @property {unknown} prepared what `prepare` gave for this contender
 * @property {() => Promise<import('../processes.mjs').Server>} launch stopped when it is measured
 *
 * @typedef {object} Work
 * @property {string} name
 * @property {string} title
 * @property {readonly string[]} parts of the site
 * @property {readonly string[]} contenders
 * @property {readonly Column[]} columns
 * @property {string} [reference] whom the first column is compared with
 * @property {readonly Goal[]} goals
 * @property {string} [selector] field of the requests that the ceiling's answers depend on
 * @property {(port: number) => Promise<import('../wrk.mjs').Request[]>} [requests] what the ceiling must know
 * @property {(server: import('../processes.mjs').Server, context: { root: string, scratch: string }) => Promise<unknown>} [prepare]
 *   Checks the answers, and warms the server up.
 * @property {boolean} [launches] Each measurement starts processes of its own.
 * @property {number} [rounds] where it takes more, or fewer, than is said
 * @property {(context: Context) => Promise<Metrics>} measure
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

/** The median over the rounds of what `compare` makes of both contenders' metrics; null when one is missing. */
function paired(results, name, other, compare) {
  const [rounds, others] = [results.get(name), results.get(other)]
  if (!rounds?.length || rounds.length !== others?.length) return null
  return median(rounds.map((metrics, n) => compare(metrics, others[n])))
}

/** The median of the ratios within each round. */
export function ratio(results, name, other, metric, otherMetric = metric) {
  return paired(results, name, other, (metrics, others) => metrics[metric] / others[otherMetric])
}

const titleOf = name => CONTENDERS[name].title
const times = value => `${value.toFixed(2)} ×`

/** @returns {Goal} */
export function atLeast(limit, other, metric) {
  return {
    text: `≥ ${limit} × ${titleOf(other)}`,
    value: results => ratio(results, 'servebar', other, metric),
    isMet: value => value >= limit,
    format: times,
    byProcessor: results => ratio(results, other, 'servebar', 'processor'),
  }
}

/** @returns {Goal} */
export function atMost(limit, other, metric, what) {
  return {
    text: `${what}: ≤ ${limit} × ${titleOf(other)}`,
    value: results => ratio(results, 'servebar', other, metric),
    isMet: value => value <= limit,
    format: times,
  }
}

/**
 * Against the same server at another time.
 * @returns {Goal}
 */
export function atMostOfItself(limit, metric, otherMetric, what) {
  return {
    text: `${what}: ≤ ${limit} × without`,
    value: results => ratio(results, 'servebar', 'servebar', metric, otherMetric),
    isMet: value => value <= limit,
    format: times,
  }
}

/** @returns {Goal} */
export function atMostMore(limit, other, metric, what) {
  return {
    text: `${what}: ≤ ${titleOf(other)} + ${limit} MiB`,
    value: results => paired(results, 'servebar', other, (own, others) => own[metric] - others[metric]),
    isMet: value => value <= limit,
    format: value => `${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(0)} MiB`,
  }
}
