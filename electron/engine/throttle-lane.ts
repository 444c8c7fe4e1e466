/**
 * One direction of a slow link: bytes leave one after the other at its rate and
 * arrive after its latency. Those who send take turns, a small piece each, so
 * every connection has its share. It keeps its own account of when the line is
 * free, so that late timers delay bytes but never cost any bandwidth.
 */

export interface Clock {
  /** ms */
  now(): number
  /** Runs the action at that time or soon after; answers what takes it back. */
  at(time: number, action: () => void): () => void
}

const systemClock: Clock = {
  now: () => performance.now(),
  at(time, action) {
    const timer = setTimeout(action, Math.max(0, time - performance.now()))
    return () => clearTimeout(timer)
  },
}

/** ms of the line's time that a piece takes, so that nobody waits long for his turn. */
const PIECE_TIME = 10
const MIN_PIECE = 512
const MAX_PIECE = 16 * 1024
/** ms. A line that was not looked at for longer has lost that time: no connection of its makes up for it in a burst. */
const MAX_LATE = 500
/** Bytes that a sender may be ahead of the line, as a socket buffers some: so the line is never idle while he gets more. */
const AHEAD = 64 * 1024
/** Bytes on their way for one sender: what a fast line with a long way would hold. */
const MAX_UNDERWAY = 4 * 1024 * 1024

interface Piece {
  readonly flow: Flow
  readonly bytes: Buffer
  due: number
}

export class Lane {
  readonly #clock: Clock
  /** Bytes per ms. */
  #rate = Number.POSITIVE_INFINITY
  #latency = 0
  /** When the line is free for the next piece. */
  #free = 0
  /** Those who have something to send and may, each once; the first is next. */
  readonly #senders: Flow[] = []
  /** In the order of their arrival. */
  #underway: Piece[] = []
  #cancel: (() => void) | null = null
  #running = false

  constructor(clock: Clock = systemClock) {
    this.#clock = clock
  }

  /** bit/s and ms. What is under way arrives no later than if it were sent now. */
  set(rate: number, latency: number): void {
    this.#rate = rate / 8_000
    this.#latency = latency
    const now = this.#clock.now()
    this.#free = Math.min(this.#free, now)
    for (const piece of this.#underway) piece.due = Math.min(piece.due, now + latency)
    this.run()
  }

  /** `deliver` gets what arrives. */
  open(deliver: (bytes: Buffer) => void): Flow {
    return new Flow(this, deliver)
  }

  /** Of a flow. */
  wants(flow: Flow): void {
    // Time in which nobody had anything to send is gone.
    if (this.#senders.length === 0) this.#free = Math.max(this.#free, this.#clock.now())
    if (!this.#senders.includes(flow)) this.#senders.push(flow)
    this.run()
  }

  /** Of a flow that ends: nothing of it arrives any more. */
  forget(flow: Flow): void {
    const at = this.#senders.indexOf(flow)
    if (at >= 0) this.#senders.splice(at, 1)
    this.#underway = this.#underway.filter(piece => piece.flow !== flow)
    this.run()
  }

  /** Whether nothing of anybody is under way or waits for it. */
  get idle(): boolean {
    return this.#senders.length === 0 && this.#underway.length === 0
  }

  run(): void {
    // A sender who is told may send more: that is seen by the loop which told him.
    if (this.#running) return
    this.#running = true
    try {
      const now = this.#clock.now()
      this.#free = Math.max(this.#free, now - MAX_LATE)
      while (this.#sendOne(now) || this.#deliverOne(now));
    } finally {
      this.#running = false
    }
    this.#wait()
  }

  /** False when the line is not free yet, or nobody has anything to send. */
  #sendOne(now: number): boolean {
    if (this.#free > now) return false
    const flow = this.#senders.shift()
    if (flow === undefined) return false
    const size = Math.min(Math.max(this.#rate * PIECE_TIME, MIN_PIECE), MAX_PIECE)
    const bytes = flow.cut(this.#rate === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : size)
    if (bytes === null) return true
    this.#free += bytes.length / this.#rate
    const last = this.#underway.at(-1)?.due ?? 0
    this.#underway.push({ flow, bytes, due: Math.max(this.#free + this.#latency, last) })
    if (flow.ready) this.#senders.push(flow)
    flow.left()
    return true
  }

  #deliverOne(now: number): boolean {
    const [piece] = this.#underway
    if (piece === undefined || piece.due > now) return false
    this.#underway.shift()
    piece.flow.arrive(piece.bytes)
    return true
  }

  #wait(): void {
    this.#cancel?.()
    const times = [
      ...(this.#senders.length > 0 ? [this.#free] : []),
      ...this.#underway.slice(0, 1).map(piece => piece.due),
    ]
    this.#cancel = times.length === 0 ? null : this.#clock.at(Math.min(...times), () => this.run())
  }
}

/** What one connection sends in one direction. */
export class Flow {
  readonly #lane: Lane
  readonly #deliver: (bytes: Buffer) => void
  #waiting: Buffer[] = []
  #ahead = 0
  #underway = 0
  #whenAccepted: (() => void)[] = []
  #whenDone: (() => void)[] = []
  #paused = false
  #closed = false

  constructor(lane: Lane, deliver: (bytes: Buffer) => void) {
    this.#lane = lane
    this.#deliver = deliver
  }

  /** `accepted`: the next may be given. */
  send(bytes: Buffer, accepted: () => void): void {
    if (this.#closed) return
    if (bytes.length > 0) this.#waiting.push(bytes)
    this.#ahead += bytes.length
    this.#whenAccepted.push(accepted)
    if (this.ready) this.#lane.wants(this)
    this.#settle()
  }

  /** Who receives it cannot take more for now. */
  pause(): void {
    this.#paused = true
  }

  resume(): void {
    if (!this.#paused) return
    this.#paused = false
    if (this.ready) this.#lane.wants(this)
  }

  /** Once all that was sent has arrived; not at all when it is closed before. */
  whenDone(action: () => void): void {
    this.#whenDone.push(action)
    this.#settle()
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#lane.forget(this)
  }

  /** It has something to send, and who receives it can take it. */
  get ready(): boolean {
    return this.#waiting.length > 0 && !this.#paused && this.#underway < MAX_UNDERWAY
  }

  /** For its lane: the next bytes, at most so many. */
  cut(max: number): Buffer | null {
    const [first] = this.#waiting
    if (first === undefined || !this.ready) return null
    const piece = first.subarray(0, max)
    if (piece.length === first.length) this.#waiting.shift()
    else this.#waiting[0] = first.subarray(piece.length)
    this.#ahead -= piece.length
    this.#underway += piece.length
    return piece
  }

  /** For its lane: what was cut off has left. */
  left(): void {
    this.#settle()
  }

  /** For its lane. */
  arrive(bytes: Buffer): void {
    const wasFull = this.#underway >= MAX_UNDERWAY
    this.#underway -= bytes.length
    this.#deliver(bytes)
    if (wasFull && this.ready) this.#lane.wants(this)
    this.#settle()
  }

  #settle(): void {
    while (!this.#closed && this.#ahead <= AHEAD && this.#whenAccepted.length > 0)
      this.#whenAccepted.shift()?.()
    while (!this.#closed && this.#ahead + this.#underway === 0 && this.#whenDone.length > 0)
      this.#whenDone.shift()?.()
  }
}
