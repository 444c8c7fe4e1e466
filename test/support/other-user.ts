/**
 * Whether a test can run something as another user: that takes root, and a Node
 * and a checkout that others may reach (a folder of root's own is closed to them).
 */
import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

function isOpenToOthers(path: string): boolean {
  const mayPass = (statSync(path).mode & 0o001) !== 0
  return mayPass && (dirname(path) === path || isOpenToOthers(dirname(path)))
}

export const canBeOtherUser =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  isOpenToOthers(process.execPath) &&
  isOpenToOthers(fileURLToPath(new URL('../..', import.meta.url)))
