import { describe, expect, it } from 'vitest'
import { parseArguments, type ServeArguments } from '../../electron/cli/arguments.ts'
import { options } from '../../electron/cli/options.ts'
import { usage } from '../../electron/cli/usage.ts'

const defaults: ServeArguments = {
  folder: '.',
  host: 'localhost',
  port: undefined,
  listing: true,
  dotfiles: false,
  open: false,
  qr: false,
  log: 'combined',
  certificate: 'none',
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
    [['--https'], { certificate: 'own' }],
    [['--cert', 'a.pem', '--key=b.pem'], { certificate: { certFile: 'a.pem', keyFile: 'b.pem' } }],
    [['--https', '--cert', 'a', '--key', 'a'], { certificate: { certFile: 'a', keyFile: 'a' } }],
    [['--live', '--rules', '--isolate'], { engine: { liveReload: true, hostRules: 'auto', isolate: true } }],
    [['--rules=cloudflare'], { engine: { hostRules: 'cloudflare' } }],
    [['--rules=netlify', '--rules'], { engine: { hostRules: 'auto' } }],
    [['--live', '--no-live', '--rules', '--no-rules', '--rules'], { engine: { hostRules: 'auto' } }],
    [['--no-listing', '--listing'], {}],
    [['--zip', '--manage'], { engine: { zip: true, manage: true } }],
    [['--upload'], { engine: { uploads: {} } }],
    [['--upload', 'site'], { folder: 'site', engine: { uploads: {} } }],
    [
      ['--upload=overwrite', '--max-upload', '1.5k'],
      { engine: { uploads: { overwrite: true, maxSize: 1536 } } },
    ],
    [['--upload', '--max-upload=2GiB'], { engine: { uploads: { maxSize: 2 * 1024 ** 3 } } }],
    [['--upload', '--max-upload', '700'], { engine: { uploads: { maxSize: 700 } } }],
    [
      ['--throttle', 'slow-3g'],
      { engine: { throttle: { latency: 2000, download: 400_000, upload: 400_000, loss: 0 } } },
    ],
    [
      ['--throttle=1000/250,40'],
      { engine: { throttle: { latency: 40, download: 1_000_000, upload: 250_000, loss: 0 } } },
    ],
    [['--throttle', 'off'], { engine: { throttle: null } }],
    [['--qr', '--lan'], { qr: true, host: '*' }],
    [['--qr', '--host', '192.168.1.24'], { qr: true, host: '192.168.1.24' }],
  ]
  it.each(table)('%j', (argv, expected) => {
    const environment = { SERVEBAR_PASSWORD: 'from outside' }
    expect(parseArguments(argv, { environment })).toEqual({
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
  it.each(['trust', 'untrust'] as const)('%s', action => {
    expect(parseArguments([`--${action}`])).toEqual({ action })
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
    [
      ['--rules=vercel'],
      '--rules needs no value, netlify or cloudflare, such as --rules=cloudflare, not "vercel"',
    ],
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
    [['--cert', 'a.pem'], '--cert needs --key with it: the file with its private key'],
    [['--key', 'a.pem'], '--key needs --cert with it: the file with the certificate'],
    [['--upload=all'], '--upload needs no value, or overwrite: --upload=overwrite, not "all"'],
    [['--max-upload', '1M'], '--max-upload is about --upload, which is not given'],
    [
      ['--upload', '--max-upload', 'much'],
      '--max-upload needs a size, such as --max-upload 500M, not "much"',
    ],
    [['--upload', '--max-upload', '0'], '--max-upload needs a size, such as --max-upload 500M, not "0"'],
    [
      ['--throttle', '2g'],
      '--throttle: "2g" is none of slow-3g, fast-3g, flaky and off, nor kbit/s and ms such as 400,2000',
    ],
    [
      ['--throttle', '0,5'],
      '--throttle: download is not a number of bits per second from 1000 to 10000000000',
    ],
    [['--qr'], '--qr is for other devices, which cannot open localhost: add --lan'],
    [['--no-live=yes'], '--no-live takes no value, so leave out "=yes"'],
    [['--cors='], '--cors needs an origin, such as --cors=https://app.example, not ""'],
    [['--trust', 'site'], '--trust serves nothing: give it alone'],
    [['--trust', '--https'], '--trust serves nothing: give it alone'],
    [['--trust', '--untrust'], '--trust and --untrust exclude each other: leave out one of them'],
    [['--no-trust'], 'Unknown option --no-trust; did you mean --untrust?'],
    [['--no-log'], 'Unknown option --no-log; did you mean --quiet?'],
    [['--no-symlinks'], 'Unknown option --no-symlinks; did you mean --symlinks?'],
    [['--no-config'], 'Unknown option --no-config'],
    [['--no-throttle=off'], '--no-throttle takes no value, so leave out "=off"'],
    [['-S'], 'Unknown option -S; did you mean --https?'],
    [['--tls'], 'Unknown option --tls; did you mean --https?'],
    [['--livereload'], 'Unknown option --livereload; did you mean --live?'],
    [['--upload-files'], 'Unknown option --upload-files; did you mean --upload?'],
    [['-z'], 'Unknown option -z; did you mean --zip?'],
    [['--throtle', 'x'], 'Unknown option --throtle; did you mean --throttle?'],
  ]
  it.each(table)('%j', (argv, message) => {
    expect(parseArguments(argv)).toEqual({ action: 'refuse', message })
  })
})

it('the usage names every option and fits a terminal', () => {
  for (const name of Object.keys(options)) expect(usage).toContain(`--${name}`)
  for (const short of ['-p', '-q', '-h', '-V', '-H']) expect(usage).toContain(`${short}, `)
  for (const line of usage.split('\n')) expect(line.length).toBeLessThanOrEqual(90)
})

it('what other servers call an option is none of ours', () => {
  const names = [
    'S',
    'tls',
    'ssl',
    'livereload',
    'upload-files',
    'z',
    'bind',
    'single',
    'history',
    'A',
    'coi',
  ]
  for (const name of names) {
    const argument = name.length > 1 ? `--${name}` : `-${name}`
    expect(parseArguments([argument])).toMatchObject({ message: expect.stringMatching(/; did you mean --/) })
  }
})
