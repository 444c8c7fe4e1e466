import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { mockDetail } from '../../support/mock-data.ts'
import { copied, id, press, Recent, row, rows, show } from './show.tsx'

describe('keys', () => {
  const text = '200\tGET\t/assets/app.css?v=41\t14.2 KB\t3 ms\tThis computer\t12:04:31'

  it('arrows, Home and End move between rows, which are one stop for Tab', () => {
    show()
    act(() => rows()[0]?.focus())
    const focusedPath = () => document.activeElement?.querySelector('.pt')?.textContent
    const walk = (key: string) => {
      press(document.activeElement as Element, key)
      return focusedPath()
    }
    expect(['ArrowUp', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'End', 'ArrowDown', 'Home'].map(walk)).toEqual([
      '/projects/tide-pool/',
      '/img/cover@3x.webp',
      '/media/intro.mp4',
      '/img/cover@3x.webp',
      '/.env',
      '/.env',
      '/projects/tide-pool/',
    ])
    expect(rows().filter(each => each.tabIndex === 0)).toEqual([document.activeElement])
  })

  it('reaches a row that is not drawn', async () => {
    show({ log: { [id]: Array.from({ length: 3000 }, (_, index) => ({ target: `/${index}` })) } })
    act(() => rows()[0]?.focus())
    press(document.activeElement as Element, 'End')
    await waitFor(() => expect(document.activeElement?.querySelector('.pt')?.textContent).toBe('/0'))
  })

  it('← closes an opened row from anywhere in it', async () => {
    show()
    fireEvent.click(row(/app\.css/))
    const button = await screen.findByRole('button', { name: 'Copy as cURL' })
    act(() => button.focus())
    press(button, 'ArrowLeft')
    expect(row(/app\.css/).getAttribute('aria-expanded')).toBe('false')
    expect(document.activeElement).toBe(row(/app\.css/))
  })

  it('⌘C copies the row, and goes no further', () => {
    const bridge = show()
    const seen = vi.fn()
    addEventListener('keydown', seen)
    act(() => row(/app\.css/).focus())
    press(row(/app\.css/), 'c', { metaKey: true })
    removeEventListener('keydown', seen)
    expect(copied(bridge)).toEqual([{ text }])
    expect(seen).not.toHaveBeenCalled()
  })

  it('⌘C leaves a selection to the browser', () => {
    const bridge = show()
    act(() => row(/app\.css/).focus())
    getSelection()?.selectAllChildren(row(/app\.css/))
    const goesOn = press(row(/app\.css/), 'c', { metaKey: true })
    getSelection()?.removeAllRanges()
    expect([goesOn, copied(bridge)]).toEqual([true, []])
  })

  it.each([
    ['in the log', undefined],
    ['among the recent requests', <Recent key="recent" />],
  ])('⌘↩ opens the request of the row, whole, not the site: %s', async (_, part) => {
    const target = `/${'long'.repeat(600)}`
    const bridge = show(
      { handlers: { 'log.read': () => ({ ok: true, value: { ...mockDetail, target } }) } },
      part,
    )
    act(() => row(/cover/).focus())
    expect(press(row(/cover/), 'Enter', { metaKey: true, repeat: true })).toBe(false)
    expect(bridge.calls).toEqual([])
    expect(press(row(/cover/), 'Enter', { metaKey: true })).toBe(false)
    await waitFor(() => expect(bridge.calls).toHaveLength(2))
    expect(bridge.calls).toEqual([
      { command: 'log.read', input: { site: id, entry: 12 } },
      { command: 'site.open', input: { id, target } },
    ])
    expect(row(/cover/).getAttribute('aria-expanded')).toBe('false')
  })

  it('⌘↩ says when a browser cannot open it', async () => {
    const bridge = show({ log: { [id]: [{ method: 'GET', target: 'http://other/' }] } })
    const only = screen.getByRole('button', { name: /^GET http/ })
    act(() => only.focus())
    press(only, 'Enter', { metaKey: true })
    await waitFor(() => {
      expect(screen.getByTestId('toast').textContent).toBe('A browser cannot open this request')
    })
    expect(bridge.calls).toEqual([])
  })

  it('the copy button of a row copies it and says so', async () => {
    const bridge = show()
    const item = row(/app\.css/).closest('li') as HTMLElement
    fireEvent.click(within(item).getByRole('button', { name: 'Copy row' }))
    await waitFor(() => expect(screen.getByTestId('toast').textContent).toBe('Copied row'))
    expect(copied(bridge)).toEqual([{ text }])
  })
})
