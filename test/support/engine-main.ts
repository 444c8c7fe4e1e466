/**
 * The engine alone as a program, for tests that need a process of its own (its
 * descriptors, its memory): `node entry.cjs '{"root": …}'`. Prints its port;
 * then, for each line it reads, one line of JSON with what it has in use.
 */
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { startServer } from '../../electron/engine/server.ts'

let exchanges = 0
let broken = 0

async function main(): Promise<void> {
  const options = {
    host: '127.0.0.1',
    port: 0,
    portFallback: false,
    name: 'site',
    listing: true,
    dotfiles: false,
    ...JSON.parse(process.argv[2] ?? '{}'),
  }
  const server = await startServer(options, ({ status }) => {
    exchanges++
    if (status === 500) broken++
  })
  console.log(server.port)
  createInterface(process.stdin).on('line', () => {
    // Only where the program is started with --expose-gc.
    globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    const timers = process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
    const open = readdirSync('/dev/fd').length
    console.log(JSON.stringify({ open, timers, rss, heapUsed, exchanges, broken }))
  })
}

void main()
