import { fireEvent, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { id, paths, press, row, rows, show, statusBar } from './show.tsx'

describe('filter', () => {
  const field = () => screen.getByRole('searchbox', { name: 'Filter requests' })
  const type = (text: string) => fireEvent.change(field(), { target: { value: text } })

  it('keeps what matches, marks it, and counts', () => {
    show()
    type('192.168')
    expect(rows()).toHaveLength(7)
    expect([...document.querySelectorAll('mark')].every(mark => mark.textContent === '192.168')).toBe(true)
    expect(statusBar()).toBe('7 of 13 requestsKept until quit')
  })

  it('marks across the question mark without losing what is dimmed', () => {
    show()
    type('CSS?v')
    const path = row(/app\.css/).querySelector('.pt')
    expect(path?.querySelector('mark')?.textContent).toBe('css?v')
    expect([...(path?.querySelectorAll('.q') ?? [])].map(part => part.textContent).join('')).toBe('?v=41')
  })

  it('says when nothing matches, and clears', () => {
    show()
    type('fonts/old')
    expect(screen.getByText('Nothing matches “fonts/old”')).toBeTruthy()
    expect(screen.getByText('13 requests are hidden by the filter.')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Clear Filter' }))
    expect(rows()).toHaveLength(13)
  })

  it('Esc clears, then leaves', () => {
    show()
    field().focus()
    type('css')
    press(field(), 'Escape')
    expect(rows()).toHaveLength(13)
    expect(document.activeElement).toBe(field())
    press(field(), 'Escape')
    expect(document.activeElement).toBe(rows()[0])
  })

  it('takes ⌘F, and leaves Esc to nobody else while it is in there', () => {
    show()
    press(document.body, 'f', { metaKey: true })
    expect(document.activeElement).toBe(field())
    const seen = vi.fn()
    addEventListener('keydown', seen)
    press(field(), 'Escape')
    removeEventListener('keydown', seen)
    expect(seen).not.toHaveBeenCalled()
  })
})

describe('errors only', () => {
  it('is absent without errors', () => {
    show({ log: { [id]: [{ status: 200 }] } })
    expect(screen.queryByRole('button', { name: /Show only errors/ })).toBeNull()
  })

  it('hands the focus to the filter when its last error is cleared', async () => {
    show()
    screen.getByRole('button', { name: 'Show only errors, 4' }).focus()
    press(document.body, 'k', { metaKey: true })
    await waitFor(() => expect(screen.queryByRole('button', { name: /^Show only errors/ })).toBeNull())
    expect(document.activeElement).toBe(screen.getByRole('searchbox', { name: 'Filter requests' }))
  })

  it('toggles, by button and key', () => {
    show()
    const chip = screen.getByRole('button', { name: 'Show only errors, 4' })
    expect(chip.getAttribute('aria-pressed')).toBe('false')
    fireEvent.click(chip)
    expect(chip.getAttribute('aria-pressed')).toBe('true')
    expect(paths()).toEqual(['/img/cover@3x.webp', '/notes/2024/', '/media/intro.mp4', '/.env'])
    press(document.body, 'e', { metaKey: true })
    expect(rows()).toHaveLength(13)
  })
})

describe('clear', () => {
  it('empties the log and offers Undo', async () => {
    const bridge = show()
    press(document.body, 'k', { metaKey: true })
    expect(await screen.findByText('No requests yet')).toBeTruthy()
    expect(bridge.calls).toContainEqual({ command: 'log.clear', input: { site: id } })
    expect(screen.getByTestId('toast').textContent).toBe('Log cleared.Undo')
    fireEvent.click(screen.getByRole('button', { name: 'Undo' }))
    await waitFor(() => expect(rows()).toHaveLength(13))
    expect(bridge.calls).toContainEqual({ command: 'log.restore', input: { site: id } })
  })

  it('does not offer Undo for what was not done', async () => {
    const problem = { type: 'internal', title: 'Something went wrong', remedies: [] } as const
    show({ handlers: { 'log.clear': () => ({ ok: false, problem }) } })
    fireEvent.click(screen.getByRole('button', { name: 'Clear log' }))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toBe('Something went wrong'))
    expect(rows()).toHaveLength(13)
  })
})
