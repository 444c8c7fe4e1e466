/** How long and how many: the options that bound what a client may take. Time is the subject, so time passes. */
import { describe, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { serve } from '../support/serve.ts'

const FILES = { 'a.txt': 'a' }
const since = async (work: Promise<unknown>) => {
  const started = performance.now()
  await work
  return performance.now() - started
}

/** Sends a byte every 50 ms for as long as the connection takes them. */
function drip(connection: RawConnection): void {
  const timer = setInterval(() => {
    if (connection.isClosed) clearInterval(timer)
    else connection.send('x')
  }, 50)
}

describe('time', () => {
  it('headersTimeout: a header section that drips in is cut', async () => {
    const { port } = await serve(FILES, { headersTimeout: 300 })
    const connection = new RawConnection(port)
    connection.send('GET /a.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
    drip(connection)
    const time = await since(connection.closed())
    expect(time).toBeGreaterThan(250)
    expect(time).toBeLessThan(2_500)
    connection.destroy()
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('a')
  })

  it('requestTimeout: content that drips in is cut', async () => {
    const { port } = await serve(FILES, { requestTimeout: 300 })
    const connection = new RawConnection(port)
    connection.send('GET /a.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n')
    drip(connection)
    const time = await since(connection.closed())
    expect(time).toBeGreaterThan(250)
    expect(time).toBeLessThan(2_500)
    connection.destroy()
  })

  it('keepAliveTimeout: an idle connection is closed, and told so before', async () => {
    const { port } = await serve(FILES, { keepAliveTimeout: 1_000 })
    const connection = new RawConnection(port)
    connection.send(get('/a.txt'))
    expect((await connection.response()).fields['keep-alive']).toBe('timeout=1')
    const time = await since(connection.closed())
    expect(time).toBeGreaterThan(900)
    expect(time).toBeLessThan(4_000)
  })
})

it('maxConnections: what comes beyond is not served, until there is room again', async () => {
  const { port } = await serve(FILES, { maxConnections: 3 })
  const open = Array.from({ length: 3 }, () => new RawConnection(port))
  for (const connection of open) {
    // Under way: it cannot be closed for another.
    connection.send('GET /a.txt HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  }
  await expect
    .poll(async () => {
      const response = await rawRequest(port, get('/a.txt'), { deadline: 500 }).catch(() => null)
      return response === null || response.status === 503
    })
    .toBe(true)
  for (const connection of open) connection.destroy()
  await expect
    .poll(async () => (await rawRequest(port, get('/a.txt')).catch(() => null))?.text, { timeout: 5_000 })
    .toBe('a')
})
