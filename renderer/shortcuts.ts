/**
 * Every keyboard shortcut of the panel, in one table: what is pressed, how it
 * is written for this system, and which keys a page in a browser leaves to the
 * browser. What a shortcut does is said where it is used (`Keys.tsx`).
 */
import type { HostInfo } from '../electron/contract.ts'

interface Chord {
  /** `event.key`, letters in lower case. */
  readonly key: string
  readonly shift?: true
  /** Control on every system (⌃ on a Mac), where the others take ⌘ or Ctrl. */
  readonly control?: true
  /** Left to the browser when the panel is a page in one. */
  readonly browserOwns?: true
}

const chords = {
  choose: { key: 'o' },
  stopAll: { key: '.', shift: true },
  settings: { key: ',' },
  copy: { key: 'c' },
  copyNetwork: { key: 'c', shift: true },
  open: { key: 'Enter' },
  toggle: { key: '.' },
  back: { key: '[', browserOwns: true },
  reveal: { key: 'r', shift: true },
  restart: { key: 'r', browserOwns: true },
  remove: { key: 'Backspace' },
  tabs: { key: 'Tab', control: true, browserOwns: true },
  share: { key: 's', shift: true },
  filter: { key: 'f' },
  errors: { key: 'e' },
  pause: { key: 'p' },
  clear: { key: 'k' },
  undo: { key: 'z' },
  quit: { key: 'q', browserOwns: true },
} as const satisfies Record<string, Chord>

export type ShortcutName = keyof typeof chords

type Host = Pick<HostInfo, 'kind' | 'os'>

function has(name: ShortcutName, host: Host): boolean {
  return !('browserOwns' in chords[name] && host.kind === 'browser')
}

/** Letters and digits by what they write, whatever Shift makes of them: ⇧⌘. arrives as ">" on some layouts. */
function writes(event: KeyboardEvent, key: string): boolean {
  return event.key.toLowerCase() === key.toLowerCase() || (key === '.' && event.code === 'Period')
}

function holdsMod(event: KeyboardEvent, host: Host): boolean {
  if (event.altKey) return false
  return host.os === 'darwin' ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey
}

/** The shortcut that this key press is, or null. */
export function shortcutOf(event: KeyboardEvent, host: Host): ShortcutName | null {
  for (const [name, chord] of Object.entries(chords) as [ShortcutName, Chord][]) {
    if (!has(name, host) || !writes(event, chord.key)) continue
    if (chord.control) {
      if (event.ctrlKey && !event.metaKey && !event.altKey) return name
    } else if (holdsMod(event, host) && event.shiftKey === (chord.shift ?? false)) {
      return name
    }
  }
  return null
}

/** 0 to 8 for ⌘1 to ⌘9, else null. */
export function jumpOf(event: KeyboardEvent, host: Host): number | null {
  if (host.kind === 'browser' || !holdsMod(event, host) || event.shiftKey) return null
  return /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : null
}

const macNames: Record<string, string> = { Enter: '↩', Backspace: '⌫', Tab: 'Tab' }
const names: Record<string, string> = { Enter: 'Enter', Backspace: 'Backspace', Tab: 'Tab' }

/** As the system writes it: `⇧⌘C`, `Ctrl+Shift+C`; null where the browser owns it. */
export function keyLabel(name: ShortcutName, host: Host): string | null {
  if (!has(name, host)) return null
  const { key, shift, control }: Chord = chords[name]
  if (host.os === 'darwin') {
    return `${shift ? '⇧' : ''}${control ? '⌃' : '⌘'}${macNames[key] ?? key.toUpperCase()}`
  }
  return `Ctrl+${shift ? 'Shift+' : ''}${names[key] ?? key.toUpperCase()}`
}

/** ⌘1 to ⌘9 of the row at this place, or null. */
export function jumpLabel(index: number, host: Host): string | null {
  if (host.kind === 'browser' || index > 8) return null
  return host.os === 'darwin' ? `⌘${index + 1}` : `Ctrl+${index + 1}`
}

/** For a tooltip: `Settings (⌘,)`. */
export function withKey(text: string, name: ShortcutName, host: Host): string {
  const label = keyLabel(name, host)
  return label === null ? text : `${text} (${label})`
}

/** Of a button that leads back: Esc does it too, and is the key to tell where the browser owns the other. */
export function withBackKey(text: string, host: Host): string {
  return `${text} (${keyLabel('back', host) ?? 'Esc'})`
}
