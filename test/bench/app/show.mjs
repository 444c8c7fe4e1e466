/**
 * From the click on the tray icon to the panel on the screen: the click comes
 * over the session bus, as a desktop's does, and the display's own pixels tell
 * when the panel is there, drawn to its end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../processes.mjs'
import { makeSite } from './site.mjs'

/** By then it has certainly been drawn, or is gone again, in ms. */
const PATIENCE = 1000
/** Every so many lines of the display are looked at. */
const STEP = 16

/** Milliseconds from each click to the last change on the screen. */
export async function measureShow(stage, { app: executable, times }) {
  const sites = []
  for (const name of ['one', 'two', 'three']) sites.push(makeSite(stage.folder, name, await freePort()))
  const app = await stage.start(executable, { sites, args: ['--hidden'] })
  const screen = stage.screen()
  const shown = []
  await sleep(5 * PATIENCE)
  for (let count = 0; count < times; count++) {
    let pixels = screen.read(STEP)
    let changed = null
    const began = performance.now()
    stage.tray.click(app.icon)
    while (performance.now() < began + PATIENCE) {
      const now = screen.read(STEP)
      if (!now.equals(pixels)) changed = performance.now() - began
      pixels = now
      await sleep(1)
    }
    if (changed === null) throw new Error('the panel did not appear')
    shown.push(changed)
    stage.tray.click(app.icon)
    await sleep(PATIENCE)
  }
  screen.close()
  await app.close()
  return shown
}
