/** A second launch meets a panel that takes the folders, refuses them, or is not what it seems. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocketServer } from 'ws'
import { handOver } from '../../electron/panel/hand-over.ts'
import { createSocketEnd } from '../../electron/panel/socket.ts'
import { startApp } from '../support/start-app.ts'

const token = 'right-token'

async function listen(server: Server): Promise<number> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

async function startPanel() {
  const started = await startApp()
  const server = createServer()
  const port = await listen(server)
  const end = createSocketEnd({ app: started.app, token, port: () => port })
  onTestFinished(() => end.close())
  server.on('upgrade', end.upgrade)
  return { ...started, url: `http://127.0.0.1:${port}/#token=${token}` }
}

it('adds the folders', async () => {
  const { app, url, folder } = await startPanel()
  const path = await folder('a')
  expect(await handOver(url, [path])).toBeNull()
  expect(app.state.get().sites).toMatchObject([{ folder: path }])
})

it('brings back why a folder cannot be added', async () => {
  const { url, home } = await startPanel()
  expect(await handOver(url, [join(home, 'typo')])).toMatchObject({ title: 'No folder at ~/typo' })
})

const noAnswer = 'The running Servebar does not answer'

it.each(['wrong-token', ''])('rejects when the token is refused: %j', async wrong => {
  const { app, url, folder } = await startPanel()
  await expect(handOver(url.replace(token, wrong), [await folder('a')])).rejects.toThrow(noAnswer)
  expect(app.state.get().sites).toEqual([])
})

it('rejects when nobody listens there any more', async () => {
  const server = createServer()
  const port = await listen(server)
  await new Promise(resolve => server.close(resolve))
  await expect(handOver(`http://127.0.0.1:${port}/#token=x`, ['/a'])).rejects.toThrow(noAnswer)
})

it('rejects when another program listens there', async () => {
  const port = await listen(createServer((_, response) => response.end('hello')))
  await expect(handOver(`http://127.0.0.1:${port}/#token=x`, ['/a'])).rejects.toThrow(noAnswer)
})

it.each([
  ['goes at once', 'go'],
  ['says nothing', ''],
  ['says what is no JSON', 'hello'],
  ['says what is no frame', 'null'],
])('rejects when a socket is there that %s', async (_, answer) => {
  const server = createServer()
  const port = await listen(server)
  const sockets = new WebSocketServer({ server, path: '/bridge' })
  sockets.on('connection', page =>
    page.once('message', () => {
      if (answer === 'go') page.terminate()
      else if (answer !== '') page.send(answer)
    }),
  )
  // Only the one that says nothing waits for the limit.
  const limit = answer === '' ? 50 : 5000
  await expect(handOver(`http://127.0.0.1:${port}/#token=x`, ['/a'], limit)).rejects.toThrow(noAnswer)
})
