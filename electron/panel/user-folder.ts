/**
 * Where the settings are: the folder that the menubar app uses too, so that the
 * sites are the same in both. `SERVEBAR_USER_DATA` puts it elsewhere.
 */
import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** `home`: the user's home folder. */
export function userFolder(os: NodeJS.Platform, environment: Environment, home: string): string {
  const { SERVEBAR_USER_DATA, XDG_CONFIG_HOME, APPDATA } = environment
  if (SERVEBAR_USER_DATA) return SERVEBAR_USER_DATA
  if (os === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Servebar')
  if (os === 'win32') return win32.join(APPDATA || win32.join(home, 'AppData', 'Roaming'), 'Servebar')
  // A relative path there is to be ignored (XDG Base Directory Specification).
  const config = XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : posix.join(home, '.config')
  return posix.join(config, 'Servebar')
}
