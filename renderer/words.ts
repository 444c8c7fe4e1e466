/** Words that depend on the system the panel runs on. */
import type { HostInfo } from '../electron/contract.ts'

export function revealWords(os: HostInfo['os']): string {
  return os === 'darwin' ? 'Show in Finder' : 'Show in Folder'
}
