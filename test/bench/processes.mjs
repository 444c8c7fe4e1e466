/**
 * Servers as processes, each pinned to the server's core, and what Linux says
 * of them: processor time and memory, their children's included. The benchmark
 * pins itself, and so wrk and all that it starts else, to the other core.
 */
import { execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const SERVER_CORE = '0'
const LOAD_CORE = '1'
/** Of /proc/PID/stat (USER_HZ): the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Must be called before anything is measured. */
export function pinLoad() {
  if (process.platform !== 'linux')
    throw new Error('the benchmark needs Linux: it pins processes and reads /proc')
  if (availableParallelism() < 2)
    throw new Error('the benchmark needs two cores: one for the server, one for the load')
  for (const tool of ['taskset', 'wrk', 'python3']) {
    if (!hasProgram(tool))
      throw new Error(`${tool} is missing; on Debian: apt-get install util-linux wrk python3`)
  }
  execFileSync('taskset', ['-acp', LOAD_CORE, String(process.pid)])
}

const sum = numbers => numbers.reduce((total, number) => total + Number(number), 0)

/** From the state on: the name before it, in parentheses, may hold spaces. */
const statFields = pid =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')

/** What is not idle of both cores, and what the host took of them, in seconds. */
function busyTime() {
  const lines = readFileSync('/proc/stat', 'utf8').split('\n')
  const ticks = [SERVER_CORE, LOAD_CORE].flatMap(core => {
    const line = lines.find(text => text.startsWith(`cpu${core} `))
    const [, user, nice, system, , , interrupts, softInterrupts, stolen] = line.split(' ')
    return [user, nice, system, interrupts, softInterrupts, stolen]
  })
  return sum(ticks) / TICKS_PER_SECOND
}

/** Of the benchmark and of all processes that it started and that have ended, in seconds. */
function ownTime() {
  return sum(statFields(process.pid).slice(11, 15)) / TICKS_PER_SECOND
}

/**
 * Runs a step and adds to its metrics what share of the two cores others took meanwhile (0 to 1).
 * @param {Server | undefined} server that runs before and after
 * @param {() => Promise<Record<string, number>>} step
 */
export async function watched(server, step) {
  const usedByOthers = () => busyTime() - ownTime() - (server?.processorTime() ?? 0)
  const [before, began] = [usedByOthers(), process.hrtime.bigint()]
  const metrics = await step()
  const elapsed = Number(process.hrtime.bigint() - began) / 1e9
  return { ...metrics, others: Math.max(0, usedByOthers() - before) / (2 * elapsed) }
}

/** A name in Linux's abstract namespace: whoever ends, however, gives it back. */
const TURN = '\0servebar-bench'

/**
 * Two benchmarks at a time would measure each other: waits until no other one measures.
 * @template T
 * @param {() => Promise<T>} step
 */
export async function inTurn(step) {
  let holder = await takeTurn()
  for (; holder === null; holder = await takeTurn()) await sleep(100)
  try {
    return await step()
  } finally {
    holder.close()
    await sleep(200) // for those that wait
  }
}

/** Null while somebody else has it. */
function takeTurn() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('listening', () => resolve(server))
    server.once('error', error => (error.code === 'EADDRINUSE' ? resolve(null) : reject(error)))
    server.listen(TURN)
  })
}

/** @param {string} name */
export function hasProgram(name) {
  try {
    execFileSync('which', [name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** @type {Set<Server>} */
const running = new Set()
process.once('exit', () => {
  for (const server of running) server.kill()
})

export class Server {
  #process
  #exited

  /**
   * @param {string} name
   * @param {number} port
   * @param {readonly string[]} command program and arguments
   * @param {string} folder its output goes to files in here
   * @param {Record<string, string>} [environment]
   */
  constructor(name, port, command, folder, environment = {}) {
    this.name = name
    this.port = port
    this.errors = join(folder, `${name}.err`)
    const output = openSync(join(folder, `${name}.out`), 'w')
    const errors = openSync(this.errors, 'w')
    this.started = process.hrtime.bigint()
    this.#process = spawn('taskset', ['-c', SERVER_CORE, ...command], {
      stdio: ['ignore', output, errors],
      env: { ...process.env, NODE_ENV: 'production', ...environment },
    })
    closeSync(output)
    closeSync(errors)
    this.#exited = new Promise(resolve => {
      this.#process.once('exit', resolve)
      this.#process.once('error', resolve)
    })
    running.add(this)
    void this.#exited.then(() => running.delete(this))
  }

  get isRunning() {
    return running.has(this)
  }

  /** Resolves when it takes connections. */
  async ready(deadline = 15_000) {
    const end = Date.now() + deadline
    while (!(await accepts(this.port))) {
      this.mustRun()
      if (Date.now() > end) throw new Error(`it took no connection within ${deadline} ms`)
      await sleep(10)
    }
    return this
  }

  /** User and system time of all threads so far, in seconds. */
  processorTime() {
    return sum(this.#family().flatMap(pid => statFields(pid).slice(11, 13))) / TICKS_PER_SECOND
  }

  /** Resident memory in MiB. */
  memory() {
    const residentOf = pid => /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return sum(this.#family().map(residentOf)) / 1024
  }

  async stop() {
    if (!this.isRunning) return
    this.#process.kill('SIGTERM')
    const late = setTimeout(() => this.kill(), 5_000)
    await this.#exited
    clearTimeout(late)
  }

  kill() {
    this.#process.kill('SIGKILL')
  }

  /** Throws what it said when it ended. */
  mustRun() {
    if (this.isRunning) return
    const [reason = ''] = /^.*error.*$/im.exec(readFileSync(this.errors, 'utf8')) ?? []
    throw new Error(`it ended: ${reason.trim().slice(0, 200)}`)
  }

  /** The process and its children: nginx works in a child. */
  #family() {
    this.mustRun()
    const { pid } = this.#process
    const children = readdirSync(`/proc/${pid}/task`).flatMap(thread =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
    )
    return [pid, ...children]
  }
}

/** @param {number} port */
function accepts(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}
