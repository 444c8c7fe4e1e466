/** The file of --config: what it may hold, what the command line changes, and how each fault is told. */
import { expect, it } from 'vitest'
import { type Arguments, parseArguments } from '../../electron/cli/arguments.ts'

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
