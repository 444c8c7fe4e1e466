/**
 * `npm run bench:app`: measures the packaged app on a real Electron: its panel
 * under a flood of requests, how soon it shows, what it takes while idle, and
 * how soon it starts. test/bench/APP.md says how, and gets the results.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { measureFlood } from './app/flood.mjs'
import { measureIdle } from './app/idle.mjs'
import { packageApps } from './app/packages.mjs'
import { measureShow } from './app/show.mjs'
import { openStage } from './app/stage.mjs'
import { measureStart } from './app/start.mjs'
import { hasProgram, inTurn } from './processes.mjs'

const usage = `Usage: npm run bench:app -- [options]

  --only PARTS    of flood, show, idle, start
  --rate N        requests a second of the flood (default: 20000)
  --seconds N     of the flood (default: 30)
  --write         put the results into APP.md although not everything was measured`

const page = fileURLToPath(new URL('APP.md', import.meta.url))
const [BEGIN, END] = ['<!-- results: begin -->', '<!-- results: end -->']

const number = (value, digits = 0) =>
  value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
const median = values => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const ms = values => `${number(median(values))} ms, at most ${number(Math.max(...values))}`

/** Each part measures, and makes rows of it: what, goal, measured, whether it is met, and what to compare it with. */
const parts = {
  async flood(stage, apps, { rate, seconds }) {
    const { calm, frames, load, counted, grown, stopped, others } = await measureFlood(stage, {
      ...apps,
      ...{ rate, seconds, stops: 5 },
    })
    // A goal missed may be the machine's doing; a request lost is not.
    if (counted !== load.sent) process.exitCode = 1
    const reached = load.sent / seconds
    const sights = stopped.map(({ drawn }) => drawn)
    const refusals = stopped.map(({ refused }) => refused)
    const shares = `others took ${number(others * 100)} % of the cores`
    return [
      [
        'Requests a second, for so many seconds',
        `${number(rate)} for 30`,
        `${number(reached)} for ${seconds}; p99 ${number(load.p99, 1)} ms`,
        reached >= rate * 0.99 && seconds >= 30,
        shares,
      ],
      [
        'Frames a second meanwhile',
        '≥ 50',
        `${number(frames.mean, 1)}; in the worst second ${frames.worst}`,
        frames.mean >= 50,
        `without requests ${number(calm.mean, 1)}; ${calm.worst}`,
      ],
      ['Click on Stop: off on the screen', '≤ 100 ms', ms(sights), median(sights) <= 100, ''],
      ['Click on Stop: connections refused', '≤ 100 ms', ms(refusals), median(refusals) <= 100, ''],
      [
        'Requests in the panel’s total',
        'all',
        `${number(counted)} of ${number(load.sent)}`,
        counted === load.sent && load.errors === 0,
        `${number(load.answered)} answered`,
      ],
      [
        'Memory half a minute later',
        '≤ + 30 MiB',
        `${grown < 0 ? '−' : '+'} ${number(Math.abs(grown), 1)} MiB`,
        grown <= 30,
        '',
      ],
    ]
  },
  async show(stage, apps) {
    const shown = await measureShow(stage, { ...apps, times: 10 })
    return [['Click on the tray icon: panel drawn', '≤ 100 ms', ms(shown), median(shown) <= 100, '']]
  },
  async idle(stage, apps) {
    const { own, empty } = await measureIdle(stage, { ...apps, seconds: 60 })
    const rateOf = ({ busiest }) => `${number(busiest.rate, 1)} (${busiest.thread})`
    return [
      [
        'Idle, three sites: processor time',
        '< 0.3 %',
        `${number(own.percent, 2)} %`,
        own.percent < 0.3,
        `empty app ${number(empty.percent, 2)} %`,
      ],
      [
        'Idle: wake-ups a second of the busiest thread, all its timers together',
        '≤ 1 for a timer',
        rateOf(own),
        null,
        `empty app ${rateOf(empty)}`,
      ],
    ]
  },
  async start(stage, apps) {
    const launches = await measureStart(stage, { ...apps, rounds: 9 })
    const ratio = median(launches.map(({ own, empty }) => own / empty))
    return [
      [
        'Cold start to tray',
        '≤ 1.5 × an empty Electron app',
        `${number(ratio, 2)} × (${number(median(launches.map(({ own }) => own)))} ms)`,
        ratio <= 1.5,
        `empty app ${number(median(launches.map(({ empty }) => empty)))} ms`,
      ],
    ]
  },
}

function table(rows) {
  const verdict = isMet => (isMet === null ? '' : isMet ? 'met' : '**missed**')
  const lines = rows.map(([what, goal, measured, isMet, beside]) => [
    what,
    goal,
    measured,
    verdict(isMet),
    beside,
  ])
  const row = cells => `| ${cells.join(' | ')} |`
  return [
    row(['', 'Goal', 'Servebar', '', 'Beside it']),
    row(['---', '---', '---', '---', '---']),
    ...lines.map(row),
  ].join('\n')
}

function writeResults(rows, electron) {
  const all = cpus()
  const date = new Date().toISOString().slice(0, 10)
  const machine = `${all.length} cores of ${all[0].model.trim()}, Linux ${release()}, Electron ${electron}`
  const text = `${date}; ${machine}; Xvfb, which draws with the same cores.\n\n${table(rows)}`
  const [before, after] = [
    readFileSync(page, 'utf8').split(BEGIN)[0],
    readFileSync(page, 'utf8').split(END)[1],
  ]
  if (after === undefined) throw new Error(`APP.md lacks ${BEGIN} and ${END}`)
  writeFileSync(page, `${before}${BEGIN}\n\n${text}\n\n${END}${after}`)
}

function parseOptions() {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: Object.keys(parts).join(',') },
      rate: { type: 'string', default: '20000' },
      seconds: { type: 'string', default: '30' },
      write: { type: 'boolean', default: false },
    },
  })
  const only = values.only.split(',')
  const wrong = only.find(name => !(name in parts))
  if (wrong !== undefined) throw new Error(`there is no part ${wrong}`)
  const isWhole = Object.keys(parts).every(name => only.includes(name))
  return { only, rate: Number(values.rate), seconds: Number(values.seconds), writes: isWhole || values.write }
}

function readOptions() {
  try {
    return parseOptions()
  } catch (error) {
    console.error(`bench:app: ${error.message}\n\n${usage}`)
    process.exit(2)
  }
}

async function main(options) {
  if (process.platform !== 'linux') throw new Error('it needs Linux: a virtual display, D-Bus and /proc')
  for (const [tool, name] of Object.entries({ Xvfb: 'xvfb', 'dbus-daemon': 'dbus', wrk: 'wrk' })) {
    if (!hasProgram(tool)) throw new Error(`${tool} is missing; on Debian: apt-get install ${name}`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'servebar-bench-app-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const apps = packageApps(folder)
  const stage = await openStage()
  const rows = []
  for (const name of options.only) rows.push(...(await inTurn(() => parts[name](stage, apps, options))))
  stage.close()
  console.log(table(rows))
  if (options.writes) writeResults(rows, apps.version)
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))
main(readOptions()).then(
  () => process.exit(),
  error => {
    console.error(`bench:app: ${error.message}`)
    process.exit(1)
  },
)
