import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { askOf, createHostRules, type HostRules } from '../../../electron/engine/rules/host-rules.ts'
import type { Ask } from '../../../electron/engine/rules/redirect-table.ts'
import { parseTarget } from '../../../electron/engine/target.ts'
import type { RuleProblem, RulesReport } from '../../../electron/engine/types.ts'
import { type Files, tempFolder } from '../../support/temp.ts'

// In a constant: knip takes a literal for a program that belongs into package.json.
const MAKE_FIFO = 'mkfifo'

function open(
  files: Files = {},
  platform: NodeJS.Platform = 'linux',
  choice: 'auto' | 'netlify' | 'cloudflare' = 'netlify',
) {
  const root = tempFolder(files)
  const told: (readonly RuleProblem[])[] = []
  const onReport = ({ problems }: RulesReport) => void told.push(problems)
  return { root, told, rules: createHostRules(root, { platform, choice, onReport }) }
}

const nextTurn = () => new Promise(resolve => setImmediate(resolve))
const ask = (path: string, fields = {}): Ask => ({
  path,
  query: '',
  fields,
  scheme: 'http',
  host: 'localhost',
})

/** In a turn of its own, as another request. */
async function decide(rules: HostRules, path: string): Promise<string | null> {
  await nextTurn()
  const { decision } = (await rules.current()).decide(ask(path))
  return decision && (decision.kind === 'redirect' ? decision.location : decision.target)
}

describe('the files', () => {
  it('are none: then there are no rules, at once', () => {
    const { rules, told } = open()
    const current = rules.current()
    expect(current).toMatchObject({ none: true, problems: [], serve: null })
    expect(current).not.toBeInstanceOf(Promise)
    expect(told).toEqual([[]])
  })

  it('count from the moment on in which they are there, changed, and gone', async () => {
    const { root, rules } = open()
    expect(await decide(rules, '/a')).toBeNull()
    for (const target of ['/b', '/c', '/dd', '/ee']) {
      writeFileSync(join(root, '_redirects'), `/a ${target}`)
      expect(await decide(rules, '/a')).toBe(target)
    }
    writeFileSync(join(root, 'new'), '/a /f')
    renameSync(join(root, 'new'), join(root, '_redirects'))
    expect(await decide(rules, '/a')).toBe('/f')
    rmSync(join(root, '_redirects'))
    expect(await decide(rules, '/a')).toBeNull()
    expect(await rules.current()).toMatchObject({ none: true })
  })

  it('are looked at once in a turn, and read once while they stay the same', async () => {
    const { root, rules } = open({ _redirects: '/a /b' })
    const first = rules.current()
    expect(rules.current()).toBe(first)
    await first
    await nextTurn()
    expect(rules.current()).toBe(await first)
    writeFileSync(join(root, '_redirects'), '/a /c')
    // It is another state in this very turn, and nobody can have seen it.
    expect(rules.current()).toBe(await first)
    await nextTurn()
    expect(await rules.current()).not.toBe(await first)
  })

  it('are read once for all who ask while they are read', async () => {
    const { rules } = open({ _redirects: '/a /b' })
    const first = rules.current()
    await nextTurn()
    const second = rules.current()
    expect(await second).toBe(await first)
  })

  it('are waited for without stopping others, where looking at them takes long', async () => {
    const root = tempFolder({ _redirects: '/a /b' })
    let time = 0
    let step = 0
    const now = (): number => {
      time += step
      return time
    }
    const rules = createHostRules(root, { platform: 'linux', choice: 'netlify', now })
    const known = await rules.current()
    const inTurn = async () => {
      await nextTurn()
      return rules.current()
    }
    step = 5
    expect(await inTurn()).toBe(known)
    step = 0
    await nextTurn()
    const waited = rules.current()
    expect(waited).toBeInstanceOf(Promise)
    expect(await waited).toBe(known)
    writeFileSync(join(root, '_redirects'), '/a /c')
    expect(await decide(rules, '/a')).toBe('/c')
    // It is tried again after a while.
    time += 60_000
    const current = await rules.current()
    await nextTurn()
    expect(rules.current()).toBe(current)
  })

  it('stand together: _redirects before serve.json', async () => {
    const { rules } = open({
      _redirects: '/a /from-redirects',
      'serve.json': JSON.stringify({
        redirects: [
          { source: '/a', destination: '/from-serve' },
          { source: '/b', destination: '/b-from-serve' },
        ],
      }),
    })
    expect(await decide(rules, '/a')).toBe('/from-redirects')
    expect(await decide(rules, '/b')).toBe('/b-from-serve')
  })

  it('may begin with a byte order mark and end their lines as on Windows', async () => {
    const { rules } = open({ _redirects: '\ufeff/a /b\r\n/c /d\r\n' })
    expect(await decide(rules, '/a')).toBe('/b')
    expect(await decide(rules, '/c')).toBe('/d')
  })
})

