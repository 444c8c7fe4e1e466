/**
 * The browser panel as a user starts it: `node out/start.cjs --panel` in a
 * process of its own, with a home and a settings folder of its own.
 */
import { root, runNode } from './process.ts'

export { root }

export interface PanelProcess {
  /** The address with its token, as printed. */
  readonly url: string
  /** All that it printed so far, both streams. */
  output(): string
  /** Ends it with this signal and waits; answers the exit code, or null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export async function startPanel(options: {
  /** Stands in for the user's home folder. */
  home: string
  userData: string
  folders?: readonly string[]
}): Promise<PanelProcess> {
  const { child, output, prints, ended } = runNode(['out/start.cjs', '--panel', ...(options.folders ?? [])], {
    env: { HOME: options.home, SERVEBAR_USER_DATA: options.userData },
  })
  return {
    url: await prints(/http:\/\/127\.0\.0\.1:\d+\/#token=\S+/),
    output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await ended
      return child.exitCode
    },
  }
}
