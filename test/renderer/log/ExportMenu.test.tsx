import { fireEvent, screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { id, press, show } from './show.tsx'

const button = () => screen.getByRole('button', { name: 'Export…' })
const items = () => screen.queryAllByRole('menuitem')

/** What is saved: file names, and the blobs of their texts. */
function saved() {
  const names: string[] = []
  const blobs: Blob[] = []
  URL.createObjectURL = blob => {
    if (blob instanceof Blob) blobs.push(blob)
    return 'blob:http://localhost/1'
  }
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    names.push(this.download)
  })
  return { names, blobs }
}

afterEach(() => vi.restoreAllMocks())

it('saves the requests as the kind of file that is chosen, by keyboard', async () => {
  const { names, blobs } = saved()
  const value = { name: 'portfolio.csv', text: 'Time\r\n' }
  const bridge = show({ handlers: { 'log.export': () => ({ ok: true, value }) } })
  button().focus()
  fireEvent.click(button())
  expect(items().map(item => item.textContent)).toEqual([
    'HAR, for Browser Tools',
    'Combined Log',
    'CSV, for Spreadsheets',
  ])
  expect(document.activeElement).toBe(items()[0])
  press(screen.getByRole('menu'), 'End')
  expect(document.activeElement).toBe(items()[2])
  fireEvent.click(document.activeElement as HTMLElement)
  expect(items()).toEqual([])
  expect(document.activeElement).toBe(button())
  await waitFor(() => expect(names).toEqual(['portfolio.csv']))
  expect(bridge.calls).toContainEqual({ command: 'log.export', input: { site: id, format: 'csv' } })
  expect(blobs.map(({ size, type }) => [size, type])).toEqual([[6, 'text/csv']])
  expect(document.querySelector('a[download]')).toBeNull()
})

it('closes by Esc, and gives the focus back', () => {
  show()
  fireEvent.click(button())
  press(screen.getByRole('menu'), 'Escape')
  expect(items()).toEqual([])
  expect(document.activeElement).toBe(button())
})

it('has nothing to save without requests', () => {
  show({ log: {} })
  expect(button().getAttribute('aria-disabled')).toBe('true')
  fireEvent.click(button())
  expect(items()).toEqual([])
})
