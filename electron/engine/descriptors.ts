/**
 * The descriptors of this process: how many it may hold, and who gets one. A
 * process that runs out cannot even accept a connection to say so, and the
 * system then resets it. So connections and open files are counted against a
 * pool that ends before: files wait for their turn, connections beyond it get
 * 503. One pool for all servers of the process, as the limit is the process's.
 */
import * as fs from 'node:fs'

/** Kept for the rest: reading folders, modules, standard streams, and a few connections that are told to come back. */
const RESERVE = 16
/** How long a file may wait for another to be closed, in ms. */
const PATIENCE = 3_000

export class DescriptorPool {
  readonly size: number
  /** Who holds descriptors that are not needed: called where there are none left. */
  readonly spare = new Set<() => void>()
  /** What connections may take: the rest stays for the files that they ask for. */
  readonly #forConnections: number
  #connections = 0
  #files = 0
  #waiting: (() => void)[] = []

  constructor(size: number) {
    this.size = size
    this.#forConnections = Math.ceil((size * 3) / 4)
  }

  get used(): number {
    return this.#connections + this.#files
  }

  /** Whether one more connection is admitted; if so, `leave` ends it. */
  admit(): boolean {
    if (this.used >= this.size || this.#connections >= this.#forConnections) return false
    this.#connections++
    return true
  }

  leave(): void {
    this.#connections--
    this.#serveNext()
  }

  /** Rejects with EMFILE when none is closed for too long. */
  async open(path: fs.PathLike, flags: number, patience = PATIENCE): Promise<number> {
    if (this.used < this.size) this.#files++
    else {
      const turn = this.#turn(patience)
      for (const giveBack of this.spare) giveBack()
      await turn
    }
    return await new Promise((resolve, reject) => {
      fs.open(path, flags, (error, fd) => {
        if (error) {
          this.#files--
          this.#serveNext()
          reject(error)
        } else resolve(fd)
      })
    })
  }

  close(fd: number): void {
    fs.close(fd, () => {
      this.#files--
      this.#serveNext()
    })
  }

  /** Resolves with the place already taken, so that nobody else gets it meanwhile. */
  #turn(patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer)
        this.#files++
        resolve()
      }
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(Object.assign(new Error('Too many open files'), { code: 'EMFILE' }))
      }, patience)
      this.#waiting.push(go)
    })
  }

  #serveNext(): void {
    if (this.used < this.size) this.#waiting.shift()?.()
  }
}

let shared: DescriptorPool | null = null

/** The pool of this process; measured when it is first asked for. */
export function descriptors(): DescriptorPool {
  shared ??= new DescriptorPool(Math.max(RESERVE, descriptorLimit() - countOpen() - RESERVE))
  return shared
}

/** Infinite where it cannot be told, and on Windows, which knows no such limit for connections. */
export function descriptorLimit(platform = process.platform, limits = '/proc/self/limits'): number {
  try {
    if (platform === 'win32') return Number.POSITIVE_INFINITY
    if (platform === 'linux') {
      const limit = /^Max open files\s+(\d+)/m.exec(fs.readFileSync(limits, 'utf8'))?.[1]
      return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
    }
    // Network interfaces take seconds where their names are looked up, and are not asked for.
    const report = Object.assign(process.report, { excludeNetwork: true }).getReport()
    const soft = (report as { userLimits?: { open_files?: { soft?: unknown } } }).userLimits?.open_files?.soft
    return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** What is open before we open anything. */
function countOpen(): number {
  try {
    return fs.readdirSync('/dev/fd').length
  } catch {
    return RESERVE
  }
}
