/**
 * A process that writes the settings file (first argument) without end, dark
 * and light in turn, until it is killed. Each version is the same throughout,
 * so that a mixture of two would show. From the second version on it says
 * `written` when the new file lies beside the old one and is about to replace
 * it; with `wait` as second argument it goes no further then.
 */
import { writeSync } from 'node:fs'
import promises from 'node:fs/promises'
import { defaultSettings, openSettings, plainSite, type Settings } from '../../electron/app/settings.ts'

function version(theme: 'light' | 'dark'): Settings {
  return {
    preferences: { ...defaultSettings.preferences, theme },
    sites: Array.from({ length: 300 }, (_, index) => ({
      ...plainSite,
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

function announceRenames(waits: boolean): void {
  const { rename } = promises
  const timer = setInterval(() => {}, 60_000) // waiting is something to do
  promises.rename = async (from, to) => {
    writeSync(1, 'written\n')
    if (waits) return new Promise(() => {})
    timer.unref()
    return rename(from, to)
  }
}

async function writeForever(file: string, waits: boolean): Promise<void> {
  const store = await openSettings(file, problem => console.log(JSON.stringify(problem)))
  for (let round = 1; ; round++) {
    store.save(version(round % 2 === 0 ? 'light' : 'dark'))
    await store.flush()
    if (round === 1) announceRenames(waits)
  }
}

void writeForever(process.argv[2] ?? '', process.argv[3] === 'wait')
