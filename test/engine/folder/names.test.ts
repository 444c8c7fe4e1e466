/**
 * Whatever a name holds: it is served, listed and linked, and the link leads
 * back to the same bytes. The listing is parsed as HTML, each link followed as
 * raw bytes; once also in a real Chromium (where there is one).
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { Window } from 'happy-dom'
import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'
import { tempFolder } from '../../support/temp.ts'

const NAMES: readonly string[] = [
  'with space.txt',
  ' lead',
  'trail ',
  'trail.',
  '100%.txt',
  '100%#1?.txt',
  '%2e%2e',
  '%00',
  '%',
  'a#b?c=d&e.txt',
  'a+b.txt',
  'a;b,c=d@e$f!g~h*(i).txt',
  `quotes'"\`.txt`,
  '<script>alert(1)<',
  '<img src=x onerror=alert(1)>',
  '&amp;.txt',
  ']]>.txt',
  'back\\slash',
  '..\\up',
  '...',
  '☃ 😀.txt',
  '👩‍👩‍👧‍👦',
  'caf\u00e9 NFC',
  'cafe\u0301 NFD',
  'same \u00e9',
  'same e\u0301',
  '\uac00',
  '\u1100\u1161',
  'new\nline',
  'return\r',
  'tab\tbell\x07',
  'del\x7f c1\u0085',
  ':colon',
  'C:',
  'c:evil.txt',
  'javascript:alert(1)',
  'data:text,x',
  'http:',
  '?',
  '#',
  '??',
  '-dash',
  '--help',
  '~tilde',
  '~',
  'CON',
  'nul.txt',
  'a.txt::$DATA',
  'short~1.txt',
  'x'.repeat(255),
  'ü'.repeat(127),
  '\u202egnp.exe',
  '\u2067isolated\u2069',
  '\u200fשלום\u200e',
  'zero\u200bwidth',
  '\ufeffbom',
  'line\u2028separator',
  'noncharacter\uffff',
  'replaced \ufffd',
  'index.htm',
  'README',
  'ReadMe',
  'readme',
  'json',
  'q=1',
  '.well-known',
]

/** Else three dots are a private name. */
const DOTS = { dotfiles: true }

const NOT_TEXT: readonly Buffer[] = [
  Buffer.from([0xff]),
  Buffer.from('latin1-\xe9\xff', 'latin1'),
  Buffer.from([0xc0, 0xae, 0xc0, 0xae]),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from([0xf0, 0x9f, 0x98]),
  Buffer.from([0x41, 0xe9, 0x22, 0x3c, 0x3e, 0x27, 0x26]),
]

/** What a file holds: its own name. */
function makeFiles(folder: string): Buffer[] {
  return [...NAMES.map(name => Buffer.from(name)), ...NOT_TEXT].filter(name => {
    try {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), name, { flag: 'wx' })
      return true
    } catch {
      // This file system has no such name.
      return false
    }
  })
}

const sorted = (names: readonly Buffer[]): string[] => names.map(name => name.toString('hex')).sort()

function hrefsIn(html: string): string[] {
  const window = new Window()
  window.document.write(html)
  expect(window.document.querySelectorAll('script, img, iframe')).toHaveLength(0)
  const links = [...window.document.querySelectorAll('tbody tr:not(.up) td a')]
  return links.map(link => link.getAttribute('href') ?? '')
}

/** As a client resolves it; the path as it goes over the wire. */
function resolve(href: string, base: string): string {
  const url = new URL(href, `http://localhost${base}`)
  expect([href, url.origin]).toEqual([href, 'http://localhost'])
  return url.pathname + url.search
}

