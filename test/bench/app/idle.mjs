/**
 * What the app takes while nobody looks and nothing is asked: three sites
 * served, the panel closed. Beside it an empty Electron app, since Chromium has
 * timers of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../processes.mjs'
import { makeSite } from './site.mjs'
import { processorTime, wakeUps } from './usage.mjs'

/** Until what a start leaves to be done is done, in ms. */
const SETTLE = 30_000

async function watch(pid, seconds) {
  const before = { time: processorTime(pid), wakeUps: wakeUps(pid), at: performance.now() }
  await sleep(seconds * 1000)
  const took = performance.now() - before.at
  const rates = [...wakeUps(pid)].map(([thread, count]) => ({
    thread: thread.replace(/^\d+ /, ''),
    rate: ((count - (before.wakeUps.get(thread) ?? 0)) * 1000) / took,
  }))
  const [busiest] = rates.toSorted((a, b) => b.rate - a.rate)
  return { percent: ((processorTime(pid) - before.time) * 100) / took, busiest }
}

async function measure(stage, executable, seconds, options) {
  const app = await stage.start(executable, options)
  await sleep(SETTLE)
  const result = await watch(app.pid, seconds)
  await app.close()
  return result
}

export async function measureIdle(stage, { app, empty, seconds }) {
  const sites = []
  for (const name of ['one', 'two', 'three']) sites.push(makeSite(stage.folder, name, await freePort()))
  return {
    own: await measure(stage, app, seconds, { sites, args: ['--hidden'] }),
    empty: await measure(stage, empty, seconds),
  }
}
