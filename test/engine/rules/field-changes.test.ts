import { describe, expect, it } from 'vitest'
import { changeFields, type FieldChange } from '../../../electron/engine/rules/field-changes.ts'

const OWN = [
  'Content-Type',
  'text/html',
  'Cache-Control',
  'no-cache',
  'Vary',
  'Accept-Encoding',
  'ETag',
  '"1"',
]

function change(
  changes: Record<string, readonly string[]>,
  { status = 200, file = true, fields = OWN } = {},
) {
  const map = new Map<string, FieldChange>(
    Object.entries(changes).map(([name, values]) => [name.toLowerCase(), { name, values }]),
  )
  const changed = changeFields(fields, map, { status, file })
  return changed.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${changed[i + 1]}`] : []))
}

describe('the fields of a file', () => {
  it('are set, replaced and taken away', () => {
    expect(change({ 'Cache-Control': ['max-age=9'], 'X-A': ['1'], 'X-None': [] })).toEqual([
      'Content-Type: text/html',
      'Vary: Accept-Encoding',
      'ETag: "1"',
      'Cache-Control: max-age=9',
      'X-A: 1',
    ])
    expect(change({ 'cache-control': [] })).not.toContain('Cache-Control: no-cache')
  })

  it('keep a type, and every reason of Vary', () => {
    expect(change({ 'Content-Type': [], Vary: [] })).toEqual(
      expect.arrayContaining(['Content-Type: text/html', 'Vary: Accept-Encoding']),
    )
    expect(change({ Vary: ['Cookie, accept-encoding'] })).toContain('Vary: Accept-Encoding, Cookie')
    expect(change({ Vary: ['Cookie'] }, { fields: [] })).toEqual(['Vary: Cookie'])
    expect(change({ 'Content-Type': ['text/plain'] })).toContain('Content-Type: text/plain')
  })

  it('keep the type of an answer in parts', () => {
    const fields = ['Content-Type', 'multipart/byteranges; boundary=x']
    expect(change({ 'Content-Type': ['text/plain'] }, { status: 206, fields })).toEqual([
      'Content-Type: multipart/byteranges; boundary=x',
    ])
  })

  it('say only what guides a cache in a 304', () => {
    const changes = {
      'Content-Type': ['text/plain'],
      'Content-Disposition': ['attachment'],
      'Content-Security-Policy': ["default-src 'self'"],
      'Cache-Control': ['max-age=9'],
    }
    expect(change(changes, { status: 304, fields: ['ETag', '"1"'] })).toEqual([
      'ETag: "1"',
      "Content-Security-Policy: default-src 'self'",
      'Cache-Control: max-age=9',
    ])
  })

  it('hold as many cookies as there are', () => {
    expect(change({ 'Set-Cookie': ['a=1', 'b=2'] }, { fields: [] })).toEqual([
      'Set-Cookie: a=1',
      'Set-Cookie: b=2',
    ])
  })
})

it('a page of ours keeps what it says', () => {
  const fields = ['Content-Security-Policy', "default-src 'none'", 'Vary', 'Accept']
  const changes = { 'Content-Security-Policy': ['*'], 'X-A': ['1'], Vary: ['Cookie'] }
  expect(change(changes, { file: false, fields })).toEqual([
    "Content-Security-Policy: default-src 'none'",
    'Vary: Accept, Cookie',
    'X-A: 1',
  ])
  expect(change({ 'Content-Security-Policy': [] }, { file: false, fields })).toContain(
    "Content-Security-Policy: default-src 'none'",
  )
})

it('without changes they are the very same', () => {
  expect(changeFields(OWN, new Map(), { status: 200, file: true })).toBe(OWN)
})
