import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CurlRequest, curlCommand, quote } from '../../../renderer/log/curl.ts'

const origin = 'http://localhost:8080'

function curl(change: Partial<CurlRequest>): string {
  return curlCommand(origin, { method: 'GET', target: '/', fields: [], ...change }).replaceAll(' \\\n  ', ' ')
}

/** What bash makes of words, as bytes; runs nothing but printf. */
function wordsOf(shell: string, program = ['bash', '--norc']): readonly string[] {
  const script = `PATH=\ncurl() { printf '%s\\0' "$@"; }\n${shell}`
  const [name = '', ...parameters] = program
  const out = execFileSync(name, [...parameters, '-c', script], { env: { ...process.env, LC_ALL: 'C' } })
  return out.toString('latin1').split('\0').slice(0, -1)
}

describe('curl command', () => {
  it.each([
    ['plain', {}, 'curl http://localhost:8080/'],
    ['query', { target: '/a?b=1&c=2' }, "curl 'http://localhost:8080/a?b=1&c=2'"],
    ['quote', { target: "/it's" }, "curl 'http://localhost:8080/it'\\''s'"],
    ['method', { method: 'DELETE' }, 'curl -X DELETE http://localhost:8080/'],
    ['odd method', { method: "M'X" }, "curl -X 'M'\\''X' http://localhost:8080/"],
    ['no method at all', { method: 'A B' }, 'curl http://localhost:8080/'],
    ['HEAD', { method: 'HEAD' }, 'curl --head http://localhost:8080/'],
    ['dot segments', { target: '/a/../b' }, 'curl --path-as-is http://localhost:8080/a/../b'],
    ['no dot segments', { target: '/..a/.b' }, 'curl http://localhost:8080/..a/.b'],
    ['brackets', { target: '/[1-9]' }, "curl --globoff 'http://localhost:8080/[1-9]'"],
    ['bytes', { target: '/caf\u00e9\u001b' }, 'curl http://localhost:8080/caf%E9%1B'],
    ['asterisk', { method: 'OPTIONS', target: '*' }, 'curl -X OPTIONS http://localhost:8080/'],
    ['another host', { target: 'http://example.org/a?b' }, "curl 'http://localhost:8080/a?b'"],
    ['another host alone', { target: 'http://example.org' }, 'curl http://localhost:8080/'],
    ['field', { fields: [['accept', '*/*']] }, "curl http://localhost:8080/ -H 'accept: */*'"],
    ['cookie', { fields: [['cookie', 'sid=1']] }, "curl http://localhost:8080/ -H 'cookie: sid=1'"],
    ['cookie of an earlier run', { fields: [['cookie', 'sid=***']] }, 'curl http://localhost:8080/'],
    ['empty field', { fields: [['x', '']] }, "curl http://localhost:8080/ -H 'x;'"],
    [
      'fields that curl makes',
      {
        fields: [
          ['host', 'localhost:8080'],
          ['connection', 'keep-alive'],
          ['content-length', '12'],
          ['transfer-encoding', 'chunked'],
          ['expect', '100-continue'],
        ],
      },
      'curl http://localhost:8080/',
    ],
    [
      'codings',
      {
        fields: [
          ['accept-encoding', 'gzip, br'],
          ['accept-encoding', 'zstd'],
        ],
      },
      'curl http://localhost:8080/ --compressed',
    ],
    [
      'credentials that were not kept',
      { fields: [['authorization', 'Basic ***']] },
      'curl http://localhost:8080/',
    ],
    ['a site with a password', { user: "o'neil" }, "curl --user 'o'\\''neil' http://localhost:8080/"],
    ['a name that would read a file', { fields: [['@/etc/passwd', 'x']] }, 'curl http://localhost:8080/'],
  ] as const)('%s', (_, change, command) => {
    expect(curl(change)).toBe(command)
  })

  it('takes the certificate of this computer, whose authority curl may not know', () => {
    const command = curlCommand('https://localhost:8443', { method: 'GET', target: '/', fields: [] })
    expect(command.replaceAll(' \\\n  ', ' ')).toBe('curl --insecure https://localhost:8443/')
  })

  it('is one argument per word for a shell, with the bytes that came', () => {
    const value = '$(touch x) `id` \\ "q" \'s\' !! \u001b[2J \u00e9'
    const command = curlCommand(origin, {
      method: 'POST',
      target: '/a b;false "$HOME"\n?q=`id`',
      fields: [['x-odd', value]],
    })
    expect(wordsOf(command)).toEqual([
      '-X',
      'POST',
      `${origin}/a%20b;false%20"$HOME"%0A?q=\`id\``,
      '-H',
      `x-odd: ${value}`,
    ])
  })
})

it('quotes any bytes so that a shell hands them on', () => {
  const bytes = fc.string({ unit: fc.integer({ min: 1, max: 255 }).map(code => String.fromCharCode(code)) })
  const texts = fc.sample(bytes, { numRuns: 300, seed: 7 })
  expect(wordsOf(`curl ${texts.map(quote).join(' ')}`)).toEqual(texts)
})

it('is one word for each also where a shell knows fewer kinds of quotes', () => {
  const texts = ["\u00e9'; false; '", "\u00e9\\'; false; \\'", '\n"$(false)"', "!'`false`\u0001"]
  expect(wordsOf(`curl ${texts.map(quote).join(' ')}`, ['sh'])).toHaveLength(texts.length)
  expect(
    texts
      .map(quote)
      .join('')
      .match(/(?<!\$)'/g),
  ).toHaveLength(texts.length)
})

describe('on Windows', () => {
  const command = (change: Partial<CurlRequest>) =>
    curlCommand(origin, { method: 'GET', target: '/', fields: [], ...change }, 'win32')

  it.each([
    ['plain', {}, 'curl.exe http://localhost:8080/'],
    ['a query', { target: '/a%20b?c=1&d=(2)^|<3>' }, 'curl.exe "http://localhost:8080/a%20b?c=1&d=(2)^|<3>"'],
    [
      'a field',
      { fields: [['accept', 'a/b; q=1, */*']] },
      'curl.exe http://localhost:8080/ -H "accept: a/b; q=1, */*"',
    ],
    ['a method', { method: 'DELETE' }, 'curl.exe -X DELETE http://localhost:8080/'],
    ['what ends quotes', { target: '/"&calc&"' }, 'curl.exe "http://localhost:8080/%22&calc&%22"'],
    [
      'a variable',
      { target: '/%CMDCMDLINE:~0,1%$(x)`' },
      'curl.exe "http://localhost:8080/%25CMDCMDLINE:~0,1%25%24(x)%60"',
    ],
    ['a backslash at the end', { target: '/a\\' }, 'curl.exe "http://localhost:8080/a%5C"'],
    ...['"&calc&"', '$(calc)', '`', '%PATH%', 'a\\', 'a\nb', '\u201d&calc', '\x00'].map(
      value =>
        [
          JSON.stringify(value),
          { fields: [['x', value]], user: value },
          'curl.exe http://localhost:8080/',
        ] as const,
    ),
  ] as const)('%s', (_, change, expected) => {
    expect(command(change as Partial<CurlRequest>)).toBe(expected)
  })
})

it('leaves nothing that a terminal would act on', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => /^[\x20-\x7e]*$/.test(quote(text))),
    { seed: 7 },
  )
})
