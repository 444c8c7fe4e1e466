/**
 * Writes log lines without slowing the server down: lines of a short interval
 * go out in one write, and a reader that stalls (a pipe nobody reads) costs
 * bounded memory. Lines beyond that are dropped and counted, never silently.
 */
import type { Writable } from 'node:stream'

export interface LogWriter {
  write(line: string): void
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

export function createLogWriter(stream: Writable, options: LogWriterOptions): LogWriter {
  const { onDropped, interval = 20, capacity = 8 * 1024 * 1024 } = options
  /** Whole lines. Joined at once, which costs less than a list that is joined later. */
  let text = ''
  let dropped = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(done?: () => void): void {
    clearTimeout(timer)
    timer = undefined
    const whole = text
    text = ''
    if (whole || done) stream.write(whole, done && (() => done()))
  }

  return {
    write(line) {
      if (stream.writableLength + text.length + line.length > capacity) {
        dropped += 1
        return
      }
      if (dropped > 0) {
        onDropped(dropped)
        dropped = 0
      }
      text += `${line}\n`
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