describe('a file that cannot be used', () => {
  it.each([
    ['is not text', { _redirects: new Uint8Array([0x2f, 0xff]) }, 'it is not UTF-8 text'],
    ['is too large', { _redirects: '#'.repeat(1024 * 1024 + 1) }, 'it is larger than 1 MB'],
    [
      'is a link to somewhere else',
      { _redirects: { link: '/etc/hostname' } },
      'it is a link out of the folder that is served',
    ],
  ])('because it %s says nothing, and is told', async (_, files, message) => {
    const { rules, told } = open(files)
    expect(await decide(rules, '/a')).toBeNull()
    const problems = [{ file: '_redirects', line: 0, severity: 'error', message }]
    expect(await rules.current()).toMatchObject({ none: false, problems })
    expect(told).toEqual([problems])
  })

  it('because it is a pipe is not waited for', async () => {
    const { root, rules } = open()
    execFileSync(MAKE_FIFO, [join(root, '_headers')])
    expect(await rules.current()).toMatchObject({
      problems: [{ file: '_headers', message: 'it is not a regular file' }],
    })
  })

  it('because it is a folder is none', async () => {
    const { root, rules } = open()
    mkdirSync(join(root, '_headers'))
    expect(await rules.current()).toMatchObject({ none: true, problems: [] })
  })

  it('is told when it is put right', async () => {
    const { root, rules, told } = open({ _redirects: '/a' })
    expect(await decide(rules, '/a')).toBeNull()
    writeFileSync(join(root, '_redirects'), '/a /b')
    expect(await decide(rules, '/a')).toBe('/b')
    expect(await decide(rules, '/a')).toBe('/b')
    expect(told).toMatchObject([[{ line: 1, message: 'the rule for "/a" has no target' }], []])
  })
})

it('a link within the folder is followed', async () => {
  const { root, rules } = open({ 'config/redirects': '/a /b' })
  symlinkSync('config/redirects', join(root, '_redirects'))
  expect(await decide(rules, '/a')).toBe('/b')
  writeFileSync(join(root, 'config/redirects'), '/a /c')
  expect(await decide(rules, '/a')).toBe('/c')
})

describe('the files themselves', () => {
  it.each<[NodeJS.Platform, string, boolean]>([
    ['linux', '_redirects', true],
    ['linux', '_headers', true],
    ['linux', 'serve.json', true],
    ['linux', '_Headers', false],
    ['linux', 'sub/_headers', false],
    ['darwin', '_HEADERS', true],
    // What these file systems take for the same name.
    ['darwin', '_head\u200cers', true],
    ['darwin', '_header\u017f', true],
    ['win32', 'Serve.JSON', true],
    ['win32', '_headers.txt', false],
  ])('are not served: %s, %s: %s', async (platform, path, isRule) => {
    const rules = await open({ _headers: '/*\n X-A: b' }, platform).rules.current()
    expect(rules.isRuleFile(path)).toBe(isRule)
    expect(rules.isListed(path)).toBe(!isRule)
  })

  it('and neither is what serve.json has unlisted', async () => {
    const serve = { unlisted: ['*.map', 'secret', 'deep/hidden'] }
    const rules = await open({ 'serve.json': JSON.stringify(serve) }).rules.current()
    const names = ['a.map', 'js/a.map', 'a.js', 'secret', 'x/secret', 'deep/hidden', 'hidden']
    expect(names.filter(name => rules.isListed(name))).toEqual(['a.js', 'hidden'])
  })
})

describe('fields', () => {
  it('of _headers go by the address, those of serve.json by the file', async () => {
    const { rules } = open({
      _headers: '/about\n X-Host: 1',
      'serve.json': JSON.stringify({
        public: 'dist',
        headers: [{ source: 'about.html', headers: [{ key: 'X-Serve', value: '2' }] }],
      }),
    })
    const current = await rules.current()
    const names = (file: string | null, status = 200) =>
      [...current.fieldsFor(ask('/about'), file, status).values()].map(({ name }) => name)
    expect(names('dist/about.html')).toEqual(['X-Host', 'X-Serve'])
    expect(names(null, 404)).toEqual(['X-Host'])
    expect(names(null, 301)).toEqual([])
    expect(names('dist/about.html', 304)).toEqual(['X-Host', 'X-Serve'])
  })
})

describe('the folder of serve.json', () => {
  it('stands before each place', async () => {
    const rules = await open({ 'serve.json': '{ "public": "out/site" }' }).rules.current()
    const place = (path: string, bytes: Buffer | null = null) => rules.placeOf({ path, bytes, folder: true })
    expect(place('')).toMatchObject({ path: 'out/site' })
    expect(place('a/b')).toMatchObject({ path: 'out/site/a/b', bytes: null, folder: true })
    expect(place('\ufffd', Buffer.from([0xff])).bytes).toEqual(Buffer.from('out/site/\xff', 'latin1'))
    const plain = { path: 'a', bytes: null, folder: false }
    expect((await open().rules.current()).placeOf(plain)).toBe(plain)
  })
})

it.each([
  ['/a/b?x', 'Example.test:8080', { path: '/a/b', query: '?x', host: 'example.test' }],
  ['/a%20b/', '[::1]:80', { path: '/a b/', query: '', host: '[::1]' }],
  ['/', 'localhost', { path: '/', host: 'localhost' }],
  ['http://other.test:1/a', 'localhost', { path: '/a', host: 'other.test' }],
])('of the request %s to %s they see %j', (raw, host, seen) => {
  const target = parseTarget(raw, 'linux')
  if (target.kind !== 'path') throw new Error(`${raw} is no path`)
  const request = {
    method: 'GET',
    target: raw,
    fields: {},
    hosts: [host],
    httpVersion: '1.1',
    clientIsLocal: true,
    client: '127.0.0.1',
  }
  expect(askOf(target, request)).toMatchObject({ scheme: 'http', ...seen })
})
