/**
 * `npm run bench`: measures Servebar's terminal command against the ceiling of
 * node:http and against its peers. One process per server, pinned to one core;
 * the load has the other. The contenders of a work take turns, round by round.
 * test/bench/README.md says what is measured, and gets the results.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepAnswers } from './answers.mjs'
import { CONTENDERS, installPeers, isAvailable } from './contenders.mjs'
import { parseOptions } from './options.mjs'
import { freePort, pinLoad, Server, watched } from './processes.mjs'
import { printWork, summary, writeResults } from './report.mjs'
import { makeSite } from './site.mjs'
import { WORKS } from './works/all.mjs'

const options = parseOptions(process.argv.slice(2))
const scratch = mkdtempSync(join(tmpdir(), 'servebar-bench-'))
const root = join(scratch, 'site')
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

/** Starts a process of this contender; it may not yet take connections. */
async function launch(name, answers = '') {
  const port = await freePort()
  const folder = mkdtempSync(join(scratch, `${name}-`))
  const { command, environment } = CONTENDERS[name]
  const start = { root, port, cli: options.cli, answers, scratch: folder }
  return new Server(name, port, command(start), folder, environment?.(start))
}

/** Servebar's own answers to the requests of this work, for the ceiling. */
async function answersFor(work) {
  const folder = mkdtempSync(join(scratch, 'answers-'))
  const server = await (await launch('servebar')).ready()
  await keepAnswers(server.port, await work.requests(server.port, root), work.selector, folder)
  await server.stop()
  return folder
}

async function runWork(work) {
  const names = work.contenders.filter(name => options.contenders.includes(name))
  const answers = names.includes('ceiling') && work.requests ? await answersFor(work) : ''
  const results = new Map(names.map(name => [name, []]))
  const failures = new Map()
  const servers = new Map()
  const prepared = new Map()
  const attempt = async (name, step) => {
    if (failures.has(name)) return
    try {
      await step()
    } catch (error) {
      failures.set(name, error.message)
      results.delete(name)
      await servers.get(name)?.stop()
    }
  }
  for (const name of work.launches ? [] : names) {
    await attempt(name, async () => {
      servers.set(name, await launch(name, answers))
      await servers.get(name).ready()
      prepared.set(name, await work.prepare?.(servers.get(name), { root, scratch }))
    })
  }
  for (let round = 0; round < (work.rounds ?? options.rounds); round++) {
    // Each is first once: what runs first is not always the same.
    for (const turn of names.keys()) {
      const name = names[(turn + round) % names.length]
      const server = servers.get(name)
      const context = {
        name,
        server,
        prepared: prepared.get(name),
        round,
        root,
        scratch,
        seconds: options.seconds,
      }
      const step = () => work.measure({ ...context, launch: () => launch(name, answers) })
      await attempt(name, async () => results.get(name).push(await watched(server, step)))
    }
  }
  for (const server of servers.values()) await server.stop()
  return { work, results, failures }
}

/** Servebar gave a wrong answer. To miss a goal of speed is none: it may be the machine's fault. */
function isWrong({ work, results, failures }) {
  return (
    failures.has('servebar') ||
    (work.name === 'truth' && !work.goals.every(goal => goal.isMet(goal.value(results))))
  )
}

async function main() {
  pinLoad()
  const works = WORKS.filter(({ name }) => options.isChosen(name))
  const wanted = options.contenders.filter(name => works.some(work => work.contenders.includes(name)))
  options.contenders = wanted.filter(isAvailable)
  installPeers(options.contenders)
  mkdirSync(root)
  makeSite(root, new Set(works.flatMap(({ parts }) => parts)))
  const outcomes = []
  for (const work of works) {
    const outcome = await runWork(work)
    outcomes.push(outcome)
    printWork(outcome)
  }
  console.log(summary(outcomes))
  writeResults(outcomes, options)
  if (outcomes.some(isWrong)) process.exitCode = 1
}

main().then(
  () => process.exit(),
  error => {
    console.error(`bench: ${error.message}`)
    process.exit(1)
  },
)
