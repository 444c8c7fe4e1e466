/**
 * From the launch of the app to its icon in the tray, in turns with an empty
 * Electron app that makes a tray icon and nothing else.
 */
import { setTimeout as sleep } from 'node:timers/promises'

/** Until nothing of a launch is under way any more, in ms. */
const SETTLE = 1000

async function launch(stage, executable, args) {
  const app = await stage.start(executable, { args })
  await sleep(SETTLE)
  await app.close()
  await sleep(SETTLE / 4)
  return app.toTray
}

export async function measureStart(stage, { app, empty, rounds }) {
  // Files are in the system's cache then, for both.
  await launch(stage, empty, [])
  await launch(stage, app, ['--hidden'])
  const launches = []
  for (let round = 0; round < rounds; round++) {
    launches.push({
      empty: await launch(stage, empty, []),
      own: await launch(stage, app, ['--hidden']),
    })
  }
  return launches
}
