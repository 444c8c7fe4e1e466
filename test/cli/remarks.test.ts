/** What the terminal says besides its log, and the picture of an address. */
import { expect, it } from 'vitest'
import { parseArguments } from '../../electron/cli/arguments.ts'
import { qrText } from '../../electron/cli/qr.ts'
import { createRemarks, remarksOn } from '../../electron/cli/remarks.ts'
import type { Origin } from '../../electron/engine/types.ts'
import { exchange as exchangeOf } from '../support/exchange.ts'

const network: Origin = { url: 'http://192.0.2.1:80', host: '192.0.2.1', port: 80, reach: 'network' }

function remarks(argv: readonly string[], origins: readonly Origin[] = []): string[] {
  const wanted = parseArguments(argv)
  if (wanted.action !== 'serve') throw new Error('Refused')
  return remarksOn(wanted.options, origins)
}

it.each<[string[], Origin[], string[]]>([
  [[], [network], []],
  [['--upload'], [], []],
  [['--upload', '--auth', 'a:b'], [network], []],
  [['--upload'], [network], ['everyone on the network can add files; --auth asks for a password']],
  [
    ['--throttle', 'flaky'],
    [],
    ['the network is slowed down: 5000 kbit/s down and 2000 up, 100 ms later, 10 % of the answers lost'],
  ],
])('%j', (argv, origins, expected) => {
  expect(remarks(argv, origins)).toEqual(expected)
})

it('a mistake in the rules is said once, and again when it was mended and is back', () => {
  const said: string[] = []
  const { rules } = createRemarks(line => said.push(line))
  const one = { file: '_headers', line: 3, message: 'one' }
  const whole = { file: 'serve.json', line: 0, message: 'not JSON' }
  const report = { host: 'netlify', toldBy: null, files: [], count: 0 } as const
  for (const problems of [[one], [one, whole], [], [one]]) rules({ ...report, problems })
  expect(said).toEqual(['_headers:3: one', 'serve.json: not JSON', '_headers:3: one'])
})

it('what rules are applied, and as whose, is said when it changes', () => {
  const said: string[] = []
  const { rules } = createRemarks(line => said.push(line))
  const none = { host: 'netlify', toldBy: null, files: [], count: 0, problems: [] } as const
  const some = { ...none, files: ['_redirects', 'serve.json'], count: 12 }
  rules(none)
  rules(some)
  rules(some)
  rules({ ...some, host: 'cloudflare', toldBy: 'wrangler.toml', files: ['_redirects'], count: 1 })
  rules(null)
  expect(said).toEqual([
    '12 rules of _redirects, serve.json are applied, as Netlify does',
    '1 rule of _redirects is applied, as Cloudflare Pages does (told by wrangler.toml)',
  ])
})

it('that not every folder is watched is said once', () => {
  const said: string[] = []
  const { liveLimit } = createRemarks(line => said.push(line))
  for (const limited of [false, true, false, true]) liveLimit(limited)
  expect(said).toEqual([expect.stringContaining('fs.inotify.max_user_watches')])
})

it('a page that does not reload is said once, other notes never', () => {
  const said: string[] = []
  const { exchange } = createRemarks(line => said.push(line))
  const asked = exchangeOf({ file: 'a.html', note: 'live-markup' })
  for (const one of [asked, asked, { ...asked, note: 'letter-case' as const }]) exchange(one)
  expect(said).toEqual(['a.html does not reload by itself: its markup has no place for a script'])
})

it('a QR code is black on white on a terminal, with a margin of four on each side', () => {
  const lines = qrText('http://192.0.2.1:8080/', true).trimEnd().split('\n')
  for (const line of lines) {
    expect(line.startsWith('\x1b[38;5;16;48;5;231m    ')).toBe(true)
    expect(line.endsWith('    \x1b[0m')).toBe(true)
  }
  // Two modules a line.
  for (const line of lines.slice(0, 2)) expect(line).not.toMatch(/[▀▄█]/)
  expect(lines[2]).toMatch(/█/)
})
