/**
 * Every change on the disk is in the very next answer: the hammer of the
 * benchmark against an engine of its own process, with others asking for the
 * same files all the time. SERVEBAR_LONG=1 does it longer.
 */
import { readFileSync, statSync } from 'node:fs'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ask } from '../bench/answers.mjs'
import { hammer, hammeredRequests, makeLanes } from '../bench/hammer.mjs'
import { buildEngine, startEngine } from '../support/engine-process.ts'
import { tempFolder } from '../support/temp.ts'

const LANES = 10
const CYCLES = process.env.SERVEBAR_LONG === '1' ? 300 : 30

/** Answers whole files, and believes what it has read for as long as size and time are the same, or reads again. */
async function smallServer(root: string, believes: boolean): Promise<number> {
  const kept = new Map<string, Buffer>()
  const server = createServer((request, response) => {
    const path = join(root, request.url ?? '')
    const stats = statSync(path, { throwIfNoEntry: false })
    if (!stats?.isFile()) {
      response.writeHead(404).end()
      return
    }
    const key = `${path} ${stats.size} ${stats.mtimeMs}`
    const content = (believes && kept.get(key)) || readFileSync(path)
    kept.set(key, content)
    response.writeHead(200, { 'Content-Length': content.length, 'Last-Modified': stats.mtime.toUTCString() })
    response.end(content)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

describe.skipIf(process.platform === 'win32')('a change of any kind', () => {
  beforeAll(buildEngine)

  it('is in the very next answer, also while many ask', { timeout: 300_000 }, async () => {
    const root = tempFolder()
    const { port } = await startEngine({ root })
    const lanes = makeLanes(root, LANES)
    const requests = hammeredRequests(LANES)
    let isOver = false
    const others = Array.from({ length: 4 }, async (_, n) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      for (let at = n; !isOver; at += 3) {
        const request = requests[at % requests.length]
        if (request) await ask(port, request, agent)
      }
      agent.destroy()
    })
    const { faults, kinds } = await hammer({ port, lanes, cycles: CYCLES }).finally(() => {
      isOver = true
    })
    await Promise.all(others)
    expect(faults.slice(0, 20)).toEqual([])
    expect(Object.keys(kinds).length).toBeGreaterThan(20)
    for (const [kind, count] of Object.entries(kinds)) {
      if (kind !== 'created') expect([kind, count]).toEqual([kind, LANES * CYCLES])
    }
  })

  it('would be missed by who believes size and time, and the hammer sees it', async () => {
    const missed = async (believes: boolean) => {
      const root = tempFolder()
      const port = await smallServer(root, believes)
      const { faults } = await hammer({ port, lanes: makeLanes(root, 2), cycles: 5 })
      return faults.filter(fault => /^re(?:placed|written).*\(whole\): other content/.test(fault)).length
    }
    expect(await missed(true)).toBeGreaterThan(0)
    expect(await missed(false)).toBe(0)
  })
})
