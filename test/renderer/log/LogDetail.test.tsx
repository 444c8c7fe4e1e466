import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { entryNotFound } from '../../../electron/app/problems.ts'
import type { LogDetail } from '../../../electron/contract.ts'
import { type MemoryBridgeOptions, site } from '../../support/memory-bridge.ts'
import { copied, id, paths, request, row, show } from './show.tsx'

describe('opened row', () => {
  const detail: LogDetail = {
    target: '/assets/app.css?v=41',
    requestFields: [
      ['host', 'localhost:8080'],
      ['accept', "it's"],
    ],
    responseFields: [['content-type', 'text/css; charset=utf-8']],
    file: 'assets/app.css',
    fileSize: 60_000,
    contentCoding: 'gzip',
    aborted: false,
    cause: null,
    note: null,
  }
  const fact = (name: string) => screen.queryByText(name)?.nextElementSibling?.textContent
  const read = (change: Partial<LogDetail> = {}): MemoryBridgeOptions => ({
    handlers: { 'log.read': () => ({ ok: true, value: { ...detail, ...change } }) },
  })

  it('shows facts and both header sections, and holds the list', async () => {
    const bridge = show(read())
    fireEvent.click(row(/app\.css/))
    expect(row(/app\.css/).getAttribute('aria-expanded')).toBe('true')
    expect(await screen.findByText('Response headers')).toBeTruthy()
    expect(bridge.calls).toEqual([{ command: 'log.read', input: { site: id, entry: 10 } }])
    expect([fact('File'), fact('Sent')]).toEqual(['assets/app.css', '14.2 KB of 58.6 KB, gzip'])
    expect(screen.getByText('text/css; charset=utf-8')).toBeTruthy()
    expect(screen.queryByText('Ended')).toBeNull()
    await request(bridge, { target: '/one' })
    expect(screen.getByText('1 new request')).toBeTruthy()
    fireEvent.click(row(/app\.css/))
    expect(screen.queryByText('Response headers')).toBeNull()
    expect(paths()[0]).toBe('/one')
  })

  it('says how an answer ended', async () => {
    show(read({ aborted: true, cause: 'EIO', file: null }))
    fireEvent.click(row(/app\.css/))
    await screen.findByText('Response headers')
    expect([fact('File'), fact('Ended'), fact('Cause')]).toEqual([
      undefined,
      'Cut short before the end',
      'EIO',
    ])
  })

  it('says when it is no longer kept; what the row knows can still be copied', async () => {
    const bridge = show({ handlers: { 'log.read': () => ({ ok: false, problem: entryNotFound }) } })
    fireEvent.click(row(/app\.css/))
    expect(await screen.findByText('No longer kept')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Copy as cURL' })).toBeNull()
    expect(screen.queryByRole('button', { name: 'Open' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Copy Row' }))
    await waitFor(() => expect(copied(bridge)).toHaveLength(1))
  })

  it('is loading until the answer comes', () => {
    show({ handlers: { 'log.read': () => new Promise(() => {}) } })
    fireEvent.click(row(/app\.css/))
    expect(screen.getByText('Loading…')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Open' })).toBeNull()
  })

  it('is sent again, and says what came of it', async () => {
    const bridge = show(read())
    fireEvent.click(row(/app\.css/))
    fireEvent.click(await screen.findByRole('button', { name: 'Replay' }))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toBe('Sent again: 200'))
    expect(bridge.calls).toContainEqual({ command: 'log.replay', input: { site: id, entry: 10 } })
  })

  it('is not sent again where that might change something', async () => {
    show(read())
    fireEvent.click(row(/scan-014/))
    await screen.findByText('Response headers')
    expect(screen.queryByRole('button', { name: 'Replay' })).toBeNull()
  })

  it('copies as cURL and both header sections, and opens', async () => {
    const bridge = show(read())
    fireEvent.click(row(/app\.css/))
    fireEvent.click(await screen.findByRole('button', { name: 'Copy as cURL' }))
    fireEvent.click(screen.getByRole('button', { name: 'Copy response headers' }))
    fireEvent.click(screen.getByRole('button', { name: 'Copy request headers' }))
    expect(copied(bridge)).toEqual([
      { text: "curl \\\n  'http://localhost:8080/assets/app.css?v=41' \\\n  -H 'accept: it'\\''s'" },
      { text: 'content-type: text/css; charset=utf-8' },
      { text: "host: localhost:8080\naccept: it's" },
    ])
    fireEvent.click(screen.getByRole('button', { name: 'Open' }))
    expect(bridge.calls.at(-1)).toEqual({
      command: 'site.open',
      input: { id, target: '/assets/app.css?v=41' },
    })
  })

  it('copies and opens the whole target, of which the row may hold the beginning only', async () => {
    const target = `/${'a'.repeat(3000)}`
    const bridge = show({ ...read({ target }), log: { [id]: [{ target: `${target.slice(0, 2048)}…` }] } })
    fireEvent.click(row(/^GET \/aaa/))
    fireEvent.click(await screen.findByRole('button', { name: 'Copy as cURL' }))
    expect(copied(bridge)).toEqual([{ text: expect.stringContaining(` http://localhost:8080${target} `) }])
    fireEvent.click(screen.getByRole('button', { name: 'Open' }))
    expect(bridge.calls.at(-1)).toEqual({ command: 'site.open', input: { id, target } })
  })

  it.each([
    ['what is no address', '*', site(id)],
    ['a site that does not run', '/a', site(id, { status: { phase: 'stopped' } })],
  ])('offers no Open for %s', async (_, target, shown) => {
    show({ ...read({ target }), log: { [id]: [{ method: 'OPTIONS', target }] }, sites: [shown] })
    fireEvent.click(row(/^OPTIONS/))
    await screen.findByText('Response headers')
    expect(screen.queryByRole('button', { name: 'Open' })).toBeNull()
  })
})
