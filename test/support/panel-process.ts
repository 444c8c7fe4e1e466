/**
 * The browser panel as a user starts it: `node out/start.cjs --panel` in a
 * process of its own, with a home and a settings folder of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface PanelProcess {
  /** The address with its token, as printed. */
  readonly url: string
  /** All that it printed so far, both streams. */
  output(): string
  /** Ends it with this signal and waits; answers the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))

export async function startPanel(options: {
  /** Stands in for the user's home folder. */
  home: string
  userData: string
  folders?: readonly string[]
}): Promise<PanelProcess> {
  const child: ChildProcess = spawn(
    process.execPath,
    ['out/start.cjs', '--panel', ...(options.folders ?? [])],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // BROWSER=none: the convention of development servers for "open nothing".
      env: { ...process.env, HOME: options.home, SERVEBAR_USER_DATA: options.userData, BROWSER: 'none' },
    },
  )
  let output = ''
  const ended = once(child, 'exit')
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk
      const match = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(output)
      if (match) resolve(match[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`the panel ended with ${code}: ${output}`)))
  })
  return {
    url,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
