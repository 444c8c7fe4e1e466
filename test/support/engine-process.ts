/**
 * The engine in a process of its own: for what would otherwise be counted
 * together with the test (descriptors, timers, memory), and for limits that
 * hold for a whole process.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import type { ServerOptions } from '../../electron/engine/types.ts'
import { bundle } from './bundle.ts'

interface InUse {
  readonly open: number
  readonly timers: number
  readonly rss: number
  readonly heapUsed: number
  readonly exchanges: number
  /** Answers with 500. */
  readonly broken: number
}

export interface EngineProcess {
  readonly port: number
  inUse(): Promise<InUse>
  /** What it wrote to its standard error. */
  readonly errors: () => string
  readonly exited: () => boolean
}

let entry = ''

/** Before all tests of a file: what is built within a test goes with it. */
export async function buildEngine(): Promise<void> {
  entry = await bundle('test/support/engine-main.ts')
}

/** `descriptors`: its limit of them, as `ulimit -n` sets it. Ended with the test. */
export async function startEngine(
  options: Partial<ServerOptions> & { readonly root: string },
  { descriptors }: { descriptors?: number } = {},
): Promise<EngineProcess> {
  const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors}; `
  const child = spawn(
    'sh',
    ['-c', `${limit}exec "$0" --expose-gc "$@"`, process.execPath, entry, JSON.stringify(options)],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the engine ended: ${errors}`)
    return value
  }
  return {
    port: Number(await line()),
    inUse: async () => {
      child.stdin.write('\n')
      return JSON.parse(await line())
    },
    errors: () => errors,
    exited: () => child.exitCode !== null || child.signalCode !== null,
  }
}
