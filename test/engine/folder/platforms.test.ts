/**
 * What Windows and macOS read into a name, by injected rules: the disk here has
 * the files, and neither a request nor a list may reach them by such a name.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { respond } from '../../../electron/engine/respond.ts'
import type { LiveOptions } from '../../../electron/engine/types.ts'
import { siteOf } from '../../support/site.ts'
import { tempFolder } from '../../support/temp.ts'

async function ask(
  root: string,
  target: string,
  platform: NodeJS.Platform,
  options: Partial<LiveOptions> = {},
): Promise<{ status: number; text: string }> {
  const request = {
    ...{
      method: 'GET',
      target,
      fields: {},
      hosts: ['localhost'],
      httpVersion: '1.1',
      clientIsLocal: false,
      client: '192.0.2.1',
    },
  }
  const response = await respond(request, siteOf(root, options, { platform }))
  response.file?.close()
  return { status: response.status, text: Buffer.isBuffer(response.content) ? String(response.content) : '' }
}

async function list(root: string, platform: NodeJS.Platform): Promise<string[]> {
  const { text } = await ask(root, '/?json', platform)
  return (JSON.parse(text) as { entries: { name: string }[] }).entries.map(({ name }) => name)
}

describe('Windows', () => {
  const FORBIDDEN = [
    ...[
      'C:',
      'c:windows',
      'a.txt::$DATA',
      'a.txt:stream',
      'back\\slash',
      '..\\up',
      'a*b',
      'a?b',
      'a"b',
      'a<b',
      'a|b',
    ],
    ...['CON', 'con.txt', 'NUL', 'Aux.html', 'COM1', 'lpt9.log', 'com¹', 'CONIN$'],
    ...['trail.', 'trail ', 'a.txt. .', 'PROGRA~1', 'short~2.txt', 'ctl\x01'],
  ]
  const ALLOWED = ['a.txt', 'console.log', 'com10', 'tilde~', 'semi;colon', '-dash', 'a+b', "quote's", '(1)']

  const root = tempFolder()
  for (const name of [...FORBIDDEN, ...ALLOWED]) writeFileSync(join(root, name), name)

  it.each(FORBIDDEN)('%j is never opened', async name => {
    const { status, text } = await ask(root, `/${encodeURIComponent(name)}`, 'win32', { dotfiles: true })
    // A backslash separates there: what an escape hides is refused like an escaped slash.
    expect([400, 404]).toContain(status)
    expect(text).not.toContain(root)
    // On Linux it is a name like any other.
    if (name !== '..\\up') expect((await ask(root, `/${encodeURIComponent(name)}`, 'linux')).status).toBe(200)
  })

  it('lists what a request would get, and no more', async () => {
    const names = await list(root, 'win32')
    expect([...names].sort()).toEqual([...ALLOWED].sort())
    for (const name of names) {
      expect([name, (await ask(root, `/${encodeURIComponent(name)}`, 'win32')).status]).toEqual([name, 200])
    }
  })

  it('a folder behind a forbidden name stays shut', async () => {
    for (const target of [
      '/C:/',
      '/C%3A/a.txt',
      '/con/a.txt',
      '/trail./',
      '/PROGRA~1/a.txt',
      '/a.txt::$INDEX_ALLOCATION/',
    ]) {
      expect([target, [400, 404].includes((await ask(root, target, 'win32')).status)]).toEqual([target, true])
    }
  })
})

describe('macOS', () => {
  it('code points that HFS+ passes over do not uncover a private name', async () => {
    const root = tempFolder({
      '.env': 'SECRET',
      '\u200c.env': 'SECRET',
      '.\u200denv': 'SECRET',
      '\ufeff.git/config': 'SECRET',
    })
    for (const name of ['.env', '\u200c.env', '.\u200denv', '\ufeff.git/config', '\u202e.env']) {
      const target = `/${name.split('/').map(encodeURIComponent).join('/')}`
      const { status, text } = await ask(root, target, 'darwin')
      expect([name, status]).toEqual([name, 403])
      expect(text).not.toContain('SECRET')
    }
    expect(await list(root, 'darwin')).toEqual([])
    expect(await list(root, 'linux')).toHaveLength(2)
  })

  it('bytes that are no text name nothing there', async () => {
    expect((await ask(tempFolder(), '/%FF', 'darwin')).status).toBe(404)
    expect((await ask(tempFolder(), '/%C0%AE%C0%AE/', 'darwin')).status).toBe(404)
  })

  it('a search finds NFD names by NFC words, and the link keeps the form of the disk', async () => {
    const root = tempFolder({ 'Cafe\u0301.txt': 'nfd' })
    const { text } = await ask(root, '/?json&q=caf%C3%A9', 'darwin')
    const { entries } = JSON.parse(text) as { entries: { href: string }[] }
    expect(entries.map(({ href }) => href)).toEqual(['./Cafe%CC%81.txt'])
    expect((await ask(root, '/Cafe%CC%81.txt', 'darwin')).text).toBe('nfd')
  })
})
