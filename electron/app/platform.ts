/**
 * The port between the app and its host: what a host can do. A host hands in
 * only the functions it has; their presence is what `capabilities` says, and
 * the panel hides the controls of the rest. No defaults, no if-else by host.
 */
import type { Capability, HostInfo } from '../contract.ts'
import { ProblemError, unsupported } from './problems.ts'

export interface Platform {
  readonly kind: HostInfo['kind']
  readonly os: HostInfo['os']
  /** Shows the native folder dialog; resolves to absolute paths, empty when cancelled. */
  readonly chooseFolders?: () => Promise<readonly string[]>
  /** The panel may list folders, because this host has no dialog. */
  readonly listFolders?: true
  /** The host learns the path of a folder dropped on the panel. */
  readonly dropPaths?: true
  readonly openUrl?: (url: string) => Promise<void>
  readonly revealFolder?: (path: string) => Promise<void>
  readonly writeClipboard?: (text: string) => void
  readonly startAtLogin?: {
    readonly get: () => boolean
    readonly set: (on: boolean) => void
  }
  /** Opens the system's privacy settings, where folders are allowed. */
  readonly allowAccess?: () => Promise<void>
  /** Where what visitors delete goes. Absent: it is gone. */
  readonly trash?: (path: string) => Promise<void>
  readonly closePanel?: () => void
  /** Height in CSS px. */
  readonly resizePanel?: (height: number) => void
  /** `servedOthers`: another device was served in the last minute, so ask first. */
  readonly quit?: (servedOthers: boolean) => void
}

/** What a command needs; `trash` is none of the panel's business. */
type Ability = Exclude<keyof Platform, 'kind' | 'os' | 'trash'>

const capabilityOf = {
  chooseFolders: 'choose-folder',
  listFolders: 'list-folders',
  dropPaths: 'drop-paths',
  openUrl: 'open-url',
  revealFolder: 'reveal-folder',
  writeClipboard: 'clipboard',
  startAtLogin: 'start-at-login',
  allowAccess: 'allow-access',
  closePanel: 'close-panel',
  resizePanel: 'resize-panel',
  quit: 'quit',
} as const satisfies Record<Ability, Capability>

/** The host's function; where it has none, the command that needs it is refused. */
export function abilityOf<A extends Ability>(platform: Platform, name: A): NonNullable<Platform[A]> {
  const ability = platform[name]
  if (ability === undefined) throw new ProblemError(unsupported)
  return ability as NonNullable<Platform[A]>
}

/** As the contract calls it: every other Unix behaves as Linux. */
export function operatingSystem(): HostInfo['os'] {
  const { platform } = process
  return platform === 'darwin' || platform === 'win32' ? platform : 'linux'
}

export function hostInfo(platform: Platform, version: string): HostInfo {
  const present = Object.entries(capabilityOf).filter(
    ([key]) => platform[key as keyof Platform] !== undefined,
  )
  return {
    kind: platform.kind,
    os: platform.os,
    version,
    capabilities: present.map(([, capability]) => capability),
  }
}
