/**
 * Where the settings are: one folder for the menubar app and the panel in the
 * browser, so that the sites are the same in both. `SERVEBAR_USER_DATA` puts it
 * elsewhere.
 */
import { posix, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** `home`: the user's home folder. */
export function userFolder(os: NodeJS.Platform, environment: Environment, home: string): string {
  const { SERVEBAR_USER_DATA, APPDATA } = environment
  if (SERVEBAR_USER_DATA) return SERVEBAR_USER_DATA
  if (os === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Servebar')
  if (os === 'win32') return win32.join(APPDATA || win32.join(home, 'AppData', 'Roaming'), 'Servebar')
  return posix.join(configHome(environment, home), 'Servebar')
}

/** Linux: where programs keep their configuration. */
export function configHome({ XDG_CONFIG_HOME }: Environment, home: string): string {
  // A relative path there is to be ignored (XDG Base Directory Specification).
  return XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : posix.join(home, '.config')
}
