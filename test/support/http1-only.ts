/**
 * What of the tests that also run over HTTP/2 is left out there, and why: each
 * line is a part of a test's name. A line that no test has any more fails.
 */
import { relative } from 'node:path'
import { afterAll, beforeEach } from 'vitest'

const ABSOLUTE =
  'the absolute form has no place in HTTP/2; the authority has a field of its own (http2.test.ts)'
const TWICE = 'node:http2 sends no such field twice; http2.test.ts does, frame by frame'
const CONNECTION = 'about the connection, of which HTTP/2 says nothing in fields'
const BYTES = 'about bytes that are no request of HTTP/1.1'
const NONE = 'HTTP/2 itself takes such a request for malformed (http2.test.ts)'
const SOCKET = 'reads the socket, or stops to; http2.test.ts has streams that are not read, or reset'
const OWN_SERVER = 'has a server of its own, without TLS'
const OWN_CLIENT = 'has a client of its own; http2.test.ts has streams that are reset'
const INTERIM = 'streams need not be told to go on; http2.test.ts has what is told'

const LEFT_OUT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'wire/conditional': {
    '§13.1.2 If-None-Match: weak comparison each of several field lines counts': TWICE,
    '§15.4.5 304 has what guides a cache, and nothing else': CONNECTION,
  },
  'wire/fine-print': {
    'RFC 9112 §3.2.2, RFC 9110 §7.4: absolute form': ABSOLUTE,
    '§13.1.3, §13.1.4': TWICE,
    '§9.1 a method that is not known that ends in a later packet': BYTES,
  },
  'wire/methods': {
    '§9.1 methods §9.3.6 CONNECT': 'its form is another one (http2.test.ts)',
    '§10.1.1 Expect content that is too long neither': 'an answer need not wait for content',
    '§10.1.1 Expect nor in a framing that is refused': CONNECTION,
    '§10.1.1 Expect behind a close': CONNECTION,
    '§10.1.1 Expect ignored in HTTP/1.0': BYTES,
    '§10.1.1 Expect without content': INTERIM,
    '§7.8 Upgrade is ignored': CONNECTION,
  },
  'wire/range': {
    '§14.2 ignored for two field lines': TWICE,
    '§14.6 several ranges a client that leaves amid the parts': SOCKET,
  },
  'folder/gone': { 'a file while it is sent': SOCKET },
  'folder/names': { 'a real browser': 'it does not trust the certificate of a test' },
  'writes/manage': { 'goes to the Trash where there is one': OWN_SERVER },
  'writes/put': {
    'because its chunks are none': BYTES,
  },
  'zip/zip': { 'stops when the client leaves': OWN_CLIENT },
  'wire/targets': { 'http://localhost': ABSOLUTE },
  authentication: {
    'a site with a password * answers nothing but 401': NONE,
    'a site with a password a.txt answers nothing but 401': NONE,
    '://': ABSOLUTE,
    'a site with a password refuses a second Authorization field': TWICE,
  },
  exchange: {
    'the record of an exchange holds all of request and answer': 'names the version and fields of HTTP/1.1',
    'the record of an exchange is made once per request, also when the client has gone': SOCKET,
    ' connections ': CONNECTION,
    'HTTP/1.0': BYTES,
    'GET /x y': BYTES,
    'CONNECT a:1': 'its form is another one (http2.test.ts)',
  },
  'clean-urls': { 'http://localhost/about.html': ABSOLUTE },
  'content-coding': { 'HTTP/1.0 gets a length': BYTES },
  'header-fields': { 'also stands on what was no request': BYTES },
  features: { 'live reload hears at once that a page has gone': SOCKET },
  respond: {
    'what is not there * is 400': NONE,
    'Host empty': NONE,
    'Host no authority': NONE,
    'Host missing': NONE,
    'Host twice the same': TWICE,
    'HTTP/1.0': BYTES,
    '://localhost': ABSOLUTE,
    'absolute-form': ABSOLUTE,
    'what is not there a.txt is 400': NONE,
    'conditional requests 304 carries what guides a cache': CONNECTION,
  },
}

const named = new Set<string>()
let mine: Readonly<Record<string, string>> = {}

beforeEach(({ task, skip }) => {
  const file = relative('test/engine', task.file.name).replace(/\.test\.ts$/, '')
  mine = LEFT_OUT[file] ?? {}
  const names: string[] = []
  for (let at: { name: string; suite?: typeof at | undefined } | undefined = task; at; at = at.suite)
    names.unshift(at.name)
  const name = names.slice(names[0] === task.file.name ? 1 : 0).join(' ')
  for (const [part, reason] of Object.entries(mine)) {
    if (!` ${name} `.includes(part)) continue
    named.add(part)
    skip(reason)
  }
})

// biome-ignore lint/correctness/noEmptyPattern: vitest wants it
afterAll(({}, { tasks }) => {
  // Of a run that was asked for some tests only, nothing follows.
  const isWhole = !tasks.some(({ mode }) => mode === 'skip')
  const stale = Object.keys(mine).filter(part => !named.has(part))
  if (isWhole && stale.length > 0) throw new Error(`left out over HTTP/2, and not there: ${stale.join(', ')}`)
})
