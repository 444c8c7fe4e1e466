/**
 * The panel under a flood: wrk asks a site for small pages so many times a
 * second while the panel is open on its log. The page itself counts its frames,
 * before and during the flood. Then Stop is clicked in floods. At the end each
 * request that was sent must be in the panel's total.
 */
import { execFile } from 'node:child_process'
import { connect } from 'node:net'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../processes.mjs'
import { makeSite } from './site.mjs'
import { memory, sum, withOthers } from './usage.mjs'

const pace = fileURLToPath(new URL('pace.lua', import.meta.url))
const CONNECTIONS = 64
/** For answers under way when the last request has been sent, in s. */
const REST = 2
/** Until what a change leaves to be done is done, in ms. */
const SETTLE = 30_000

const clock = () => performance.timeOrigin + performance.now()

async function flood(port, rate, seconds, signal) {
  const { stdout } = await promisify(execFile)(
    'wrk',
    [
      ...['-t', '1', '-c', String(CONNECTIONS), '-d', `${seconds + REST}s`, '--timeout', '30s', '-s', pace],
      ...[`http://127.0.0.1:${port}`, '--', String(rate), String(seconds)],
    ],
    { signal },
  )
  const result = JSON.parse(/RESULT (.*)/.exec(stdout)?.[1] ?? 'null')
  if (result === null) throw new Error(`wrk said nothing of its result: ${stdout}`)
  return result
}

async function until(check, what) {
  const deadline = performance.now() + 10_000
  for (;;) {
    const value = await check()
    if (value) return value
    if (performance.now() > deadline) throw new Error(`no ${what} within 10 s`)
    await sleep(5)
  }
}

/** Frames that the page draws meanwhile. */
async function framesDuring(page, work) {
  await page.evaluate(() => {
    const times = [performance.now()]
    window.frameTimes = times
    const next = time => {
      times.push(time)
      if (window.frameTimes === times) requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
  const result = await work()
  const times = await page.evaluate(() => {
    const { frameTimes } = window
    window.frameTimes = null
    return frameTimes.slice(1)
  })
  return { result, frames: { mean: meanRate(times), worst: worstSecond(times), longest: longestGap(times) } }
}

const meanRate = times => ((times.length - 1) * 1000) / (times.at(-1) - times[0])

const longestGap = times => Math.max(...times.slice(1).map((time, index) => time - times[index]))

/** The fewest frames within any second. */
function worstSecond(times) {
  let fewest = Number.POSITIVE_INFINITY
  let to = 0
  for (const [from, time] of times.entries()) {
    while (to < times.length && times[to] < time + 1000) to += 1
    if (to === times.length) break
    fewest = Math.min(fewest, to - from)
  }
  return fewest
}

/** As the panel writes it at the foot of the log. */
async function totalIn(page) {
  const text = await page.locator('.status-bar').textContent()
  return Number(/([\d,]+) requests/.exec(text ?? '')?.[1]?.replaceAll(',', ''))
}

/** From a click on Stop to the switch that is off on the screen, and to connections that are refused, in ms. */
async function stopInFlood(page, port, rate) {
  const abort = new AbortController()
  const running = flood(port, rate, 10, abort.signal).catch(() => null)
  await sleep(2000)
  const toggle = page.getByRole('switch').first()
  const { x, y, width, height } = await toggle.boundingBox()
  await toggle.evaluate(element => {
    window.drawn = new Promise(resolve => {
      const observer = new MutationObserver(() => {
        if (element.getAttribute('aria-checked') !== 'false') return
        observer.disconnect()
        // In the task after the next frame, that frame has been drawn.
        requestAnimationFrame(() => setTimeout(() => resolve(performance.timeOrigin + performance.now())))
      })
      observer.observe(element, { attributes: true })
    })
  })
  const began = clock()
  void page.mouse.click(x + width / 2, y + height / 2)
  const refused = await until(() => refusedAt(port), 'refused connection')
  const drawn = await page.evaluate(() => window.drawn)
  abort.abort()
  await running
  await toggle.click()
  await until(async () => !(await refusedAt(port)), 'site')
  return { drawn: drawn - began, refused: refused - began }
}

/** When a connection was refused, or null. */
function refusedAt(port) {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('error', () => resolve(clock()))
    socket.once('connect', () => {
      socket.destroy()
      resolve(null)
    })
  })
}

export async function measureFlood(stage, { app: executable, rate, seconds, stops }) {
  const port = await freePort()
  const app = await stage.drive(executable, { sites: [makeSite(stage.folder, 'flood', port)] })
  const { page, pid } = app
  await page.getByRole('button', { name: 'Show All' }).click()
  await sleep(SETTLE)
  const before = sum(memory(pid))
  const calm = await framesDuring(page, () => sleep(5000))
  const { result, others } = await withOthers(availableParallelism(), () =>
    framesDuring(page, () => flood(port, rate, seconds)),
  )
  const { result: load, frames } = result
  await until(async () => (await totalIn(page)) === load.sent, 'true total').catch(() => {})
  const counted = await totalIn(page)
  await sleep(SETTLE)
  const grown = sum(memory(pid)) - before
  const stopped = []
  for (let count = 0; count < stops; count++) stopped.push(await stopInFlood(page, port, rate))
  await app.close()
  return { calm: calm.frames, frames, load, counted, grown, stopped, others }
}
