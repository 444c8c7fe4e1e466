/**
 * A host that does nothing but remember what it was asked to do. With every
 * function by default; `without` leaves some away, as a poorer host would.
 */
import type { Platform } from '../../electron/app/platform.ts'

export interface FakePlatform extends Platform {
  /** What was asked, in order: `['openUrl', 'http://localhost:8080/']`. */
  readonly calls: (readonly [name: string, ...values: unknown[]])[]
  /** What `chooseFolders` answers. */
  chosen: readonly string[]
  /** What the system says, whatever was set. */
  loginItem: boolean
}

type Ability = Exclude<keyof Platform, 'kind' | 'os'>

export function fakePlatform(
  options: { readonly os?: Platform['os']; readonly without?: readonly Ability[] } = {},
): FakePlatform {
  const calls: FakePlatform['calls'] = []
  const platform: FakePlatform = {
    kind: 'window',
    os: options.os ?? 'linux',
    calls,
    chosen: [],
    loginItem: false,
    chooseFolders: async () => platform.chosen,
    listFolders: true,
    dropPaths: true,
    openUrl: async url => void calls.push(['openUrl', url]),
    revealFolder: async path => void calls.push(['revealFolder', path]),
    writeClipboard: text => void calls.push(['writeClipboard', text]),
    startAtLogin: {
      get: () => platform.loginItem,
      set: on => {
        calls.push(['startAtLogin', on])
        platform.loginItem = on
      },
    },
    allowAccess: async () => void calls.push(['allowAccess']),
    trash: async path => void calls.push(['trash', path]),
    closePanel: () => void calls.push(['closePanel']),
    resizePanel: height => void calls.push(['resizePanel', height]),
    quit: servedOthers => void calls.push(['quit', servedOthers]),
  }
  for (const ability of options.without ?? []) delete (platform as { [A in Ability]?: unknown })[ability]
  return platform
}
