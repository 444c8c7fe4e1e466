import { describe, expect, it } from 'vitest'
import {
  asksForDocument,
  injectedValidators,
  isInjectable,
  type Page,
  planInjection,
  splice,
  WINDOW,
} from '../../../electron/engine/live/inject.ts'

const SCRIPT = '<script async src="/.servebar/live.js"></script>'
const HTML = 'text/html; charset=utf-8'

function plan(content: string | Buffer, rest: Partial<Page> = {}) {
  const file = Buffer.isBuffer(content) ? content : Buffer.from(content)
  return planInjection({
    contentType: HTML,
    beginning: file.subarray(0, WINDOW),
    size: file.length,
    asked: 'yes',
    policies: [],
    origin: { scheme: 'http', host: 'localhost', port: '8080' },
    ...rest,
  })
}

/** The bytes that go out. */
function inject(content: string | Buffer, rest: Partial<Page> = {}): Buffer {
  const file = Buffer.isBuffer(content) ? content : Buffer.from(content)
  const injection = plan(file, rest)
  if (injection.content === null) throw new Error(`left alone: ${injection.note}`)
  const { segments, length } = splice(file.length, injection)
  const sent = Buffer.concat(
    segments.map(part =>
      Buffer.isBuffer(part) ? part : file.subarray(part.first, part.first + part.length),
    ),
  )
  expect(sent.length).toBe(length)
  return sent
}

const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()

describe('encodings', () => {
  it('leaves every byte of the page as it was', () => {
    // Shift_JIS, windows-1251, EUC-JP, and bytes that are nothing in any of them.
    const odd = Buffer.from([0x83, 0x5c, 0x95, 0x5c, 0xcf, 0xf0, 0xe8, 0xa4, 0xb3, 0xff, 0xfe, 0x80])
    for (const charset of [
      'utf-8',
      'Shift_JIS',
      'windows-1251',
      'euc-jp',
      'gb18030',
      'big5',
      'nobody-knows',
    ]) {
      const page = Buffer.concat([
        Buffer.from('<!-- '),
        odd,
        Buffer.from(' --><!doctype html><html title="'),
        odd,
        Buffer.from('"><head><title>'),
        odd,
      ])
      const position = page.indexOf('<title>')
      const sent = inject(page, { contentType: `text/html; charset=${charset}` })
      expect(sent.subarray(0, position)).toEqual(page.subarray(0, position))
      expect(sent.subarray(position, position + SCRIPT.length).toString()).toBe(SCRIPT)
      expect(sent.subarray(position + SCRIPT.length)).toEqual(page.subarray(position))
    }
  })

  it('keeps a byte order mark at the beginning', () => {
    expect(inject('\ufeff<!doctype html>x').toString()).toBe(`\ufeff<!doctype html>${SCRIPT}x`)
    expect(inject('\ufeffx').toString()).toBe(`\ufeff${SCRIPT}x`)
  })

  it('writes UTF-16 in UTF-16', () => {
    const page = '\ufeff<!doctype html><html lang="日本"><head><title>é</title>'
    const expected = page.replace('<title>', `${SCRIPT}<title>`)
    expect(inject(Buffer.from(page, 'utf16le'))).toEqual(Buffer.from(expected, 'utf16le'))
    expect(inject(bigEndian(page))).toEqual(bigEndian(expected))
    // Half a character at the end is not ours to mend.
    const odd = Buffer.concat([Buffer.from(page, 'utf16le'), Buffer.from([0x41])])
    expect(inject(odd).at(-1)).toBe(0x41)
    // Without a mark, where the field says so.
    const unmarked = page.slice(1)
    const contentType = 'text/html;charset="UTF-16LE"'
    const sent = inject(Buffer.from(unmarked, 'utf16le'), { contentType })
    expect(sent).toEqual(Buffer.from(expected.slice(1), 'utf16le'))
    expect(inject(bigEndian(unmarked), { contentType: 'text/html; charset=utf-16be' })).toEqual(
      bigEndian(expected.slice(1)),
    )
  })

  it.each<[string, Buffer, string]>([
    ['UTF-16 without a mark', Buffer.from('<!doctype html>', 'utf16le'), HTML],
    ['the other UTF-16 without a mark', bigEndian('<!doctype html>'), HTML],
    ['ISO-2022-JP', Buffer.from('<!doctype html>'), 'text/html; charset=ISO-2022-JP'],
    ['no text', Buffer.from([0, 1, 2, 3]), 'image/svg+xml'],
  ])('leaves %s alone, and says so', (_, content, contentType) => {
    expect(plan(content, { contentType })).toEqual({ content: null, note: 'live-encoding' })
  })
})

describe('kinds of documents', () => {
  it.each<[contentType: string, injectable: boolean]>([
    ['text/html', true],
    ['Text/HTML;charset=x', true],
    ['application/xhtml+xml', true],
    ['image/svg+xml', true],
    ['text/plain', false],
    ['application/xml', false],
    ['application/json', false],
    ['constructor', false],
  ])('%s: %s', (contentType, injectable) => {
    expect(isInjectable(contentType)).toBe(injectable)
  })

  it('puts an element with its namespace into XML', () => {
    const element = '<script xmlns="http://www.w3.org/1999/xhtml" async="" src="/.servebar/live.js"></script>'
    expect(
      inject('<html xmlns="http://www.w3.org/1999/xhtml"><head></head></html>', {
        contentType: 'application/xhtml+xml',
      }).toString(),
    ).toBe(`<html xmlns="http://www.w3.org/1999/xhtml"><head>${element}</head></html>`)
    expect(
      inject('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>', {
        contentType: 'image/svg+xml',
      }).toString(),
    ).toBe(`<svg xmlns="http://www.w3.org/2000/svg">${element}<g/></svg>`)
  })

  it('leaves XML without a root alone, and what is compressed', () => {
    for (const content of ['', '<svg/>', 'no markup', Buffer.from([0x1f, 0x8b, 8, 1])]) {
      expect(plan(content, { contentType: 'image/svg+xml' })).toEqual({ content: null, note: 'live-markup' })
    }
  })

  it('takes an empty page for a page', () => {
    expect(inject('').toString()).toBe(SCRIPT)
  })
})

