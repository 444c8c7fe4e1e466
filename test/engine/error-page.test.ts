import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { errorPageKind, renderErrorPage, statusOf } from '../../electron/engine/error-page.ts'
import { escapeHtml } from '../../electron/engine/page.ts'

describe('renderErrorPage', () => {
  it.each([
    ['absent', 404, 'Nothing at this address'],
    ['hidden', 403, 'This file isn’t shared'],
    ['unsatisfiable', 416, 'That part of the file doesn’t exist'],
    ['broken', 500, 'The file couldn’t be read'],
    ['method-not-allowed', 405, 'This address can only be read'],
    ['foreign-host', 421, 'This name isn’t served here'],
  ] as const)('%s is %i: %s', (name, status, title) => {
    const html = String(renderErrorPage(name, { path: '/x' }))
    expect(statusOf(name)).toBe(status)
    expect(html).toContain(`<h1>${title}</h1>`)
    expect(html).toContain(`<title>${status} ${title}</title>`)
    expect(html).toContain(`data-c="${status < 500 ? 4 : 5}"`)
  })

  it('draws the range that was asked for', () => {
    const html = String(renderErrorPage('unsatisfiable', { range: { size: 48_201, asked: 90_000 } }))
    expect(html).toContain('aria-label="The file ends at byte 48,201. The request starts at byte 90,000."')
    expect(html).toContain('<span>File, 48,201 bytes</span><span>Asked from 90,000</span>')
    expect(html).toContain('<a class="pbtn" href="">Open the whole file</a>')
    const empty = String(renderErrorPage('unsatisfiable', { range: { size: 0, asked: null } }))
    expect(empty).toContain('aria-label="The file is empty."')
  })

  it('shows a hint only when told to, and no link home from home', () => {
    expect(String(renderErrorPage('hidden', { path: '/.env', hint: true }))).toContain(
      '<b>Your own site?</b>',
    )
    expect(String(renderErrorPage('hidden', { path: '/.env' }))).not.toContain('Your own site?')
    expect(String(renderErrorPage('special', { path: '/x', hint: true }))).not.toContain('Your own site?')
    expect(String(renderErrorPage('no-index', { path: '/' }))).not.toContain('Home')
  })

  it('cuts a path that would fill the page', () => {
    const html = String(renderErrorPage('absent', { path: `/${'a'.repeat(5_000)}` }))
    expect(html).toContain('a…</bdi>')
    expect(html.length).toBeLessThan(8_000)
  })

  it('allows exactly its own style', () => {
    const html = String(renderErrorPage('absent', { path: '/' }))
    const style = /<style>(.*)<\/style>/s.exec(html)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    expect(errorPageKind().policy).toContain(`style-src 'sha256-${hash}'`)
    expect(html).not.toMatch(/<script|style=|https?:/)
  })
})

it.each([
  [`<a href="x">'&'</a>`, '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;'],
  ['a\nb\0c\x7f\x85', 'a␊b␀c␡\ufffd'],
  ['é😀', 'é😀'],
  ['\u202egnp.exe\u2069', '\ufffdgnp.exe\ufffd'],
  ['\u200fשלום', '\u200fשלום'],
])('escapeHtml(%j)', (text, html) => {
  expect(escapeHtml(text)).toBe(html)
})
