import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { createLogWriter } from '../../electron/cli/log-writer.ts'
import { until } from '../support/until.ts'

/** A reader that takes nothing until it is told to. */
function output(isStalled = false) {
  const chunks: string[] = []
  let release = () => {}
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      if (isStalled) release = done
      else done()
    },
  })
  return {
    stream,
    chunks,
    read() {
      isStalled = false
      release()
    },
  }
}

it('writes the lines of an interval at once, in order', async () => {
  const { stream, chunks } = output()
  const writer = createLogWriter(stream, { onDropped: () => {}, interval: 1 })
  for (let n = 1; n <= 3; n++) writer.write(`line ${n}`)
  await until(() => chunks.length > 0, 'the first write')
  writer.write('line 4')
  await until(() => chunks.length > 1, 'the second write')
  expect(chunks).toEqual(['line 1\nline 2\nline 3\n', 'line 4\n'])
})

it('lines may be text or bytes, of any length', async () => {
  const { stream, chunks } = output()
  const writer = createLogWriter(stream, { onDropped: () => {}, interval: 60_000 })
  const long = 'é'.repeat(70_000)
  const lines = ['text é', Buffer.from('bytes é'), long, Buffer.from(long), Buffer.from('last')]
  for (const line of lines) writer.write(line)
  await writer.end(1_000)
  expect(chunks.join('')).toBe(`text é\nbytes é\n${long}\n${long}\nlast\n`)
})

it('writes what is left when it ends', async () => {
  const { stream, chunks } = output()
  const writer = createLogWriter(stream, { onDropped: () => {}, interval: 60_000 })
  writer.write('last')
  await writer.end(5000)
  expect(chunks.join('')).toBe('last\n')
})

it('ends in time when nobody reads', async () => {
  const { stream } = output(true)
  const writer = createLogWriter(stream, { onDropped: () => {}, interval: 60_000 })
  writer.write('last')
  await writer.end(10)
})

it('drops lines beyond its capacity, and says how many once it is read again', async () => {
  const dropped: number[] = []
  const { stream, chunks, read } = output(true)
  const writer = createLogWriter(stream, {
    onDropped: count => dropped.push(count),
    interval: 1,
    capacity: 100,
  })
  for (let n = 0; n < 50; n++) writer.write('0123456789')
  await until(() => stream.writableLength > 0, 'the write')
  for (let n = 0; n < 50; n++) writer.write('0123456789')
  expect(stream.writableLength).toBeLessThanOrEqual(100)
  expect(dropped).toEqual([])
  read()
  writer.write('again')
  await until(() => chunks.join('').endsWith('again\n'), 'the next line')
  expect(dropped).toEqual([100 - 9])
})
