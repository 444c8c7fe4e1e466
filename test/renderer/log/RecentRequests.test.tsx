import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { paths, Recent, request, row, rows, show } from './show.tsx'

describe('recent requests', () => {
  it('are the newest four', async () => {
    const bridge = show({}, <Recent />)
    expect(rows()).toHaveLength(4)
    await request(bridge, { target: '/one' })
    expect(paths()).toEqual(['/one', '/projects/tide-pool/', '/img/cover@3x.webp', '/media/intro.mp4'])
  })

  it('stand still while the pointer is over them', async () => {
    const bridge = show({}, <Recent />)
    const group = screen.getByRole('list', { name: 'Recent requests' })
    fireEvent.pointerEnter(group)
    await request(bridge, { target: '/one' })
    expect(paths()[0]).toBe('/projects/tide-pool/')
    fireEvent.pointerLeave(group)
    expect(paths()[0]).toBe('/one')
  })

  it('open in place', async () => {
    show({}, <Recent />)
    fireEvent.click(row(/cover/))
    expect(await screen.findByText('Request headers')).toBeTruthy()
  })

  it('say when there are none', () => {
    show({ log: {} }, <Recent />)
    expect(screen.getByText('No requests yet')).toBeTruthy()
  })
})
