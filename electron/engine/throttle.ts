/**
 * A slow network for one site: what its presets and numbers are, and the link
 * that all connections of the site share. Latency is added to what is sent,
 * once for each answer; bandwidth is that of the link, shared fairly; a share of
 * the answers is lost with its connection. Costs nothing where it is off, as
 * connections go by untouched; one that has begun on the link stays on it, and
 * every change holds for it at once.
 */
import type { Server, Socket } from 'node:net'
import { Lane } from './throttle-lane.ts'
import { type Link, ThrottledSocket } from './throttle-socket.ts'

export interface ThrottleNumbers {
  /** ms, added to each answer. */
  readonly latency: number
  /** bit/s, from the site to its visitors, all together. */
  readonly download: number
  /** bit/s, from the visitors to the site. */
  readonly upload: number
  /** Share of the answers that are cut, from 0 to 1. */
  readonly loss: number
}

export type ThrottlePreset = 'slow-3g' | 'fast-3g' | 'flaky'

/**
 * The first two have the numbers of Chrome's DevTools (Slow 3G, later called 3G, and Fast 3G, later Slow 4G), so that
 * both tell of the same network. The third is a room too far from its access point.
 */
export const throttlePresets: Readonly<Record<ThrottlePreset, ThrottleNumbers>> = {
  'slow-3g': { latency: 2_000, download: 400_000, upload: 400_000, loss: 0 },
  'fast-3g': { latency: 562.5, download: 1_440_000, upload: 675_000, loss: 0 },
  flaky: { latency: 100, download: 5_000_000, upload: 2_000_000, loss: 0.1 },
}

const MAX_LATENCY = 60_000
const MIN_RATE = 1_000
const MAX_RATE = 10_000_000_000

/** Throws a RangeError that says what it takes. */
export function checkThrottle(numbers: ThrottleNumbers): ThrottleNumbers {
  const { latency, download, upload, loss } = numbers
  if (!(latency >= 0 && latency <= MAX_LATENCY)) {
    throw new RangeError(`latency is not a number of milliseconds from 0 to ${MAX_LATENCY}`)
  }
  for (const [name, rate] of Object.entries({ download, upload })) {
    if (!(rate >= MIN_RATE && rate <= MAX_RATE)) {
      throw new RangeError(`${name} is not a number of bits per second from ${MIN_RATE} to ${MAX_RATE}`)
    }
  }
  if (!(loss >= 0 && loss <= 1)) throw new RangeError('loss is not a share from 0 to 1')
  return { latency, download, upload, loss }
}

/** `slow-3g`, `400,2000` (kbit/s both ways, ms), `1000/250,40` (down, up); null for `off`. Throws a RangeError. */
export function parseThrottle(text: string): ThrottleNumbers | null {
  if (text === 'off') return null
  if (Object.hasOwn(throttlePresets, text)) return throttlePresets[text as ThrottlePreset]
  const [, down, up = down, latency] =
    /^(\d+(?:\.\d+)?)(?:\/(\d+(?:\.\d+)?))?,(\d+(?:\.\d+)?)$/.exec(text) ?? []
  if (down === undefined) {
    const presets = Object.keys(throttlePresets).join(', ')
    throw new RangeError(
      `${JSON.stringify(text)} is none of ${presets} and off, nor kbit/s and ms such as 400,2000`,
    )
  }
  const numbers = {
    latency: Number(latency),
    download: Number(down) * 1_000,
    upload: Number(up) * 1_000,
    loss: 0,
  }
  return checkThrottle(numbers)
}

/** The link of one site. */
export class Throttle implements Link {
  readonly down: Lane
  readonly up: Lane
  readonly #random: () => number
  #numbers: ThrottleNumbers | null = null

  constructor({ down = new Lane(), up = new Lane(), random = Math.random } = {}) {
    this.down = down
    this.up = up
    this.#random = random
  }

  get numbers(): ThrottleNumbers | null {
    return this.#numbers
  }

  /** Null switches it off. Holds at once for what is under way, and for each connection from now on. */
  set(numbers: ThrottleNumbers | null): void {
    this.#numbers = numbers
    this.down.set(numbers?.download ?? Number.POSITIVE_INFINITY, numbers?.latency ?? 0)
    this.up.set(numbers?.upload ?? Number.POSITIVE_INFINITY, 0)
  }

  cut(): number | null {
    const loss = this.#numbers?.loss ?? 0
    return loss > 0 && this.#random() < loss ? this.#random() : null
  }

  /** The connection as it is over the link; itself where there is none. */
  attach(socket: Socket): Socket {
    // It has what node:http, TLS and this engine use of a socket.
    return this.#numbers === null ? socket : (new ThrottledSocket(socket, this) as unknown as Socket)
  }
}

/**
 * Puts the link between a server and its connections, whatever protocol it speaks on them: below TLS and HTTP/2, too.
 * To be called when the server has all its listeners.
 */
export function throttleServer(server: Server, throttle: Throttle): void {
  const listeners = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const attached = throttle.attach(socket)
    for (const listener of listeners) listener.call(server, attached)
  })
}
