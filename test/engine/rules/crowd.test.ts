/** No file of rules makes requests slow: of those that would all be tried for one, only so many count. */
import { describe, expect, it } from 'vitest'
import { dialects } from '../../../electron/engine/rules/dialects.ts'
import { parseHeaders } from '../../../electron/engine/rules/header-rules.ts'
import { parseRedirects } from '../../../electron/engine/rules/redirects.ts'
import { parseServeJson } from '../../../electron/engine/rules/serve-json.ts'
import { Slice } from '../../../electron/engine/turns.ts'

const many = (line: (i: number) => string, joint = '\n') =>
  Array.from({ length: 1_002 }, (_, i) => line(i)).join(joint)
const message = 'only 1000 rules that begin alike are applied here'

describe('of 1002 rules', () => {
  it.each([
    ['for any path', (i: number) => `/*  /to-${i}`],
    ['below one segment', (i: number) => `/blog/:a${i}/*  /to`],
    ['for one path, of different queries', (i: number) => `/blog q=${i} /to`],
  ])('%s, a thousand count', async (_, line) => {
    const { rules, problems } = await parseRedirects(many(line), dialects.netlify, new Slice())
    expect(rules).toHaveLength(1_000)
    expect(problems).toMatchObject([
      { line: 1_001, message },
      { line: 1_002, message },
    ])
  })

  it('that begin otherwise, all count', async () => {
    const text = many(i => `/blog-${i}/*  /to`)
    expect((await parseRedirects(text, dialects.netlify, new Slice())).problems).toEqual([])
  })

  it('for fields, too', async () => {
    const text = many(i => `/*${i}\n X-A: 1`)
    const { blocks, problems } = await parseHeaders(text, dialects.netlify, new Slice())
    expect(blocks).toHaveLength(1_000)
    expect(problems).toMatchObject([
      { line: 2_001, message },
      { line: 2_003, message },
    ])
  })

  it.each([
    ['headers', (i: number) => `{"source":"**/*${i}","headers":[]}`],
    ['rewrites', (i: number) => `{"source":"/:a/${i}","destination":"/"}`],
    ['unlisted', (i: number) => `"*${i}"`],
    ['cleanUrls', (i: number) => `"/**/${i}"`],
  ])('of serve.json: %s', (key, entry) => {
    const { problems } = parseServeJson(`{"${key}":[${many(entry, ',')}]}`, '/srv')
    expect(problems).toMatchObject([{ message }, { message }])
  })
})
