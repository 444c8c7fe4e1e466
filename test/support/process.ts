/** A Node process that a test starts: what it prints, how it ends; never left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { until } from './until.ts'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface NodeProcess {
  readonly child: ChildProcess
  stdout(): string
  stderr(): string
  /** Both, in the order in which they came. */
  output(): string
  /** The first match in what it prints; fails with all of that when it ends, or takes long, without. */
  prints(pattern: RegExp, deadline?: number): Promise<string>
  /** Exit code, or the signal that ended it; resolves when its output has ended, too. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

/** `env`: added to that of the tests; undefined takes a variable away. No browser is opened. */
export function runNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): NodeProcess {
  const child = spawn(process.execPath, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? root,
    env: { ...process.env, BROWSER: 'none', ...options.env },
  })
  const printed = { stdout: '', stderr: '', both: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text
      printed.both += text
    })
  }
  let hasEnded = false
  const ended = new Promise<number | NodeJS.Signals | null>(resolve => {
    child.once('close', (code, signal) => {
      hasEnded = true
      resolve(code ?? signal)
    })
  })
  async function end(): Promise<void> {
    child.kill('SIGKILL')
    child.stdout.resume() // a test may have paused it, and then it would never close
    await ended
  }
  try {
    onTestFinished(end)
  } catch {
    // Started for several tests, whose last one stops it.
  }
  return {
    child,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    output: () => printed.both,
    async prints(pattern, deadline = 15_000) {
      const match = () => pattern.exec(printed.both)?.[0]
      await until(() => hasEnded || match() !== undefined, `${pattern} from the process`, deadline)
      const found = match()
      if (found === undefined) throw new Error(`The process ended without ${pattern}: ${printed.both}`)
      return found
    },
    ended,
  }
}
