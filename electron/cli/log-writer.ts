/**
 * Writes log lines without slowing the server down: lines of a short interval
 * go out in one write, and a reader that stalls (a pipe nobody reads) costs
 * bounded memory. Lines beyond that are dropped and counted, never silently.
 */
import type { Writable } from 'node:stream'

export interface LogWriter {
  /** `line` without its end, as text or in UTF-8. */
  write(line: string | Buffer): void
  /** Writes what is left and waits until it is handed over, at most `limit` ms. */
  end(limit: number): Promise<void>
}

export interface LogWriterOptions {
  /** Called when lines could be written again after `count` were dropped. */
  readonly onDropped: (count: number) => void
  /** How long lines are gathered, in ms. */
  readonly interval?: number
  /** Characters that may wait for the reader. */
  readonly capacity?: number
}

/** Bytes that are gathered before they are written without waiting for the interval. */
const BLOCK = 64 * 1024

export function createLogWriter(stream: Writable, options: LogWriterOptions): LogWriter {
  const { onDropped, interval = 20, capacity = 8 * 1024 * 1024 } = options
  /** Bytes, not strings: hundreds of short-lived strings that live on for an interval keep the garbage collector busy. */
  let block = Buffer.allocUnsafeSlow(BLOCK)
  let filled = 0
  let dropped = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(done?: () => void): void {
    clearTimeout(timer)
    timer = undefined
    if (filled === 0 && !done) return
    stream.write(block.subarray(0, filled), done && (() => done()))
    filled = 0
    // Handed over at once, as to a file; otherwise the stream still needs it.
    if (stream.writableLength > 0) block = Buffer.allocUnsafeSlow(BLOCK)
  }

  function add(line: string | Buffer): void {
    const isText = typeof line === 'string'
    // A character takes at most three bytes for each of its units.
    const most = (isText ? 3 : 1) * line.length + 1
    if (most > BLOCK) {
      flush()
      stream.write(`${line}\n`)
      return
    }
    if (filled + most > BLOCK) flush()
    filled += isText ? block.write(line, filled) : line.copy(block, filled)
    block[filled++] = NEWLINE
  }

  return {
    write(line) {
      if (stream.writableLength + filled + line.length > capacity) {
        dropped += 1
        return
      }
      if (dropped > 0) {
        onDropped(dropped)
        dropped = 0
      }
      add(line)
      timer ??= setTimeout(flush, interval)
    },
    end: limit =>
      new Promise(resolve => {
        const cut = setTimeout(resolve, limit)
        flush(() => {
          clearTimeout(cut)
          if (dropped > 0) onDropped(dropped)
          resolve()
        })
      }),
  }
}

const NEWLINE = 0x0a
