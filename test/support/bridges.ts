/**
 * The two ends of each bridge around a real app: Electron's channels as a
 * double, since there is no Electron in a unit test, and the browser panel's
 * WebSocket as it is, with the renderer's own client.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import type { App } from '../../electron/app/app.ts'
import type { Bridge, Message } from '../../electron/contract.ts'
import { createSocketEnd, type SocketEnd } from '../../electron/panel/socket.ts'
import { createSocketBridge, type SocketConnection } from '../../renderer/bridge.ts'

/** What the page in the browser has as `WebSocket`: it says by itself which page it is. */
export function webSocketOf(origin: string): typeof WebSocket {
  class PageSocket extends NodeWebSocket {
    constructor(url: string) {
      super(url, { origin })
    }
  }
  return PageSocket as unknown as typeof WebSocket
}

/** Electron's channels: structured clone, in order, never in the same turn. */
export function ipcDouble(app: App): Bridge {
  const subscriptions = new Map<number, () => void>()
  const receivers = new Map<number, (message: Message) => void>()
  let last = 0
  const post = (deliver: () => void) => void setImmediate(deliver)
  return {
    invoke: (command, input) =>
      new Promise((resolve, reject) => {
        const sent = structuredClone(input)
        post(() => {
          app.invoke(command, sent).then(result => {
            const answer = structuredClone(result)
            post(() => resolve(answer as never))
          }, reject)
        })
      }),
    subscribe(listener) {
      last += 1
      const id = last
      receivers.set(id, listener)
      post(() => {
        const unsubscribe = app.subscribe(message => {
          const sent = structuredClone(message)
          post(() => receivers.get(id)?.(sent))
        })
        subscriptions.set(id, unsubscribe)
      })
      return () => {
        receivers.delete(id)
        post(() => subscriptions.get(id)?.())
      }
    },
  }
}

export interface SocketHost {
  readonly connection: SocketConnection
  /** Ends the server's side, as if the process had gone. */
  stop(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
}

export async function socketHost(app: App, token = 'token', pageToken = token): Promise<SocketHost> {
  let http: Server
  let end: SocketEnd
  let port = 0
  async function start(): Promise<void> {
    http = createServer()
    end = createSocketEnd({ app, token, port: () => port })
    http.on('upgrade', end.upgrade)
    await new Promise<void>(resolve => http.listen(port, '127.0.0.1', resolve))
    port = (http.address() as AddressInfo).port
  }
  async function stop(): Promise<void> {
    await end.close()
    await new Promise(resolve => http.close(resolve))
  }
  await start()
  const connection = createSocketBridge({
    url: `ws://127.0.0.1:${port}/bridge`,
    token: pageToken,
    WebSocket: webSocketOf(`http://127.0.0.1:${port}`),
    retryInterval: [10, 50],
  })
  onTestFinished(async () => {
    connection.close()
    await stop()
  })
  return { connection, stop, start }
}
