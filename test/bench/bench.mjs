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
import { freePort, inTurn, pinLoad, Server, watched } from './processes.mjs'
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
  await keepAnswers(server.port, await work.requests(server.port), work.selector, folder)
  await server.stop()
  return folder
}

/**
 * One contender in one work: its server, or the servers that it launches for each measurement, and its rounds.
 * After the first error nothing more is measured of it.
 */
class Entry {
  rounds = []
  failure = null
  #server
  #prepared

  constructor(work, name, answers) {
    this.work = work
    this.name = name
    this.answers = answers
  }

  prepare() {
    return this.#unlessFailed(async () => {
      if (this.work.launches) return
      this.#server = await launch(this.name, this.answers)
      await this.#server.ready()
      this.#prepared = await this.work.prepare(this.#server, { root, scratch })
    })
  }

  measure(round) {
    return this.#unlessFailed(async () => {
      const context = {
        name: this.name,
        server: this.#server,
        prepared: this.#prepared,
        root,
        scratch,
        round,
      }
      const step = () => this.#withLaunches({ ...context, seconds: options.seconds })
      this.rounds.push(await watched(this.#server, step))
    })
  }

  async stop() {
    await this.#server?.stop()
  }

  async #withLaunches(context) {
    const launched = []
    const launchOwn = async () => {
      const server = await launch(this.name, this.answers)
      launched.push(server)
      return server
    }
    try {
      return await this.work.measure({ ...context, launch: launchOwn })
    } finally {
      await Promise.all(launched.map(server => server.stop()))
    }
  }

  async #unlessFailed(step) {
    if (this.failure !== null) return
    try {
      await step()
    } catch (error) {
      this.failure = error.message
      await this.stop()
    }
  }
}

async function runWork(work) {
  const names = work.contenders.filter(name => options.contenders.includes(name))
  const answers = names.includes('ceiling') && work.requests ? await answersFor(work) : ''
  const entries = names.map(name => new Entry(work, name, answers))
  for (const entry of entries) await entry.prepare()
  for (let round = 0; round < (work.rounds ?? options.rounds); round++) {
    // Each is first once: what runs first is not always the same.
    for (const turn of entries.keys()) await entries[(turn + round) % entries.length].measure(round)
  }
  await Promise.all(entries.map(entry => entry.stop()))
  const [failed, counted] = [
    entries.filter(({ failure }) => failure),
    entries.filter(({ failure }) => !failure),
  ]
  return {
    work,
    results: new Map(counted.map(({ name, rounds }) => [name, rounds])),
    failures: new Map(failed.map(({ name, failure }) => [name, failure])),
  }
}

/** Servebar gave a wrong answer, or none. To miss a goal of speed is no error: it may be the machine's. */
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
    const outcome = await inTurn(() => runWork(work))
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
