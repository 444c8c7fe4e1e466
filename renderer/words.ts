/** Words that depend on the system the panel runs on, and the names in its paths. */
import type { HostInfo } from '../electron/contract.ts'

export function revealWords(os: HostInfo['os']): string {
  return os === 'darwin' ? 'Show in Finder' : 'Show in Folder'
}

/** The last name in a path; the path itself at the top. */
export function lastName(path: string): string {
  return path.split(/[\\/]/).filter(Boolean).at(-1) ?? path
}

/** The folder that this one is in, with a separator at its end; null at the top. */
export function parentOf(path: string): string | null {
  return /^(.*[\\/])[^\\/]+[\\/]*$/.exec(path)?.[1] ?? null
}
