/** The file of --config: what it may hold, what the command line changes, and how each fault is told. */
import { expect, it } from 'vitest'
import { type Arguments, parseArguments } from '../../electron/cli/arguments.ts'
import { commandOnly, isOption, options } from '../../electron/cli/options.ts'

const everything = `{
  // Comments and a last comma are allowed.
  "port": 3000,
  "lan": true,
  "live": true,
  "spa": false,
  "no-listing": true,
  "index": ["a.html", "b.html"],
  "header": "X-A: 1",
  "cors": "https://app.example",
  "upload": "overwrite",
  "max-upload": "1M",
  "cert": "keys/cert.pem",
  "key": "/etc/key.pem",
}`

function parsed(text: string, argv: readonly string[] = [], file = '/home/ann/site.json'): Arguments {
  return parseArguments(['--config', file, ...argv], {
    readFile: path => {
      expect(path).toBe(file)
      return text
    },
  })
}

it('has the long options as its keys, and its files beside it', () => {
  expect(parsed(everything)).toMatchObject({
    action: 'serve',
    options: {
      port: 3000,
      host: '*',
      listing: false,
      certificate: { certFile: '/home/ann/keys/cert.pem', keyFile: '/etc/key.pem' },
      engine: {
        liveReload: true,
        index: ['a.html', 'b.html'],
        fields: [['X-A', '1']],
        cors: 'https://app.example',
        uploads: { overwrite: true, maxSize: 1024 ** 2 },
      },
    },
  })
  expect(parsed('\uFEFF{}')).toEqual(parseArguments([]))
})

/** What makes sense only beside another. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  cert: ['key'],
  key: ['cert'],
  'max-upload': ['upload'],
  qr: ['lan'],
}

/** A value that each takes. */
const VALUES: Readonly<Record<string, unknown>> = {
  port: 3000,
  host: '::1',
  log: 'json',
  index: ['a.html', 'b.html'],
  symlinks: 'refuse',
  rules: 'cloudflare',
  cert: 'cert.pem',
  key: 'key.pem',
  cache: 60,
  cors: 'https://app.example',
  header: ['X-A: 1', 'X-B: 2'],
  throttle: '400,2000',
  auth: 'ann:secret',
  upload: 'overwrite',
  'max-upload': '1M',
  'allow-host': ['site.test', '*.site.test'],
  'headers-timeout': 1000,
  'request-timeout': 2000,
  'keep-alive-timeout': 3000,
  'max-connections': 10,
}

it('takes every option, as the command line does', () => {
  for (const name of Object.keys(options).filter(isOption)) {
    if (commandOnly.includes(name)) {
      expect(parsed(JSON.stringify({ [name]: true }))).toMatchObject({
        message: `/home/ann/site.json:1: "${name}" can only be given on the command line`,
      })
      continue
    }
    const value = VALUES[name] ?? true
    const file = Object.fromEntries([name, ...(BESIDE[name] ?? [])].map(each => [each, VALUES[each] ?? true]))
    const argv = Object.entries(file).flatMap(([each, value]) => {
      const own = ['cert', 'key'].includes(each) ? `/home/ann/${String(value)}` : value
      return [own].flat().map(one => (one === true ? `--${each}` : `--${each}=${String(one)}`))
    })
    expect(parsed(JSON.stringify(file)), name).toEqual(parseArguments(argv))
    expect(parsed(JSON.stringify({ [name]: { a: 1 } }), [], '/f')).toMatchObject({
      action: 'refuse',
      message: expect.stringMatching(`^/f:1: "${name}" takes `),
    })
    if (value === true) expect(parsed(JSON.stringify({ [name]: false }))).toEqual(parseArguments([]))
  }
})

it('gives way to the command line', () => {
  const argv = ['--port', '4000', '--host', '::1', '--no-live', '--listing', '--no-cors', '-H', 'X-B: 2']
  expect(parsed(everything, [...argv, '--no-index', '--upload'])).toMatchObject({
    options: {
      port: 4000,
      host: '::1',
      listing: true,
      engine: { index: [], fields: [['X-B', '2']], uploads: { maxSize: 1024 ** 2 } },
    },
  })
  const { options } = parsed(everything, argv) as Extract<Arguments, { action: 'serve' }>
  expect(options.engine).not.toHaveProperty('liveReload')
  expect(options.engine).not.toHaveProperty('cors')
})

