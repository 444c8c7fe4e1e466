/**
 * Results as Markdown: a table of the goals, then one of each work. Written
 * between two markers of README.md, and as raw numbers into results.json.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { CONTENDERS, versionOf } from './contenders.mjs'
import { median, ratio } from './works/work.mjs'

const here = name => fileURLToPath(new URL(name, import.meta.url))
const [BEGIN, END] = ['<!-- results: begin -->', '<!-- results: end -->']

const row = cells => `| ${cells.join(' | ')} |`
const table = (head, rows) =>
  [row(head), row(head.map((_, n) => (n === 0 ? '---' : '---:'))), ...rows.map(row)].join('\n')

const format = (value, digits) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** One row per contender: the medians, and the first of them as a ratio to the work's reference, if that was measured. */
function workTable({ work, results, failures }) {
  const { columns } = work
  const reference = results.has(work.reference) ? work.reference : null
  const [first] = columns
  const rows = [...results].map(([name, rounds]) => [
    CONTENDERS[name].title,
    ...columns.map(({ key, digits }) => format(median(rounds.map(round => round[key])), digits)),
    ...(reference ? [format(ratio(results, name, reference, first.key), 2)] : []),
  ])
  const failed = [...failures].map(([name, reason]) => [
    CONTENDERS[name].title,
    `not counted: ${reason.replaceAll('|', '\\|').replace(/\s+/g, ' ')}`,
    ...columns.slice(1).map(() => ''),
    ...(reference ? [''] : []),
  ])
  const head = [
    '',
    ...columns.map(({ title }) => title),
    ...(reference ? [`× ${CONTENDERS[reference].title}`] : []),
  ]
  return table(head, [...rows, ...failed])
}

function goalRows({ work, results, failures }) {
  return work.goals.map(({ text, value, isMet, format: word, byProcessor }) => {
    const measured = results.get('servebar')?.length ? value(results) : null
    if (measured === null) return [work.title, text, failures.get('servebar') ?? 'not measured', '', '']
    const ratioOfTimes = byProcessor?.(results) ?? null
    const verdict = isMet(measured) ? 'met' : '**missed**'
    return [work.title, text, word(measured), ratioOfTimes === null ? '' : format(ratioOfTimes, 2), verdict]
  })
}

/** Goals of these outcomes as a table. */
export function summary(outcomes) {
  return table(['Work', 'Goal', 'Servebar', 'by processor time', ''], outcomes.flatMap(goalRows))
}

/** On a machine that has other things to do, rates and latencies are not those of the server. */
function disturbance({ results }) {
  const shares = [...results.values()].flatMap(rounds => rounds.map(({ others }) => others))
  if (shares.length === 0 || median(shares) < 0.03) return ''
  return `\n\nOther processes took ${(median(shares) * 100).toFixed(0)} % of the two cores meanwhile.`
}

export function printWork(outcome) {
  const { name, title } = outcome.work
  console.log(`\n${name}: ${title}\n${workTable(outcome)}${disturbance(outcome)}`)
}

function machine() {
  const all = cpus()
  return `${all.length} cores of ${all[0].model.trim()}, Linux ${release()}, Node ${process.versions.node}`
}

function versions(outcomes) {
  const names = new Set(outcomes.flatMap(({ results }) => [...results.keys()]))
  const known = [...names].map(name => [CONTENDERS[name].title.replace(/ --dev|, .*/, ''), versionOf(name)])
  return [...new Map(known.filter(([, version]) => version !== null))]
    .map(([title, version]) => `${title} ${version}`)
    .join(', ')
}

function markdown(outcomes, { rounds, seconds }) {
  const date = new Date().toISOString().slice(0, 10)
  return [
    `${date}; ${machine()}; ${versions(outcomes)}. ${rounds} rounds of ${seconds} s.`,
    summary(outcomes),
    ...outcomes.map(outcome => `### ${outcome.work.title}\n\n${workTable(outcome)}${disturbance(outcome)}`),
  ].join('\n\n')
}

export function writeResults(outcomes, options) {
  const raw = outcomes.map(({ work, results, failures }) => ({
    work: work.name,
    results: Object.fromEntries(results),
    failures: Object.fromEntries(failures),
  }))
  const run = { date: new Date(), machine: machine(), versions: versions(outcomes), works: raw }
  writeFileSync(here('results.json'), `${JSON.stringify(run, null, 2)}\n`)
  if (!options.writes) return
  const page = readFileSync(here('README.md'), 'utf8')
  const [before, after] = [page.split(BEGIN)[0], page.split(END)[1]]
  if (after === undefined) throw new Error(`README.md lacks ${BEGIN} and ${END}`)
  writeFileSync(here('README.md'), `${before}${BEGIN}\n\n${markdown(outcomes, options)}\n\n${END}${after}`)
}
