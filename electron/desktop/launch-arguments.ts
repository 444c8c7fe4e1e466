/**
 * Reads a command line of the desktop app: which folders to serve, and whether
 * to stay hidden. Chromium, Electron and debuggers put switches of their own
 * there, so unknown switches are passed over; all after `--` is a folder.
 */
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { splitCommandLine } from '../app/command-line.ts'

export interface LaunchArguments {
  /** Absolute paths. */
  readonly folders: readonly string[]
  /** Start without showing the panel (start at login). */
  readonly hidden: boolean
}

/** `skip`: how many leading arguments are not the user's (the executable, and in development the app's path). */
export function parseLaunchArguments(argv: readonly string[], skip: number, cwd: string): LaunchArguments {
  const { switches, names } = splitCommandLine(argv.slice(skip))
  return {
    folders: names.filter(name => name !== '').flatMap(name => pathOf(name, cwd)),
    hidden: switches.includes('--hidden'),
  }
}

/** File managers on Linux pass `file:` URLs (the desktop entry's %U). */
function pathOf(name: string, cwd: string): readonly string[] {
  if (!/^file:/i.test(name)) return [resolve(cwd, name)]
  try {
    return [fileURLToPath(name)]
  } catch {
    return [] // another computer's file, or not a URL after all
  }
}
