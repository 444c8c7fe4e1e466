/** Where the panel goes, for bars on every edge, several displays and cramped screens. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { placePanel, type Rect, type Screen } from '../../electron/desktop/panel-position.ts'

function rect(x: number, y: number, width: number, height: number): Rect {
  return { x, y, width, height }
}
function screen(bounds: Rect, bar: Partial<Record<'top' | 'bottom' | 'left' | 'right', number>>): Screen {
  const { top = 0, bottom = 0, left = 0, right = 0 } = bar
  return {
    bounds,
    workArea: rect(
      bounds.x + left,
      bounds.y + top,
      bounds.width - left - right,
      bounds.height - top - bottom,
    ),
  }
}
const hd = rect(0, 0, 1920, 1080)

const cases: readonly [name: string, anchor: Rect | null, screen: Screen, height: number, panel: Rect][] = [
  [
    'a bar on top: below it, centred on the icon',
    rect(1000, 0, 24, 24),
    screen(hd, { top: 24 }),
    400,
    rect(812, 30, 400, 400),
  ],
  [
    'an icon at the right end: inside the screen',
    rect(1890, 0, 24, 24),
    screen(hd, { top: 24 }),
    400,
    rect(1514, 30, 400, 400),
  ],
  [
    'an icon at the left end: inside the screen',
    rect(0, 0, 24, 24),
    screen(hd, { top: 24 }),
    400,
    rect(6, 30, 400, 400),
  ],
  [
    'a bar at the bottom: above it, growing upwards',
    rect(1700, 1048, 24, 24),
    screen(hd, { bottom: 40 }),
    500,
    rect(1512, 534, 400, 500),
  ],
  [
    'a bar on the left: beside it',
    rect(10, 900, 24, 24),
    screen(hd, { left: 48 }),
    400,
    rect(54, 674, 400, 400),
  ],
  [
    'a bar on the right: beside it',
    rect(1880, 300, 24, 24),
    screen(hd, { right: 48 }),
    400,
    rect(1466, 112, 400, 400),
  ],
  [
    'a bar that hides itself: the nearest edge',
    rect(1700, 1050, 24, 24),
    screen(hd, {}),
    400,
    rect(1512, 644, 400, 400),
  ],
  [
    'a second display to the right',
    rect(2500, 0, 24, 24),
    screen(rect(1920, 0, 1280, 800), { top: 24 }),
    400,
    rect(2312, 30, 400, 400),
  ],
  [
    'a display left of and above the first',
    rect(-200, -900, 24, 24),
    screen(rect(-1600, -900, 1600, 900), { top: 25 }),
    400,
    rect(-406, -869, 400, 400),
  ],
  [
    'an icon that is taller than its bar',
    rect(1000, 0, 24, 30),
    screen(hd, { top: 24 }),
    400,
    rect(812, 36, 400, 400),
  ],
  ['taller than 640: 640', rect(1000, 0, 24, 24), screen(hd, { top: 24 }), 2000, rect(812, 30, 400, 640)],
  [
    'taller than a small screen: what fits',
    rect(500, 0, 24, 24),
    screen(rect(0, 0, 800, 480), { top: 24 }),
    640,
    rect(312, 30, 400, 444),
  ],
  [
    'almost no content: still a panel',
    rect(1000, 0, 24, 24),
    screen(hd, { top: 24 }),
    3,
    rect(812, 30, 400, 120),
  ],
  [
    'no icon, a bar on top: the upper right corner',
    null,
    screen(hd, { top: 27 }),
    400,
    rect(1514, 33, 400, 400),
  ],
  [
    'no icon, a bar at the bottom: the lower right corner',
    null,
    screen(hd, { bottom: 40 }),
    400,
    rect(1514, 634, 400, 400),
  ],
  [
    'a screen narrower than the panel',
    rect(100, 0, 24, 24),
    screen(rect(0, 0, 360, 640), { top: 24 }),
    400,
    rect(6, 30, 348, 400),
  ],
]

const zoomed: readonly [name: string, zoom: number, screen: Screen, height: number, panel: Rect][] = [
  ['half as large again', 1.5, screen(hd, { top: 24 }), 400, rect(712, 30, 600, 600)],
  ['twice as large, as tall as it may be', 2, screen(hd, { top: 24 }), 640, rect(612, 30, 800, 1044)],
  ['whole pixels', 1.1, screen(hd, { top: 24 }), 333, rect(792, 30, 440, 366)],
  ['almost no content', 2, screen(hd, { top: 24 }), 3, rect(612, 30, 800, 240)],
  ['no wider than a small screen', 2, screen(rect(0, 0, 640, 480), { top: 24 }), 400, rect(6, 30, 628, 444)],
]

describe('placePanel', () => {
  it.each(zoomed)('zoomed: %s', (_name, zoom, at, height, panel) => {
    expect(placePanel(rect(1000, 0, 24, 24), at, height, zoom)).toEqual(panel)
  })

  it.each(cases)('%s', (_name, anchor, at, height, panel) => {
    expect(placePanel(anchor, at, height)).toEqual(panel)
  })

  it('never leaves the work area, wherever the icon is', () => {
    const coordinate = fc.integer({ min: -4000, max: 4000 })
    fc.assert(
      fc.property(
        coordinate,
        coordinate,
        coordinate,
        coordinate,
        fc.integer({ min: 0, max: 3000 }),
        fc.double({ min: 1, max: 2, noNaN: true }),
        (x, y, left, top, height, zoom) => {
          const at = screen(rect(left, top, 1440, 900), { top: 25, bottom: 60 })
          const panel = placePanel(rect(x, y, 22, 22), at, height, zoom)
          const { workArea } = at
          expect(panel.x).toBeGreaterThanOrEqual(workArea.x)
          expect(panel.y).toBeGreaterThanOrEqual(workArea.y)
          expect(panel.x + panel.width).toBeLessThanOrEqual(workArea.x + workArea.width)
          expect(panel.y + panel.height).toBeLessThanOrEqual(workArea.y + workArea.height)
        },
      ),
    )
  })
})