describe('large pages', () => {
  it('needs only the beginning', () => {
    const page = `<!doctype html><title>x</title>${'<p>x'.repeat(WINDOW)}`
    expect(plan(page)).toEqual({ position: 15, content: Buffer.from(SCRIPT) })
  })

  it.each([
    ['a comment that is longer', `<!-- ${'x'.repeat(WINDOW)} --><!doctype html>`],
    ['a start tag that is longer', `<html data-x="${'x'.repeat(WINDOW)}">`],
    ['nothing but space', ' '.repeat(WINDOW + 1)],
  ])('leaves %s than the beginning alone, and says so', (_, page) => {
    expect(plan(page)).toEqual({ content: null, note: 'live-markup' })
  })
})

describe('who gets it', () => {
  const NAVIGATION = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8'
  it.each<[fields: Record<string, string>, answer: string]>([
    [{ 'sec-fetch-dest': 'document', accept: NAVIGATION }, 'yes'],
    [{ 'sec-fetch-dest': 'iframe', accept: NAVIGATION }, 'yes'],
    [{ 'sec-fetch-dest': 'frame' }, 'yes'],
    [{ 'sec-fetch-dest': 'empty', accept: NAVIGATION }, 'no'],
    [{ 'sec-fetch-dest': 'empty', accept: '*/*' }, 'no'],
    [{ 'sec-fetch-dest': 'image', accept: 'image/avif,*/*' }, 'no'],
    [{ 'sec-fetch-dest': 'object', accept: NAVIGATION }, 'no'],
    [{ accept: NAVIGATION }, 'perhaps'],
    [{ accept: 'text/html, */*; q=0.01' }, 'perhaps'],
    [{ accept: '*/*' }, 'no'],
    [{ accept: 'text/html;q=0' }, 'no'],
    [{}, 'no'],
  ])('%j: %s', (fields, answer) => {
    expect(asksForDocument(fields)).toBe(answer)
  })

  it('is, where only Accept tells, a page that looks like one', () => {
    expect(plan('<li>a piece', { asked: 'perhaps' })).toEqual({ content: null, note: null })
    expect(plan('<li>a piece', { asked: 'yes' })).toHaveProperty('position', 0)
    expect(plan('<!doctype html><li>', { asked: 'perhaps' })).toHaveProperty('position', 15)
    expect(plan('<html><li>', { asked: 'perhaps' })).toHaveProperty('position', 6)
  })
})

describe('policies', () => {
  it('are kept: with a nonce, or not at all', () => {
    expect(inject('<p>', { policies: ["script-src 'nonce-abc='; connect-src 'self'"] }).toString()).toBe(
      '<script nonce="abc=" async src="/.servebar/live.js"></script><p>',
    )
    expect(plan('<p>', { policies: ["default-src 'none'"] })).toEqual({ content: null, note: 'live-policy' })
  })

  it('stand in the page, too', () => {
    const meta = (content: string) => `<head><meta http-equiv="content-security-policy" content="${content}">`
    expect(plan(meta("default-src 'none'"))).toEqual({ content: null, note: 'live-policy' })
    expect(plan(meta('script-src &#39;none&#39;'))).toEqual({ content: null, note: 'live-policy' })
    expect(inject(meta("script-src 'nonce-x'")).toString()).toContain('<script nonce="x" ')
    expect(plan(`<head><!-- ${meta("default-src 'none'")} -->`)).toHaveProperty('position', 6)
    const utf16 = Buffer.from(`\ufeff${meta("default-src 'none'")}`, 'utf16le')
    expect(plan(utf16)).toEqual({ content: null, note: 'live-policy' })
  })
})

describe('validators', () => {
  const validators = { etag: '"1-2-3"', lastModified: 1_000 }
  const content = Buffer.from(SCRIPT)

  it('are of their own, and change with what is put in', () => {
    const derived = injectedValidators(validators, { position: 15, content })
    expect(derived.etag).toMatch(/^"1-2-3-live-[0-9a-f]{12}"$/)
    expect(derived.lastModified).toBe(1_000)
    expect(injectedValidators(validators, { position: 15, content })).toEqual(derived)
    for (const other of [
      injectedValidators(validators, { position: 16, content }),
      injectedValidators(validators, { position: 15, content: Buffer.from(`${SCRIPT} `) }),
      injectedValidators({ ...validators, etag: '"1-2-4"' }, { position: 15, content }),
    ]) {
      expect(other.etag).not.toBe(derived.etag)
    }
  })

  it('are none where the file has no tag: its date is also that of the page without the script', () => {
    expect(injectedValidators({ etag: null, lastModified: 1_000 }, { position: 0, content })).toEqual({
      etag: null,
      lastModified: null,
    })
  })
})
