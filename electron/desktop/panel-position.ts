/**
 * Where the menubar panel goes: beside the bar that holds the tray icon,
 * centred on the icon and always inside the work area. Pure; window.ts asks
 * Electron for the numbers. Works in DIP, so scale factors do not matter.
 */
export interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface Screen {
  readonly bounds: Rect
  /** Bounds without bars and docks. */
  readonly workArea: Rect
}

type Edge = 'top' | 'bottom' | 'left' | 'right'

const panelWidth = 400
const maximumHeight = 640
const minimumHeight = 120
/** Between the panel and the bar, and the screen's edges. */
const gap = 6

/**
 * `anchor`: the tray icon, or null where the system does not tell: then the corner where trays usually are.
 * `wantedHeight`: in CSS px, of which each is `zoom` DIP.
 */
export function placePanel(anchor: Rect | null, screen: Screen, wantedHeight: number, zoom = 1): Rect {
  const area = screen.workArea
  const width = Math.round(Math.min(panelWidth * zoom, area.width - 2 * gap))
  const tallest = Math.min(maximumHeight * zoom, area.height - 2 * gap)
  const height = Math.round(Math.min(Math.max(wantedHeight, minimumHeight) * zoom, tallest))
  const right = area.x + area.width
  const bottom = area.y + area.height
  const edge = anchor ? edgeOf(anchor, screen) : barEdge(screen)
  const at = anchor ?? { x: right, y: edge === 'bottom' ? bottom : area.y, width: 0, height: 0 }
  const centerX = at.x + at.width / 2 - width / 2
  const centerY = at.y + at.height / 2 - height / 2
  const wanted = {
    top: { x: centerX, y: Math.max(at.y + at.height, area.y) + gap },
    bottom: { x: centerX, y: Math.min(at.y, bottom) - height - gap },
    left: { x: Math.max(at.x + at.width, area.x) + gap, y: centerY },
    right: { x: Math.min(at.x, right) - width - gap, y: centerY },
  }[edge]
  return {
    x: Math.round(clamp(wanted.x, area.x + gap, right - width - gap)),
    y: Math.round(clamp(wanted.y, area.y + gap, bottom - height - gap)),
    width,
    height,
  }
}

/** The edge whose bar holds the icon; with bars that hide themselves, the nearest edge. */
function edgeOf(anchor: Rect, { bounds, workArea }: Screen): Edge {
  const x = anchor.x + anchor.width / 2
  const y = anchor.y + anchor.height / 2
  if (y < workArea.y) return 'top'
  if (y >= workArea.y + workArea.height) return 'bottom'
  if (x < workArea.x) return 'left'
  if (x >= workArea.x + workArea.width) return 'right'
  const distances: readonly [Edge, number][] = [
    ['top', y - bounds.y],
    ['bottom', bounds.y + bounds.height - y],
    ['left', x - bounds.x],
    ['right', bounds.x + bounds.width - x],
  ]
  return distances.reduce((best, candidate) => (candidate[1] < best[1] ? candidate : best))[0]
}

/** Without an icon: the bottom only where there is a bar at the bottom and none at the top. */
function barEdge({ bounds, workArea }: Screen): Edge {
  const top = workArea.y - bounds.y
  const bottom = bounds.y + bounds.height - (workArea.y + workArea.height)
  return bottom > 0 && top === 0 ? 'bottom' : 'top'
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high))
}
