/**
 * Where the user's things are: the home folder, and in it the folder of the
 * settings, one for the menubar app and the panel in the browser, so that the
 * sites are the same in both. `SERVEBAR_USER_DATA` puts the latter elsewhere.
 */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, parse, posix, resolve, win32 } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** The top of the file system where there is none: a service account has neither $HOME nor an entry in passwd. */
export function homeFolder(): string {
  for (const look of [homedir, () => userInfo().homedir]) {
    try {
      const home = look()
      if (isAbsolute(home)) return home
    } catch {
      // Not known to the system.
    }
  }
  return parse(process.execPath).root
}

/** `home`: the user's home folder. A relative override is one in the folder where npm, or the app, was called. */
export function userFolder(os: NodeJS.Platform, environment: Environment, home: string): string {
  const { SERVEBAR_USER_DATA, APPDATA, INIT_CWD } = environment
  if (SERVEBAR_USER_DATA) {
    return isAbsolute(SERVEBAR_USER_DATA)
      ? SERVEBAR_USER_DATA
      : resolve(INIT_CWD || (currentFolder() ?? home), SERVEBAR_USER_DATA)
  }
  if (os === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Servebar')
  if (os === 'win32') {
    const isUsable = APPDATA !== undefined && win32.isAbsolute(APPDATA)
    return win32.join(isUsable ? APPDATA : win32.join(home, 'AppData', 'Roaming'), 'Servebar')
  }
  return posix.join(configHome(environment, home), 'Servebar')
}

/** Linux: where programs keep their configuration. */
export function configHome({ XDG_CONFIG_HOME }: Environment, home: string): string {
  // A relative path there is to be ignored (XDG Base Directory Specification).
  return XDG_CONFIG_HOME?.startsWith('/') ? XDG_CONFIG_HOME : posix.join(home, '.config')
}

/** Null: it was deleted. */
export function currentFolder(): string | null {
  try {
    return process.cwd()
  } catch {
    return null
  }
}
