import { describe, expect, it } from 'vitest'
import { jumpLabel, jumpOf, keyLabel, shortcutOf, withKey } from '../../renderer/shortcuts.ts'

const mac = { kind: 'menubar', os: 'darwin' } as const
const linux = { kind: 'window', os: 'linux' } as const
const browser = { kind: 'browser', os: 'linux' } as const

const key = (key: string, modifiers: KeyboardEventInit = {}) =>
  new KeyboardEvent('keydown', { key, ...modifiers })

describe('shortcutOf', () => {
  it.each([
    ['o', { metaKey: true }, 'choose'],
    ['.', { metaKey: true, shiftKey: true }, 'stopAll'],
    ['>', { metaKey: true, shiftKey: true, code: 'Period' }, 'stopAll'],
    ['.', { metaKey: true }, 'toggle'],
    [',', { metaKey: true }, 'settings'],
    ['c', { metaKey: true }, 'copy'],
    ['C', { metaKey: true, shiftKey: true }, 'copyNetwork'],
    ['Enter', { metaKey: true }, 'open'],
    ['[', { metaKey: true }, 'back'],
    ['R', { metaKey: true, shiftKey: true }, 'reveal'],
    ['r', { metaKey: true }, 'restart'],
    ['Backspace', { metaKey: true }, 'remove'],
    ['Tab', { ctrlKey: true }, 'tabs'],
    ['S', { metaKey: true, shiftKey: true }, 'share'],
    ['f', { metaKey: true }, 'filter'],
    ['e', { metaKey: true }, 'errors'],
    ['p', { metaKey: true }, 'pause'],
    ['k', { metaKey: true }, 'clear'],
    ['q', { metaKey: true }, 'quit'],
  ])('reads %s with %o on a Mac as %s', (name, modifiers, expected) => {
    expect(shortcutOf(key(name, modifiers), mac)).toBe(expected)
  })

  it('takes Ctrl instead of ⌘ elsewhere', () => {
    expect(shortcutOf(key('o', { ctrlKey: true }), linux)).toBe('choose')
    expect(shortcutOf(key('o', { metaKey: true }), linux)).toBeNull()
    expect(shortcutOf(key('o', { ctrlKey: true }), mac)).toBeNull()
  })

  it('has no single keys and none with Alt', () => {
    for (const name of 'oc.,rfepkqzs[') expect(shortcutOf(key(name), mac)).toBeNull()
    expect(shortcutOf(key('o', { metaKey: true, altKey: true }), mac)).toBeNull()
  })

  it('leaves to the browser what is its own', () => {
    for (const name of ['[', 'r', 'q']) {
      expect(shortcutOf(key(name, { ctrlKey: true }), browser)).toBeNull()
    }
    expect(jumpOf(key('1', { ctrlKey: true }), browser)).toBeNull()
    expect(shortcutOf(key('o', { ctrlKey: true }), browser)).toBe('choose')
  })
})

describe('jumpOf', () => {
  it('counts rows from 1 to 9', () => {
    expect(jumpOf(key('1', { metaKey: true }), mac)).toBe(0)
    expect(jumpOf(key('9', { metaKey: true }), mac)).toBe(8)
    expect(jumpOf(key('0', { metaKey: true }), mac)).toBeNull()
    expect(jumpOf(key('1'), mac)).toBeNull()
  })
})

describe('labels', () => {
  it('are written as the system writes them', () => {
    expect(keyLabel('choose', mac)).toBe('⌘O')
    expect(keyLabel('choose', linux)).toBe('Ctrl+O')
    expect(keyLabel('copyNetwork', mac)).toBe('⇧⌘C')
    expect(keyLabel('copyNetwork', linux)).toBe('Ctrl+Shift+C')
    expect(keyLabel('remove', mac)).toBe('⌘⌫')
    expect(keyLabel('tabs', mac)).toBe('⌃Tab')
    expect(jumpLabel(0, mac)).toBe('⌘1')
    expect(jumpLabel(9, mac)).toBeNull()
  })

  it('are absent where the browser owns the key', () => {
    expect(keyLabel('restart', browser)).toBeNull()
    expect(withKey('Restart', 'restart', browser)).toBe('Restart')
    expect(withKey('Settings', 'settings', mac)).toBe('Settings (⌘,)')
  })
})
