import { expect, it } from 'vitest'
import { ContentCache } from '../../electron/engine/content-cache.ts'
import { GrowingContent } from '../../electron/engine/growing-content.ts'

const bytes = (length: number) => Buffer.alloc(length, 'x')

/** Something that is filled when the test says so. */
function made(cache: ContentCache, key: string) {
  const steps: { end: () => void; fail: (error: unknown) => void; started: boolean } = {
    end: () => {},
    fail: () => {},
    started: false,
  }
  const content = cache.make(key, into => {
    steps.started = true
    return new Promise<void>((resolve, reject) => {
      steps.end = () => {
        into.add(Buffer.from(key))
        resolve()
      }
      steps.fail = reject
    })
  })
  return { content, steps }
}

it('gives chunks as they come, to any number of readers, and the whole in the end', async () => {
  const content = new GrowingContent()
  const readers = Promise.all(
    Array.from({ length: 3 }, async () => {
      let read = ''
      for (let n = 0, chunk = await content.chunk(n); chunk !== null; chunk = await content.chunk(++n)) {
        read += chunk.toString()
      }
      return read
    }),
  )
  content.add(Buffer.from('a'))
  await Promise.resolve()
  content.add(Buffer.from('b'))
  expect(content.whole).toBeNull()
  content.end()
  expect(await readers).toEqual(['ab', 'ab', 'ab'])
  expect((await content.finished()).toString()).toBe('ab')
})

it('a failure reaches who waits and who comes later, after the chunks that came', async () => {
  const content = new GrowingContent()
  const waiting = content.finished()
  content.add(Buffer.from('a'))
  content.fail(new Error('EIO'))
  await expect(waiting).rejects.toThrow('EIO')
  expect((await content.chunk(0))?.toString()).toBe('a')
  await expect(content.chunk(1)).rejects.toThrow('EIO')
})

it('what everybody has left is not made to its end, and is made anew for the next one', async () => {
  const cache = new ContentCache()
  const { content, steps } = made(cache, 'a')
  const readers = [content.reader(), content.reader()]
  readers[0]?.close()
  readers[0]?.close()
  expect(content.isAbandoned).toBe(false)
  const waiting = content.chunk(0)
  readers[1]?.close()
  expect(content.isAbandoned).toBe(true)
  expect(await waiting).toBeNull()
  expect(cache.get('a')).toBeUndefined()
  const next = made(cache, 'a')
  expect(next.content).not.toBe(content)
  steps.fail(new Error('stopped'))
  await Promise.resolve()
  expect(cache.get('a')).toBe(next.content)
  next.steps.end()
  expect((await next.content.finished()).toString()).toBe('a')
  await expect.poll(() => cache.size).toBe(1)
})

it('who waits for the whole is a reader, too', async () => {
  const cache = new ContentCache()
  const { content, steps } = made(cache, 'a')
  const whole = content.finished()
  content.reader().close()
  expect(content.isAbandoned).toBe(false)
  steps.end()
  expect((await whole).toString()).toBe('a')
})

it('what waits for its turn when it is abandoned is never begun', async () => {
  const cache = new ContentCache()
  const works = ['a', 'b', 'c'].map(key => made(cache, key))
  works[2]?.content.reader().close()
  for (const { steps } of works.slice(0, 2)) steps.end()
  await expect.poll(() => cache.size).toBe(2)
  expect(works[2]?.steps.started).toBe(false)
  expect(made(cache, 'c').steps.started).toBe(true)
})

it('keeps what was used last, within its bytes', async () => {
  const cache = new ContentCache(100)
  for (const key of ['a', 'b', 'c']) {
    await cache.make(key, async into => into.add(bytes(40))).finished()
    await Promise.resolve()
    if (key === 'b') expect(cache.get('a')).toBeDefined()
  }
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBeDefined()
  expect(cache.get('c')).toBeDefined()
  expect(cache.size).toBe(80)
  const c = cache.kept('c')
  expect(c?.room?.content).toEqual(bytes(40))
  await cache.make('too large', async into => into.add(bytes(101))).finished()
  expect(cache.get('too large')).toBeUndefined()
  expect(cache.size).toBe(80)
})

it('makes two at a time, in their order, and forgets what failed', async () => {
  const cache = new ContentCache()
  const works = ['a', 'b', 'c', 'd'].map(key => made(cache, key))
  const started = () => works.map(({ steps }) => steps.started)
  expect(started()).toEqual([true, true, false, false])
  expect(cache.get('c')).toBe(works[2]?.content)
  works[1]?.steps.fail(new Error('x'))
  await expect(works[1]?.content.finished()).rejects.toThrow('x')
  await expect.poll(started).toEqual([true, true, true, false])
  expect(cache.get('b')).toBeUndefined()
  for (const index of [0, 2]) works[index]?.steps.end()
  await expect.poll(started).toEqual([true, true, true, true])
  works[3]?.steps.end()
  for (const index of [0, 2, 3])
    expect(await works[index]?.content.finished()).toEqual(
      Buffer.from('acd'[index === 0 ? 0 : index - 1] ?? ''),
    )
  await expect.poll(() => cache.size).toBe(3)
})

it('says when too many wait', async () => {
  const cache = new ContentCache()
  const works = Array.from({ length: 34 }, (_, n) => made(cache, String(n)))
  expect(cache.isBusy).toBe(true)
  for (const { steps, content } of works) {
    await expect.poll(() => steps.started).toBe(true)
    steps.end()
    await content.finished()
  }
  expect(cache.isBusy).toBe(false)
})
