import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { MissingPath } from '../../../electron/contract.ts'
import { copied, press, request, rows, show } from './show.tsx'

const lastTime = new Date(2025, 2, 4, 12, 4, 31).getTime()
const missing: readonly MissingPath[] = [
  {
    path: '/img/Cover.webp',
    count: 12,
    lastTime,
    referrer: 'http://localhost:8080/projects/?a=1',
    suggestion: { path: '/img/cover.webp', reason: 'letter-case' },
  },
  { path: '/favicon.ico', count: 1, lastTime, referrer: 'https://example.org/', suggestion: null },
  {
    path: '/about',
    count: 2,
    lastTime,
    referrer: null,
    suggestion: { path: '/about.html', reason: 'extension' },
  },
]

const chip = () => screen.getByRole('button', { name: 'Show what was not found' })
const items = async () =>
  within(await screen.findByRole('list', { name: /not found/ })).getAllByRole('listitem')

function open(paths = missing) {
  const bridge = show({ handlers: { 'log.missing': () => ({ ok: true, value: paths }) } })
  fireEvent.click(chip())
  return bridge
}

describe('what was not found', () => {
  it('says how often, from which page, and what may have been meant', async () => {
    open()
    expect(chip().getAttribute('aria-pressed')).toBe('true')
    const words = (await items()).map(item => [...item.querySelectorAll('p')].map(part => part.textContent))
    expect(words).toEqual([
      [
        '/img/Cover.webp',
        'asked 12 timesfrom /projects/?a=1last 12:04:31',
        'Did you mean /img/cover.webp (letter case)',
      ],
      ['/favicon.ico', 'asked oncefrom https://example.org/12:04:31'],
      ['/about', 'asked 2 timeslast 12:04:31', 'Did you mean /about.html'],
    ])
  })

  it('copies the path that was meant, by keyboard as well', async () => {
    const bridge = open()
    await items()
    const [first, second] = [
      screen.getByRole('button', { name: 'Copy /img/cover.webp' }),
      screen.getByRole('button', { name: 'Copy /about.html' }),
    ]
    first.focus()
    press(first, 'ArrowDown')
    expect(document.activeElement).toBe(second)
    fireEvent.click(second)
    await waitFor(() => expect(copied(bridge)).toEqual([{ text: '/about.html' }]))
    expect(screen.getByRole('region', { name: 'Not found' }).tabIndex).toBe(0)
  })

  it('is filtered as the requests are', async () => {
    open()
    await items()
    fireEvent.change(screen.getByRole('searchbox'), { target: { value: 'COVER' } })
    expect(await items()).toHaveLength(1)
    expect(document.querySelector('mark')?.textContent).toBe('Cover')
  })

  it('leads back to the requests, or to the errors among them', async () => {
    open()
    await items()
    fireEvent.click(chip())
    expect(rows()).toHaveLength(13)
    fireEvent.click(chip())
    fireEvent.click(screen.getByRole('button', { name: 'Show only errors, 4' }))
    expect(rows()).toHaveLength(4)
    expect(chip().getAttribute('aria-pressed')).toBe('false')
  })

  it('asks again after more errors', async () => {
    const bridge = open([])
    expect(await screen.findByText('Everything was found')).toBeTruthy()
    const asked = () => bridge.calls.filter(({ command }) => command === 'log.missing').length
    expect(asked()).toBe(1)
    await request(bridge, { status: 404 })
    await waitFor(() => expect(asked()).toBe(2), { timeout: 5000 })
  })

  it('is gone with Clear Log', async () => {
    open()
    await items()
    press(document.body, 'k', { metaKey: true })
    expect(await screen.findByText('No requests yet')).toBeTruthy()
    expect(screen.queryByRole('button', { name: 'Show what was not found' })).toBeNull()
  })
})
