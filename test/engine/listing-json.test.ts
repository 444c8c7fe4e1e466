import { writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { get, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

async function json(port: number, target: string): Promise<unknown> {
  const response = await rawRequest(port, get(target, { Accept: 'application/json' }))
  expect(response.fields['content-type']).toBe('application/json')
  return JSON.parse(response.text)
}

describe('the shape', () => {
  it('holds everything that the page shows', async () => {
    const served = await serve({ 'media/b.txt': 'four', 'media/a b/x': '' }, { name: 'portfolio' })
    expect(await json(served.port, '/media/')).toEqual({
      path: '/media/',
      name: 'media',
      entries: [
        { name: 'a b', kind: 'folder', size: null, modified: expect.any(String), href: './a%20b/' },
        { name: 'b.txt', kind: 'file', size: 4, modified: expect.any(String), href: './b.txt' },
      ],
      page: 1,
      pages: 1,
      total: 2,
      unfiltered: 2,
      sort: 'name',
      direction: 'asc',
      search: '',
      previous: null,
      next: null,
    })
    expect(await json(served.port, '/')).toMatchObject({ path: '/', name: 'portfolio', total: 1 })
  })

  it('gives times in UTC', async () => {
    const served = await serve({ a: '' })
    const { entries } = (await json(served.port, '/')) as { entries: { modified: string }[] }
    const modified = entries[0]?.modified ?? ''
    expect(new Date(modified).toISOString()).toBe(modified)
    expect(Math.abs(Date.parse(modified) - Date.now())).toBeLessThan(60_000)
  })

  it('is empty for an empty folder and for a search that finds nothing', async () => {
    const served = await serve({ empty: null, 'full/a': '' })
    expect(await json(served.port, '/empty/')).toMatchObject({
      entries: [],
      total: 0,
      unfiltered: 0,
      pages: 1,
    })
    const found = await json(served.port, '/full/?q=zzz')
    expect(found).toMatchObject({ entries: [], total: 0, unfiltered: 1, search: 'zzz' })
  })
})

it('escapes what acts on terminals and on the direction of text; the names stay what they are', async () => {
  const served = await serve()
  const names = ['\u202egnp.exe', 'line\u2028', 'bell\x07', 'del\x7f', '"quote\\', 'c1\u009b']
  for (const name of names) writeFileSync(`${served.root}/${name}`, '')
  const { text } = await rawRequest(served.port, get('/?json'))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
  expect(text).not.toMatch(/[\u202e\u2028\x00-\x09\x0b-\x1f\x7f-\x9f]/)
  const { entries } = JSON.parse(text) as { entries: { name: string }[] }
  expect(new Set(entries.map(({ name }) => name))).toEqual(new Set(names))
})

it('names that are no text have an href that leads to them', async () => {
  const served = await serve()
  writeFileSync(Buffer.concat([Buffer.from(`${served.root}/`), Buffer.from([0x61, 0xe9])]), 'bytes')
  const { entries } = (await json(served.port, '/')) as { entries: { name: string; href: string }[] }
  expect(entries).toMatchObject([{ name: 'a\ufffd', href: './a%E9' }])
  expect((await rawRequest(served.port, get('/a%E9'))).text).toBe('bytes')
})
