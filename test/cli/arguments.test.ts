import { describe, expect, it } from 'vitest'
import { parseArguments, type ServeArguments } from '../../electron/cli/arguments.ts'
import { usage } from '../../electron/cli/usage.ts'

const defaults: ServeArguments = {
  folder: '.',
  host: 'localhost',
  port: undefined,
  listing: true,
  dotfiles: false,
  open: false,
  log: 'combined',
  engine: {},
}

describe('arguments that are understood', () => {
  const table: readonly (readonly [argv: readonly string[], expected: Partial<ServeArguments>])[] = [
    [[], {}],
    [['site'], { folder: 'site' }],
    [['site', '--port', '3000'], { folder: 'site', port: 3000 }],
    [['--port=3000', 'site'], { folder: 'site', port: 3000 }],
    [['-p', '3000'], { port: 3000 }],
    [['-p3000'], { port: 3000 }],
    [['--port', '0'], { port: 0 }],
    [['--port', '1', '--port', '65535'], { port: 65_535 }],
    [['--host', '192.168.1.24'], { host: '192.168.1.24' }],
    [['--host', '223.255.255.1'], { host: '223.255.255.1' }],
    [['--host=::1'], { host: '::1' }],
    [['--host', '[::1]'], { host: '::1' }],
    [['--host', 'localhost'], { host: 'localhost' }],
    [['--lan'], { host: '*' }],
    [['--no-listing', '--dotfiles', '--open'], { listing: false, dotfiles: true, open: true }],
    [['--quiet'], { log: 'none' }],
    [['-qp', '0'], { log: 'none', port: 0 }],
    [['--log', 'json'], { log: 'json' }],
    [['--log=combined'], { log: 'combined' }],
    [['--', '--port'], { folder: '--port' }],
    [['--port', '80', '--', '-x'], { folder: '-x', port: 80 }],
    [['-'], { folder: '-' }],
    [['--index', 'a.html, b.htm', '--index=c'], { engine: { index: ['a.html', 'b.htm', 'c'] } }],
    [['--no-index'], { engine: { index: [] } }],
    [['--symlinks', 'follow'], { engine: { symlinks: 'follow' } }],
    [['--spa', '--clean-urls'], { engine: { spa: true, cleanUrls: true } }],
    [['--cache', '3600'], { engine: { cache: 3600 } }],
    [['--cache=immutable'], { engine: { cache: 'immutable' } }],
    [['--no-compress'], { engine: { codings: false } }],
    [['--cors'], { engine: { cors: 'any' } }],
    [['--cors', 'site'], { folder: 'site', engine: { cors: 'any' } }],
    [['--cors=https://app.example'], { engine: { cors: 'https://app.example' } }],
    [
      ['-H', 'X-A: 1', '--header', 'Set-Cookie:a=b:c'],
      {
        engine: {
          fields: [
            ['X-A', '1'],
            ['Set-Cookie', 'a=b:c'],
          ],
        },
      },
    ],
    [['--auth', 'ann:a:b'], { engine: { auth: { user: 'ann', password: 'a:b' } } }],
    [['--auth', 'ann'], { engine: { auth: { user: 'ann', password: 'from outside' } } }],
    [['--allow-host', 'a.test,*.b.test'], { engine: { hosts: ['a.test', '*.b.test'] } }],
    [
      ['--headers-timeout', '500', '--request-timeout=900'],
      { engine: { headersTimeout: 500, requestTimeout: 900 } },
    ],
    [['--keep-alive-timeout', '500'], { engine: { keepAliveTimeout: 500 } }],
    [['--max-connections', '10'], { engine: { maxConnections: 10 } }],
  ]
  it.each(table)('%j', (argv, expected) => {
    const environment = { SERVEBAR_PASSWORD: 'from outside' }
    expect(parseArguments(argv, environment)).toEqual({
      action: 'serve',
      options: { ...defaults, ...expected },
    })
  })

  it.each([['--help'], ['-h'], ['site', '--help', '--port', 'x'], ['--version', '--help']])(
    'help: %s %s %s %s',
    (...argv) => {
      expect(parseArguments(argv)).toEqual({ action: 'help' })
    },
  )
  it.each(['--version', '-V'])('version: %s', argument => {
    expect(parseArguments([argument])).toEqual({ action: 'version' })
  })
})

