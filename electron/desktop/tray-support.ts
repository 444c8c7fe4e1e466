/**
 * Is there a place for a tray icon? macOS and Windows always have one. On Linux
 * only a desktop with a StatusNotifierWatcher on the session bus shows Electron's
 * icon; Electron itself cannot tell (a Tray is made either way, and its bounds
 * are always empty there). So the bus is asked, by whichever of the three usual
 * tools is installed, within a time limit. No answer counts as no tray, since an
 * icon that nobody sees would leave the app unreachable. SERVEBAR_TRAY=1 or =0
 * overrides, for old-style (XEmbed) trays and for tests.
 */
import { execFile } from 'node:child_process'

const watcher = 'org.kde.StatusNotifierWatcher'
const bus = 'org.freedesktop.DBus'

const questions: readonly (readonly [tool: string, ...args: string[]])[] = [
  [
    'gdbus',
    'call',
    '--session',
    '-d',
    bus,
    '-o',
    '/org/freedesktop/DBus',
    '-m',
    `${bus}.NameHasOwner`,
    watcher,
  ],
  ['busctl', '--user', 'call', bus, '/org/freedesktop/DBus', bus, 'NameHasOwner', 's', watcher],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    `--dest=${bus}`,
    '/',
    `${bus}.NameHasOwner`,
    `string:${watcher}`,
  ],
]
const timeLimit = 1000

/** Standard output of a command, or null when it failed or took too long. */
export type Ask = (tool: string, args: readonly string[]) => Promise<string | null>

export async function hasTray(
  os: NodeJS.Platform,
  override: string | undefined,
  ask: Ask = run,
): Promise<boolean> {
  if (override === '1' || override === '0') return override === '1'
  if (os !== 'linux') return true
  const end = performance.now() + timeLimit
  for (const [tool, ...args] of questions) {
    // The bus hangs: another tool would wait for it as long.
    if (performance.now() >= end) break
    const known = parseAnswer(await ask(tool, args))
    if (known !== null) return known
  }
  return false
}

/** `(true,)`, `b true`, `   boolean true` and the same with false; null for anything else. */
export function parseAnswer(output: string | null): boolean | null {
  const value = /\b(true|false)\b/.exec(output ?? '')?.[1]
  return value === undefined ? null : value === 'true'
}

function run(tool: string, args: readonly string[]): Promise<string | null> {
  return new Promise(resolve => {
    execFile(tool, args, { timeout: timeLimit, encoding: 'utf8' }, (error, output) => {
      resolve(error ? null : output)
    })
  })
}
