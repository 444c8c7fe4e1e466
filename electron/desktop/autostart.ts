/**
 * Start at login on Linux: a desktop entry in the autostart folder (XDG Desktop
 * Application Autostart Specification). Electron's login items cover the other
 * systems.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface Autostart {
  get(): boolean
  set(on: boolean): void
}

/** `configHome`: $XDG_CONFIG_HOME, or ~/.config. */
export function createAutostart(configHome: string, executable: string): Autostart {
  const file = join(configHome, 'autostart', 'servebar.desktop')
  return {
    get() {
      try {
        // Desktops switch an entry off by a key of their own rather than delete it.
        return !/^(?:Hidden=true|X-GNOME-Autostart-enabled=false)\s*$/m.test(readFileSync(file, 'utf8'))
      } catch {
        return false
      }
    },
    set(on) {
      if (!on) {
        rmSync(file, { force: true })
        return
      }
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, autostartEntry(executable))
    },
  }
}

export function autostartEntry(executable: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Servebar',
    `Exec=${quoteExec(executable)} --hidden`,
    'Terminal=false',
    '',
  ].join('\n')
}

/** Desktop Entry Specification, "The Exec key": quoted, then escaped once more as a string value. */
function quoteExec(argument: string): string {
  const quoted = argument.replaceAll(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')
  return `"${quoted}"`.replaceAll('\\', '\\\\')
}
