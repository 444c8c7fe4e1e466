import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react'
import { Profiler } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { site } from '../../support/memory-bridge.ts'
import { mockSettings } from '../../support/mock-data.ts'
import { id, Log, list, paths, press, request, row, rows, show, statusBar } from './show.tsx'

describe('list', () => {
  it('has the newest request on top, each a button with a spoken name', () => {
    show()
    expect(paths()[0]).toBe('/projects/tide-pool/')
    expect(
      row('GET /assets/app.css?v=41, 200, 14.2 kilobytes, 3 milliseconds, from this computer, 12:04:31'),
    ).toBeDefined()
    expect(row(/app\.css/).getAttribute('aria-expanded')).toBe('false')
    expect(statusBar()).toBe('13 requests · 3.5 MB sent · 31% errors · slowest 642 msKept until quit')
  })

  it('says how many requests could not be kept, where they are to be', () => {
    const settings = { ...mockSettings, keepRequests: '1h' as const }
    show({ state: { settings }, unkept: 1_200 })
    expect(statusBar()).toMatch(/Kept for 1 hour, but for 1,200$/)
    cleanup()
    show({ unkept: 1_200 })
    expect(statusBar()).toMatch(/Kept until quit$/)
  })

  it('shows status glyph, slow durations and loud methods', () => {
    show()
    const slow = row(/notes/)
    expect(slow.querySelector('.st')?.getAttribute('data-c')).toBe('5')
    expect(slow.querySelector('.du')?.className).toBe('du slow')
    expect(row(/^POST/).querySelector('.mt')?.className).toBe('mt loud')
  })

  it('says where each row stands among all', () => {
    show()
    const item = row(/app\.css/).closest('li')
    expect([item?.getAttribute('aria-posinset'), item?.getAttribute('aria-setsize')]).toEqual(['4', '13'])
  })

  it('draws only the rows in sight', () => {
    show({ log: { [id]: Array.from({ length: 3000 }, (_, index) => ({ target: `/${index}` })) } })
    expect(rows().length).toBeLessThan(40)
    expect(paths()[0]).toBe('/2999')
    expect(Number.parseInt(list().style.height, 10)).toBe(3000 * 42)
  })

  it('puts a new request on top and tints it once', async () => {
    const bridge = show()
    expect(document.querySelector('.is-new')).toBeNull()
    await request(bridge, { target: '/new' })
    expect(paths()[0]).toBe('/new')
    expect(row(/\/new/).closest('li')?.className).toContain('is-new')
    await waitFor(() => expect(document.querySelector('.is-new')).toBeNull())
  })

  it('tints nothing in a flood', async () => {
    const bridge = show()
    await request(bridge, ...Array.from({ length: 100 }, () => ({ target: '/flood' })))
    expect(paths()[0]).toBe('/flood')
    expect(document.querySelector('.is-new')).toBeNull()
  })
})

describe('empty', () => {
  it('says so, and opens the site', () => {
    const bridge = show({ log: {} })
    expect(screen.getByText('No requests yet')).toBeTruthy()
    expect(screen.queryByRole('contentinfo')).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Open portfolio' }))
    expect(bridge.calls.at(-1)).toEqual({ command: 'site.open', input: { id, target: undefined } })
  })

  it('offers no Open when the site does not run, and no Clear', () => {
    const bridge = show({ log: {}, sites: [site(id, { status: { phase: 'stopped' } })] })
    expect(screen.queryByRole('button', { name: 'Open portfolio' })).toBeNull()
    fireEvent.click(screen.getByRole('button', { name: 'Clear log' }))
    expect(bridge.calls).toEqual([])
  })

  it('shows the first request although the pointer is already there', async () => {
    const bridge = show({ log: {} })
    fireEvent.pointerEnter(document.querySelector('.log') as Element)
    await request(bridge, { target: '/first' })
    expect(paths()).toEqual(['/first'])
  })
})

describe('holding still', () => {
  const log = () => document.querySelector('.log') as HTMLElement

  it('while the pointer is over it, until Show', async () => {
    const bridge = show()
    fireEvent.pointerEnter(log())
    await request(bridge, { target: '/one' })
    await request(bridge, { target: '/two' })
    expect(paths()[0]).toBe('/projects/tide-pool/')
    expect(screen.getByText('2 new requests')).toBeTruthy()
    fireEvent.click(screen.getByRole('button', { name: 'Show' }))
    expect(paths().slice(0, 2)).toEqual(['/two', '/one'])
    expect(screen.queryByText(/new request/)).toBeNull()
    expect(log().scrollTop).toBe(0)
  })

  it('until the pointer leaves', async () => {
    const bridge = show()
    fireEvent.pointerEnter(log())
    await request(bridge, { target: '/one' })
    expect(screen.getByText('1 new request')).toBeTruthy()
    fireEvent.pointerLeave(log())
    expect(paths()[0]).toBe('/one')
  })

  it('while it is scrolled down', async () => {
    const bridge = show()
    log().scrollTop = 300
    fireEvent.scroll(log())
    await request(bridge, { target: '/one' })
    expect(screen.getByText('1 new request')).toBeTruthy()
    log().scrollTop = 0
    fireEvent.scroll(log())
    expect(paths()[0]).toBe('/one')
  })

  it('while a row has the focus, and still when the focus goes to Show', async () => {
    const bridge = show()
    act(() => row(/about/).focus())
    await request(bridge, { target: '/one' })
    const button = screen.getByRole('button', { name: 'Show' })
    act(() => button.focus())
    expect(screen.getByText('1 new request')).toBeTruthy()
    fireEvent.click(button)
    expect(paths()[0]).toBe('/one')
    expect(document.activeElement).toBe(log())
  })

  it('Pause records on, Resume shows', async () => {
    const bridge = show()
    fireEvent.click(screen.getByRole('button', { name: 'Pause' }))
    expect(screen.getByText('Paused.')).toBeTruthy()
    await request(bridge, { target: '/one' }, { target: '/two' })
    expect(screen.getByText('Paused. 2 new requests.')).toBeTruthy()
    expect(paths()[0]).toBe('/projects/tide-pool/')
    expect(statusBar()).toContain('15 requests')
    press(document.body, 'p', { metaKey: true })
    expect(paths()[0]).toBe('/two')
    expect(screen.getByRole('button', { name: 'Pause' })).toBeTruthy()
  })
})

describe('drawing', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('happens once a frame however many batches come, and not while the panel is hidden', () => {
    const draw = vi.fn()
    const bridge = show(
      {},
      <Profiler id="log" onRender={draw}>
        <Log />
      </Profiler>,
    )
    // A hidden page gets no frames.
    const frames: FrameRequestCallback[] = []
    vi.stubGlobal('requestAnimationFrame', (frame: FrameRequestCallback) => frames.push(frame))
    draw.mockClear()
    for (const target of ['/one', '/two', '/three']) act(() => bridge.request(id, { target }))
    expect(draw).not.toHaveBeenCalled()
    act(() => {
      for (const frame of frames.splice(0)) frame(0)
    })
    expect(draw).toHaveBeenCalledTimes(1)
    expect(paths().slice(0, 3)).toEqual(['/three', '/two', '/one'])
  })
})
