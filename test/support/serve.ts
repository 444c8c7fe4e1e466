/**
 * A running engine for one test: a folder (made from a plain object, or given),
 * port 0 on loopback, every exchange kept. Closed when the test has ended.
 */
import { onTestFinished } from 'vitest'
import { type RunningServer, startServer } from '../../electron/engine/server.ts'
import type { Exchange, ServerOptions } from '../../electron/engine/types.ts'
import { identity } from './identity.ts'
import { type Files, tempFolder } from './temp.ts'
import { until } from './until.ts'

export interface Served {
  readonly port: number
  /** `http://127.0.0.1:port` */
  readonly origin: string
  readonly root: string
  readonly server: RunningServer
  /** Grows while the test runs. */
  readonly exchanges: readonly Exchange[]
  /** The n-th exchange (from 1), as soon as it is there. */
  exchange(n: number): Promise<Exchange>
  close(drain?: number): Promise<void>
}

/** The tests of the engine run with files kept in memory, with none, and with room for hardly any (vitest.config.ts). */
const { SERVEBAR_TEST_MEMORY, SERVEBAR_TEST_TLS } = process.env
const TLS = SERVEBAR_TEST_TLS === '1' ? { tls: identity } : {}
const MEMORY = SERVEBAR_TEST_MEMORY === undefined ? {} : { memory: Number(SERVEBAR_TEST_MEMORY) }

/** `files`: what the folder holds, or the path of a folder. */
export async function serve(
  files: Files | string = {},
  options: Partial<ServerOptions> = {},
): Promise<Served> {
  const root = typeof files === 'string' ? files : tempFolder(files)
  const exchanges: Exchange[] = []
  const server = await startServer(
    {
      root,
      host: '127.0.0.1',
      port: 0,
      portFallback: false,
      name: 'site',
      listing: true,
      dotfiles: false,
      ...MEMORY,
      ...TLS,
      ...options,
    },
    exchange => exchanges.push(exchange),
  )
  try {
    onTestFinished(() => server.close(0))
  } catch {
    // Served for a whole file: its afterAll closes it.
  }
  return {
    port: server.port,
    origin: `http://127.0.0.1:${server.port}`,
    root,
    server,
    exchanges,
    exchange: n => until(() => exchanges[n - 1], `exchange ${n}`),
    close: drain => server.close(drain),
  }
}
