/**
 * The decisions of `npm start`, as pure functions: what its arguments mean, and
 * whether to try Electron or to open the panel in the browser at once.
 */
import { splitCommandLine } from '../app/command-line.ts'

export interface StartArguments {
  readonly folders: readonly string[]
  /** The panel in the browser was asked for. */
  readonly panel: boolean
  readonly noSandbox: boolean
}

export const startUsage = 'Usage: npm start -- [--panel] [--no-sandbox] [folder …]'

export function parseStartArguments(argv: readonly string[]): StartArguments | { readonly problem: string } {
  const { switches, names } = splitCommandLine(argv)
  const unknown = switches.find(name => !['--panel', '--no-sandbox'].includes(name))
  if (unknown !== undefined) return { problem: `There is no option ${unknown}` }
  return {
    folders: names,
    panel: switches.includes('--panel'),
    noSandbox: switches.includes('--no-sandbox'),
  }
}

export interface Circumstances {
  readonly panelAsked: boolean
  readonly hasDisplay: boolean
  /** Chromium refuses to sandbox a process of root's on Linux. */
  readonly isLinuxRoot: boolean
  readonly noSandbox: boolean
}

/** `reason` says why it is not the desktop; absent when the user asked for the panel. */
export type HostChoice =
  | { readonly host: 'desktop' }
  | { readonly host: 'panel'; readonly reason: string | undefined }

export function chooseHost(circumstances: Circumstances): HostChoice {
  if (circumstances.panelAsked) return { host: 'panel', reason: undefined }
  if (!circumstances.hasDisplay) return { host: 'panel', reason: 'There is no display' }
  if (circumstances.isLinuxRoot && !circumstances.noSandbox) {
    return { host: 'panel', reason: 'Electron does not run as root without --no-sandbox' }
  }
  return { host: 'desktop' }
}