describe('files of any name', () => {
  it.each(['html', 'json'])('each link of the %s list leads back to its own bytes', async form => {
    const root = tempFolder({ 'deep/100% #?/index.htm': '' })
    const folder = `${root}/deep/100% #?`
    const names = makeFiles(folder)
    const base = '/deep/100%25%20%23%3F/'
    const { port } = await serve(root, DOTS)
    const { text } = await rawRequest(port, get(form === 'json' ? `${base}?json` : base))
    const hrefs =
      form === 'json'
        ? (JSON.parse(text) as { entries: { href: string }[] }).entries.map(({ href }) => href)
        : hrefsIn(text)
    const connection = new RawConnection(port)
    const bodies: Buffer[] = []
    for (const href of hrefs) {
      connection.send(get(resolve(href, base)))
      const response = await connection.response()
      expect([href, response.status]).toEqual([href, 200])
      if (response.body.length > 0) bodies.push(response.body)
    }
    connection.destroy()
    expect(sorted(bodies)).toEqual(sorted(names))
  })

  it('folders of any name: linked, redirected to with their slash, and the way up leads up', async () => {
    const root = tempFolder()
    const names = NAMES.filter(name => {
      try {
        mkdirSync(`${root}/${name}`)
        writeFileSync(`${root}/${name}/a b.txt`, name)
        return true
      } catch {
        return false
      }
    })
    const { port } = await serve(root, DOTS)
    const connection = new RawConnection(port)
    const ask = async (target: string) => {
      connection.send(get(target))
      return await connection.response()
    }
    const hrefs = hrefsIn((await ask('/')).text)
    const bodies: string[] = []
    for (const href of hrefs) {
      const target = resolve(href, '/')
      expect(target).toMatch(/^\/[^/]+\/$/)
      const moved = await ask(`${target.slice(0, -1)}?x=%20`)
      expect([moved.status, moved.fields.location]).toEqual([301, `${target}?x=%20`])
      const inside = JSON.parse((await ask(`${target}?json`)).text).entries.map(
        (entry: { href: string }) => entry.href,
      )
      expect(inside).toEqual(['./a%20b.txt'])
      bodies.push((await ask(resolve(inside[0] ?? '', target))).text)
      expect(resolve('../', target)).toBe('/')
    }
    connection.destroy()
    expect(bodies.sort()).toEqual([...names].sort())
  })

  it('names show no control characters, and turn no text around', async () => {
    const root = tempFolder()
    makeFiles(root)
    const { text } = await rawRequest((await serve(root, DOTS)).port, get('/'))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
    expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/)
    expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
    expect(text).toContain('<bdi>\ufffdgnp.exe</bdi>')
    expect(text).toContain('new␊line')
  })

  it('NFC and NFD are two files, and stay what they are', async () => {
    const root = tempFolder()
    makeFiles(root)
    // Where the file system folds them, there is one.
    const both = readdirSync(root).filter(name => name.startsWith('same '))
    const { port } = await serve(root, DOTS)
    const bodies = await Promise.all(
      both.map(async name => (await rawRequest(port, get(`/${encodeURIComponent(name)}`))).text),
    )
    expect(bodies.sort()).toEqual([...both].sort())
  })
})

const BROWSER = process.env.SERVEBAR_TEST_BROWSER ?? '/usr/bin/chromium'

it.skipIf(!existsSync(BROWSER))(
  'a real browser follows each link to the same bytes',
  async () => {
    const root = tempFolder()
    const names = makeFiles(root)
    const { origin } = await serve(root, DOTS)
    const browser = await chromium.launch({
      executablePath: BROWSER,
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--disable-gpu'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(`${origin}/`)
      // As the browser resolves them; fetched beside the page, whose policy allows no connection.
      const links: string[] = await page.$$eval('tbody a', all =>
        all.map(link => (link as HTMLAnchorElement).href),
      )
      const bodies: Buffer[] = []
      for (const link of links) {
        const response = await page.request.get(link)
        expect([link, response.status()]).toEqual([link, 200])
        if (!link.endsWith('/')) bodies.push(await response.body())
      }
      expect(sorted(bodies)).toEqual(sorted(names))
      // By a click, once: the name that looks most like something else.
      await page.locator('tbody a', { hasText: '100%#1?.txt' }).click()
      expect(await page.textContent('body')).toBe('100%#1?.txt')
    } finally {
      await browser.close()
    }
  },
  30_000,
)
