/** Clients that take their time (RFC 9110 §15.5.9, RFC 9112 §9.5): each wait has its bound, and the bound is an option. */
import { describe, expect, it } from 'vitest'
import { expectErrorPage } from '../../support/conversation.ts'
import { get, RawConnection } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'

const OPTIONS = { headersTimeout: 300, requestTimeout: 600, keepAliveTimeout: 300 }
const FILES = { 'a.txt': 'hello', 'big.bin': Buffer.alloc(4_000_000) }

/** One byte every 20 ms, until the other side ends. ms it took. */
async function drip(connection: RawConnection, bytes: string): Promise<number> {
  const started = performance.now()
  for (const byte of bytes) {
    if (connection.isClosed || connection.rest.length > 0) break
    connection.send(byte)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  return performance.now() - started
}

describe('too slow', () => {
  it('a header section that drips gets 408, and the end', async () => {
    const served = await serve(FILES, OPTIONS)
    const connection = new RawConnection(served.port)
    const took = await drip(connection, `GET /a.txt HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100)}`)
    const response = await connection.response()
    expect(response.status).toBe(408)
    expect(response.fields.connection).toBe('close')
    expectErrorPage(response, served.root)
    await connection.closed()
    expect(took).toBeGreaterThan(250)
    expect(took).toBeLessThan(1_500)
  })

  it('content that drips gets 408, and the end', async () => {
    const served = await serve(FILES, OPTIONS)
    const connection = new RawConnection(served.port)
    connection.send(get('/a.txt', { 'Content-Length': '200' }))
    const took = await drip(connection, 'x'.repeat(150))
    const response = await connection.response()
    expect(response.status).toBe(408)
    expectErrorPage(response, served.root)
    await connection.closed()
    expect(took).toBeGreaterThan(500)
    expect(took).toBeLessThan(2_500)
    expect(served.exchanges).toMatchObject([{ status: 408, method: 'GET', target: '/a.txt' }])
  })

  it('content that never comes too', async () => {
    const served = await serve(FILES, OPTIONS)
    const connection = new RawConnection(served.port)
    connection.send(get('/a.txt', { 'Transfer-Encoding': 'chunked' }))
    expect((await connection.response()).status).toBe(408)
    await connection.closed()
  })

  it('a second request that drips too', async () => {
    const served = await serve(FILES, { ...OPTIONS, keepAliveTimeout: 5_000 })
    const connection = new RawConnection(served.port)
    connection.send(get('/a.txt'))
    expect((await connection.response()).status).toBe(200)
    await drip(connection, `GET /a.txt HTTP/1.1\r\nX: ${'x'.repeat(100)}`)
    expect((await connection.response()).status).toBe(408)
    await connection.closed()
  })
})

describe('idle', () => {
  it('a connection that says nothing is ended without a word', async () => {
    const connection = new RawConnection((await serve(FILES, OPTIONS)).port)
    await connection.closed()
    expect(connection.rest).toHaveLength(0)
  })

  it('a connection between requests is ended without a word, when it has said so', async () => {
    const served = await serve(FILES, { ...OPTIONS, keepAliveTimeout: 1_000 })
    const connection = new RawConnection(served.port)
    connection.send(get('/a.txt'))
    expect((await connection.response()).fields['keep-alive']).toBe('timeout=1')
    const started = performance.now()
    await connection.closed()
    expect(connection.rest).toHaveLength(0)
    // Newer Node gives the client's last request a second more to arrive.
    expect(performance.now() - started).toBeGreaterThan(900)
    expect(performance.now() - started).toBeLessThan(3_500)
  })

  it('an answer may take longer than a request', async () => {
    const served = await serve(FILES, OPTIONS)
    const connection = new RawConnection(served.port)
    connection.send(get('/big.bin'))
    await new Promise(resolve => connection.socket.once('data', resolve))
    connection.socket.pause()
    await new Promise(resolve => setTimeout(resolve, 1_200))
    connection.socket.resume()
    expect((await connection.response()).body).toHaveLength(4_000_000)
    connection.destroy()
  })
})
