/**
 * A process that writes the settings file (first argument) without end, dark
 * and light in turn, until it is killed. Each version is the same throughout,
 * so that a mixture of two would show.
 */
import { openSettings, type Settings } from '../../electron/app/settings.ts'

function version(theme: 'light' | 'dark'): Settings {
  return {
    preferences: { restoreOnLaunch: true, defaultPort: 8080, theme },
    sites: Array.from({ length: 300 }, (_, index) => ({
      id: String(index),
      name: theme,
      folder: `/sites/${index}`,
      port: 8080 + index,
      portChosen: false,
      share: false,
      listing: true,
      dotfiles: false,
      running: true,
    })),
  }
}

async function writeForever(file: string): Promise<void> {
  const store = await openSettings(file, problem => console.log(JSON.stringify(problem)))
  for (let round = 1; ; round++) {
    store.save(version(round % 2 === 0 ? 'light' : 'dark'))
    await store.flush()
    if (round === 1) console.log('ready')
  }
}

void writeForever(process.argv[2] ?? '')
