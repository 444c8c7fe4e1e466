/**
 * What the processes of an app take, from Linux's /proc: processor time, memory
 * (what is shared by several counts in parts), and how often each thread woke up.
 */
import { readdirSync, readFileSync } from 'node:fs'

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // ended meanwhile
  }
}

function list(path) {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** A process and all below it, each with its kind: `main`, `renderer`, `gpu-process`, ... */
function family(pid) {
  const found = [pid]
  for (const each of found) {
    const children = list(`/proc/${each}/task`).flatMap(thread =>
      read(`/proc/${each}/task/${thread}/children`).split(' ').filter(Boolean),
    )
    found.push(...children.map(Number))
  }
  return found.map(each => ({ pid: each, kind: kindOf(each) }))
}

function kindOf(pid) {
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
  const [, type, subtype] = /--type=([\w-]+)(?:.*--utility-sub-type=(\S+))?/.exec(command) ?? []
  return subtype ?? type ?? 'main'
}

export const sum = values => Object.values(values).reduce((total, value) => total + value, 0)

/** Processor time in ms. */
export function processorTime(pid) {
  const threads = family(pid).flatMap(({ pid: each }) =>
    list(`/proc/${each}/task`).map(thread => read(`/proc/${each}/task/${thread}/schedstat`)),
  )
  return sum(threads.map(text => Number(text.split(' ')[0]) / 1e6))
}

/** Proportional share of memory of each kind of process, in MiB. */
export function memory(pid) {
  const sizes = {}
  for (const { pid: each, kind } of family(pid)) {
    const size = Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${each}/smaps_rollup`))?.[1] ?? 0)
    sizes[kind] = (sizes[kind] ?? 0) + size / 1024
  }
  return sizes
}

/** How often each thread has gone to sleep, and so woken up: its process's kind and its name -> count. */
export function wakeUps(pid) {
  const counts = new Map()
  for (const { pid: each, kind } of family(pid)) {
    for (const thread of list(`/proc/${each}/task`)) {
      const status = read(`/proc/${each}/task/${thread}/status`)
      const name = thread === String(each) ? 'main thread' : /^Name:\s+(.*)/m.exec(status)?.[1]
      const count = Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0)
      counts.set(`${thread} ${kind}: ${name}`, count)
    }
  }
  return counts
}

/** What all processes have taken of all cores, in ms; what the host took of them counts, too. */
function busyTime() {
  const [, user, nice, system, , , interrupts, softInterrupts, stolen] = read('/proc/stat')
    .split('\n')[0]
    .split(/\s+/)
  return sum([user, nice, system, interrupts, softInterrupts, stolen].map(ticks => Number(ticks) * 10))
}

/** Runs a step; answers what share of the machine's cores others than this process and its children took meanwhile. */
export async function withOthers(cores, step) {
  const endedChildren = () => {
    const [userTicks, systemTicks] = read('/proc/self/stat')
      .replace(/^.*\) /, '')
      .split(' ')
      .slice(13, 15)
    return (Number(userTicks) + Number(systemTicks)) * 10
  }
  const others = () => busyTime() - processorTime(process.pid) - endedChildren()
  const [before, began] = [others(), performance.now()]
  const result = await step()
  return { result, others: Math.max(0, others() - before) / (cores * (performance.now() - began)) }
}