describe('arguments that are refused, and what is said', () => {
  const port = '--port needs a number from 0 to 65535, such as --port 8080'
  const host = '--host needs an IP address or localhost, such as --host 127.0.0.1'
  const table: readonly (readonly [argv: readonly string[], message: string])[] = [
    [['--port'], port],
    [['--port='], `${port}, not ""`],
    [['-p'], port],
    [['--port', '--quiet'], port],
    [['--port', '65536'], `${port}, not "65536"`],
    [['--port', '-1'], `${port}, not "-1"`],
    [['--port', '80.5'], `${port}, not "80.5"`],
    [['--port', '0x50'], `${port}, not "0x50"`],
    [['--port', '8080x'], `${port}, not "8080x"`],
    [['--port', ' '], `${port}, not " "`],
    [['--host'], host],
    [['--host', 'example.org'], `${host}, not "example.org"`],
    [['--host', '127.1'], `${host}, not "127.1"`],
    [['--host', '*'], `${host}, not "*"`],
    [['--host', '127.0.0.1:80'], `${host}, not "127.0.0.1:80"`],
    [['--host', '224.0.0.1'], `${host}, not "224.0.0.1"`],
    [['--host', '239.255.255.250'], `${host}, not "239.255.255.250"`],
    [['--host', '255.255.255.255'], `${host}, not "255.255.255.255"`],
    [['--host', 'ff02::1'], `${host}, not "ff02::1"`],
    [['--host', 'fe80::1%eth0'], '--host takes no zone, because no URL can hold one: "fe80::1%eth0"'],
    [['--log'], '--log needs combined or json'],
    [['--log', 'xml'], '--log needs combined or json, not "xml"'],
    [['--quiet=yes'], '--quiet takes no value, so leave out "=yes"'],
    [['--prot', '80'], 'Unknown option --prot; did you mean --port?'],
    [['--ports', '80'], 'Unknown option --ports; did you mean --port?'],
    [['--dot'], 'Unknown option --dot; did you mean --dotfiles?'],
    [['--Port=80'], 'Unknown option --Port; did you mean --port?'],
    [['--listen', '80'], 'Unknown option --listen; did you mean --port?'],
    [['-o'], 'Unknown option -o; did you mean --open?'],
    [['-x'], 'Unknown option -x'],
    [['-qx'], 'Unknown option -x'],
    [['--frobnicate'], 'Unknown option --frobnicate'],
    [['--frobnicate', '--help'], 'Unknown option --frobnicate'],
    [['--constructor'], 'Unknown option --constructor'],
    [['--__proto__=x'], 'Unknown option --__proto__'],
    [['a', 'b'], 'Only one folder can be served, but 2 are given: a, b'],
    [[''], 'The name of the folder is empty; use . for the current one'],
    [['--host', '127.0.0.1', '--lan'], '--host and --lan exclude each other: --lan listens on every address'],
    [['--index'], '--index needs names of files, such as --index index.html,index.htm'],
    [['--index', 'a/b'], '--index: "a/b" is not a file name; give names without a path, such as index.html'],
    [['--index', 'a', '--no-index'], '--index and --no-index exclude each other: leave out one of them'],
    [['--symlinks', 'no'], '--symlinks: "no" is not one of confined, follow and refuse'],
    [
      ['--cache', 'weekly'],
      '--cache: "weekly" is not no-cache, no-store, immutable or a whole number of seconds up to 31536000',
    ],
    [
      ['--cors=https://app.example/'],
      '--cors: "https://app.example/" is not false, \'any\' or an origin such as https://app.example; did you mean https://app.example?',
    ],
    [['--header', 'X-A'], '--header needs a field, such as --header \'X-Frame-Options: DENY\', not "X-A"'],
    [['--header', 'Content-Length: 1'], '--header: Content-Length is set by the server itself'],
    [['--header', 'Cache-Control: x'], '--header: for Cache-Control use the option cache'],
    [
      ['--header', 'X-A: a\r\nX-B: b'],
      '--header: the value of X-A may hold printable ASCII only, and no space at its ends',
    ],
    [
      ['--auth', 'ann'],
      '--auth needs USER:PASSWORD, or USER and the password in the variable SERVEBAR_PASSWORD',
    ],
    [['--auth', 'ann:'], '--auth: needs a user and a password that are not empty'],
    [
      ['--allow-host', 'http://a.test'],
      '--allow-host: "http://a.test" is not a host name; give it without scheme and port, such as site.test or *.site.test',
    ],
    [
      ['--headers-timeout', '1s'],
      '--headers-timeout: not a whole number of milliseconds from 100 to 86400000',
    ],
    [
      ['--headers-timeout', '2000', '--request-timeout', '1000'],
      '--headers-timeout: longer than requestTimeout, which is about the whole request',
    ],
    [['--max-connections', '0'], '--max-connections: not a whole number from 1'],
    [['--spa=yes'], '--spa takes no value, so leave out "=yes"'],
    [['--single'], 'Unknown option --single; did you mean --spa?'],
    [['--quiet', '--log', 'json'], '--quiet and --log exclude each other: leave out one of them'],
  ]
  it.each(table)('%j', (argv, message) => {
    expect(parseArguments(argv)).toEqual({ action: 'refuse', message })
  })
})

it('the usage names every option and fits a terminal', () => {
  const options = ['--port', '--host', '--lan', '--no-listing', '--dotfiles', '--open', '--quiet', '--log']
  const serving = ['--index', '--no-index', '--symlinks', '--spa', '--clean-urls', '--cache', '--no-compress']
  const others = ['--cors', '--header', '--auth', '--allow-host', '--headers-timeout', '--request-timeout']
  const rest = [
    '--keep-alive-timeout',
    '--max-connections',
    '--help',
    '--version',
    '-p',
    '-q',
    '-h',
    '-V',
    '-H',
  ]
  for (const option of [...options, ...serving, ...others, ...rest]) expect(usage).toContain(option)
  for (const line of usage.split('\n')) expect(line.length).toBeLessThanOrEqual(90)
})
