/** The autostart entry of Linux desktops: written, read back, switched off by the desktop, removed. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { autostartEntry, createAutostart } from '../../electron/desktop/autostart.ts'
import { tempFolder } from '../support/temp.ts'

describe('createAutostart', () => {
  it('is on after it was set, and off after it was unset', async () => {
    const autostart = createAutostart(tempFolder(), '/opt/Servebar/servebar')
    expect(autostart.get()).toBe(false)
    autostart.set(true)
    expect(autostart.get()).toBe(true)
    autostart.set(false)
    expect(autostart.get()).toBe(false)
    autostart.set(false) // nothing to remove is no error
  })

  it('is off when the desktop has switched the entry off', async () => {
    const home = tempFolder()
    const autostart = createAutostart(home, '/opt/Servebar/servebar')
    autostart.set(true)
    const file = join(home, 'autostart', 'servebar.desktop')
    await writeFile(file, `${await readFile(file, 'utf8')}X-GNOME-Autostart-enabled=false\n`)
    expect(autostart.get()).toBe(false)
  })
})

describe('autostartEntry', () => {
  it.each([
    ['/opt/Servebar/servebar', 'Exec="/opt/Servebar/servebar" --hidden'],
    ['/home/ada/My Apps/Servebar 100%.AppImage', 'Exec="/home/ada/My Apps/Servebar 100%%.AppImage" --hidden'],
    ['/opt/$a"b`c', 'Exec="/opt/\\\\$a\\\\"b\\\\`c" --hidden'],
  ])('%s', (executable, line) => {
    expect(autostartEntry(executable).split('\n')).toContain(line)
  })
})
