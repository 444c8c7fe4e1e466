/**
 * What the tray shows, as data: which glyph, which tooltip and which menu, from
 * a state. Pure; tray.ts turns it into Electron's objects and carries the
 * actions out.
 */
import type { AppState, Site, SiteId } from '../contract.ts'

export type TrayGlyph = 'idle' | 'running' | 'failed'

export type TrayAction =
  | { readonly name: 'show' }
  | { readonly name: 'start' | 'stop' | 'open'; readonly id: SiteId }
  | { readonly name: 'copy'; readonly text: string }
  | { readonly name: 'choose-folder' | 'stop-all' | 'settings' | 'quit' }

export type TrayItem =
  | { readonly separator: true }
  | { readonly label: string; readonly items: readonly TrayItem[] }
  /** Without an action it is greyed out. */
  | { readonly label: string; readonly action: TrayAction | null }

export function trayGlyph({ sites }: AppState): TrayGlyph {
  if (sites.some(isRunning)) return 'running'
  return sites.some(site => site.status.phase === 'failed') ? 'failed' : 'idle'
}

export function trayTooltip(state: AppState): string {
  return state.sites.length === 0 ? 'Servebar' : `Servebar: ${runningCount(state)}`
}

/** `withShow`: where a click on the icon can only open this menu (Linux), the way to the panel is in it. */
export function trayMenu(state: AppState, withShow: boolean): readonly TrayItem[] {
  const separator = { separator: true } as const
  const running = state.sites.filter(isRunning).length
  return [
    ...(withShow ? [{ label: 'Show Servebar', action: { name: 'show' } } as const, separator] : []),
    ...(state.sites.length > 0
      ? [{ label: runningCount(state), action: null }, ...state.sites.map(siteItem), separator]
      : []),
    { label: 'Choose Folder…', action: { name: 'choose-folder' } },
    { label: 'Stop All', action: running > 0 ? { name: 'stop-all' } : null },
    { label: 'Settings…', action: { name: 'settings' } },
    separator,
    { label: 'Quit Servebar', action: { name: 'quit' } },
  ]
}

function siteItem(site: Site): TrayItem {
  const { id, status } = site
  const origin = status.phase === 'listening' ? status.origins[0] : undefined
  const url = origin?.url
  const isStopped = status.phase === 'stopped' || status.phase === 'failed'
  return {
    label: `${site.name}: ${describe(site)}`,
    items: [
      isStopped
        ? { label: 'Start', action: { name: 'start', id } }
        : { label: 'Stop', action: status.phase === 'listening' ? { name: 'stop', id } : null },
      { label: 'Copy URL', action: url === undefined ? null : { name: 'copy', text: url } },
      { label: 'Open in Browser', action: url === undefined ? null : { name: 'open', id } },
    ],
  }
}

function describe({ status }: Site): string {
  switch (status.phase) {
    case 'listening': {
      const origin = status.origins[0]
      return origin ? `${origin.host}:${origin.port}` : 'running'
    }
    case 'failed':
      return status.problem.title
    default:
      return status.phase
  }
}

function runningCount({ sites }: AppState): string {
  return `${sites.filter(isRunning).length} of ${sites.length} running`
}

function isRunning({ status }: Site): boolean {
  return status.phase === 'listening'
}
