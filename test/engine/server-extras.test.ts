import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { type ServerExtras, startServer } from '../../electron/engine/server.ts'
import type { Exchange } from '../../electron/engine/types.ts'
import { get, RawConnection, rawRequest } from '../support/raw-request.ts'
import { tempFolder } from '../support/temp.ts'

async function start(extras: ServerExtras) {
  const exchanges: Exchange[] = []
  const server = await startServer(
    {
      root: tempFolder({ 'index.html': 'hello' }),
      host: '127.0.0.1',
      port: 0,
      portFallback: false,
      name: 'panel',
      listing: false,
      dotfiles: false,
    },
    exchange => exchanges.push(exchange),
    extras,
  )
  onTestFinished(() => server.close(0))
  return { ...server, exchanges }
}

const upgrade = get('/', { Connection: 'Upgrade', Upgrade: 'echo' })

it('adds fields to each answer, and never replaces one', async () => {
  const server = await start({
    fields: () => [
      ['x-port', String(server.port)],
      ['content-type', 'text/plain'],
      ['content-security-policy', "default-src 'self'"],
    ],
  })
  const page = await rawRequest(server.port, get('/'))
  expect(page.fields).toMatchObject({
    'x-port': String(server.port),
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'self'",
  })
  const error = await rawRequest(server.port, get('/missing'))
  expect(error.status).toBe(404)
  expect(error.fields['x-port']).toBe(String(server.port))
  expect(error.fields['content-security-policy']).not.toContain("default-src 'self'")
  expect(server.exchanges[0]?.responseFields).toContainEqual(['x-port', String(server.port)])
})

it('hands on requests for another protocol with their connection', async () => {
  const server = await start({
    onUpgrade(request, socket, head) {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nX-Protocol: ${request.headers.upgrade}\r\n\r\n${head}`,
      )
      socket.pipe(socket)
    },
  })
  const connection = new RawConnection(server.port)
  onTestFinished(() => connection.destroy())
  connection.send(`${upgrade}one `)
  expect((await connection.response({ head: true })).fields).toEqual({ 'x-protocol': 'echo' })
  connection.send('two')
  while (String(connection.rest) !== 'one two') await once(connection.socket, 'data')
  // It is a connection like others: close() ends it.
  await server.close(100)
  await connection.closed()
})

it('answers them as usual where nobody takes them', async () => {
  const server = await start({})
  expect((await rawRequest(server.port, upgrade)).text).toBe('hello')
})