it('each option in it is taken back by the command line', () => {
  for (const name of Object.keys(options).filter(isOption)) {
    // Their usual values are values of theirs: --index index.html, --log combined, --symlinks confined.
    if (commandOnly.includes(name) || ['index', 'log', 'symlinks'].includes(name)) continue
    const opposite = name === 'no-index' ? '--index=a' : name.startsWith('no-') ? name.slice(3) : `no-${name}`
    const argument = opposite.startsWith('--') ? opposite : `--${opposite}`
    const file = { [name]: VALUES[name] ?? true }
    const others = Object.fromEntries((BESIDE[name] ?? []).map(each => [each, VALUES[each] ?? true]))
    const isOfCertificate = name === 'cert' || name === 'key'
    expect(parsed(JSON.stringify({ ...file, ...others }), [argument]), name).toEqual(
      parsed(isOfCertificate ? '{}' : JSON.stringify(others), name === 'no-index' ? [argument] : []),
    )
  }
  expect(parsed('{ "throttle": "slow-3g" }', ['--throttle', 'fast-3g', '--no-throttle'])).toEqual(
    parseArguments([]),
  )
})

it.each([
  ['{ "lan": true, "qr": true }', '--no-lan'],
  ['{ "host": "192.168.1.24", "qr": true }', '--no-host'],
  ['{ "upload": true, "max-upload": "1M" }', '--no-upload'],
])('of %s, %s takes back what makes no sense alone', (text, argument) => {
  expect(parsed(text, [argument])).toEqual(parseArguments([]))
})

it.each([
  ['{\n  "prot": 80\n}', 'site.json:2: unknown key "prot"; did you mean "port"?'],
  ['{ "tls": true }', 'site.json:1: unknown key "tls"; did you mean "https"?'],
  ['{ "--port": 1 }', 'site.json:1: unknown key "--port"; did you mean "port"?'],
  ['{ "frobnicate": 1 }', 'site.json:1: unknown key "frobnicate"'],
  ['{ "__proto__": {} }', 'site.json:1: unknown key "__proto__"'],
  ['{\r\n"live":\r\n"yes"}', 'site.json:3: "live" takes true or false'],
  ['{ "port": true }', 'site.json:1: "port" takes a text or a number'],
  ['{ "header": [1] }', 'site.json:1: "header" takes a text, or a list of texts'],
  ['{ "upload": 5 }', 'site.json:1: "upload" takes true, false or a text'],
  ['{ "port": 1,\n "port": 2 }', 'site.json:2: "port" is there twice'],
  ['{ "help": true }', 'site.json:1: "help" can only be given on the command line'],
  ['{ "config": "b.json" }', 'site.json:1: "config" can only be given on the command line'],
  ['{\n "port": 80\n "lan": true }', 'site.json:3: not JSON (comma expected)'],
  ['['.repeat(100_000), 'site.json:1: nested too deeply'],
  ['[]', 'site.json:1: not an object, such as { "port": 3000 }'],
  ['', 'site.json:1: not JSON (value expected)'],
  [
    '{\n "cache": "weekly" }',
    'site.json:2: --cache: "weekly" is not no-cache, no-store, immutable or a whole number of seconds up to 31536000',
  ],
  [
    '{\n\n "port": 70000 }',
    'site.json:3: --port needs a number from 0 to 65535, such as --port 8080, not "70000"',
  ],
  [
    '{ "host": "::1",\n "lan": true }',
    'site.json:2: --host and --lan exclude each other: --lan listens on every address',
  ],
  ['{ "qr": true }', 'site.json:1: --qr is for other devices, which cannot open localhost: add --lan'],
])('%j is refused', (text, message) => {
  expect(parsed(text, [], 'site.json')).toEqual({ action: 'refuse', message })
})

it('a fault of the command line is not laid to the file', () => {
  expect(parsed('{ "cache": 5 }', ['--cache', 'weekly'])).toMatchObject({
    message: expect.stringMatching(/^--cache: "weekly" is not/),
  })
})

it('a file that is not there, or cannot be read, is said', () => {
  const failing = (code: string) =>
    parseArguments(['--config', 'x.json'], {
      readFile: () => {
        throw Object.assign(new Error(code), { code })
      },
    })
  expect(failing('ENOENT')).toEqual({ action: 'refuse', message: '--config: no file at x.json' })
  expect(failing('EACCES')).toEqual({
    action: 'refuse',
    message: '--config: x.json cannot be read (EACCES)',
  })
})
