/**
 * The two ends of each bridge around a real app: the desktop's, with a double
 * of Electron's channels between them, since there is no Electron in a unit
 * test, and the browser panel's WebSocket as it is.
 */
import { EventEmitter } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IpcRenderer } from 'electron'
import { onTestFinished } from 'vitest'
import { WebSocket as NodeWebSocket } from 'ws'
import type { App } from '../../electron/app/app.ts'
import type { Bridge, LogEntry, Message } from '../../electron/contract.ts'
import { channels } from '../../electron/desktop/channels.ts'
import { createDesktopBridge } from '../../electron/desktop/desktop-bridge.ts'
import { connectPanel, type IpcMainEnd, type PanelContents } from '../../electron/desktop/ipc.ts'
import { panelUrl } from '../../electron/desktop/panel-page.ts'
import { createSocketEnd, type SocketEnd } from '../../electron/panel/socket.ts'
import { createSocketBridge, type SocketConnection } from '../../renderer/bridge.ts'

/** Any name and any input, as a page that was tampered with could send them. */
export type AnyBridge = Omit<Bridge, 'invoke'> & {
  invoke(command: string, input: unknown): Promise<{ ok: boolean; value?: unknown; problem?: unknown }>
}

/** Everything that a subscriber gets. */
export function collect(bridge: Pick<Bridge, 'subscribe'>) {
  const messages: Message[] = []
  const end = bridge.subscribe(message => messages.push(message))
  onTestFinished(end)
  return {
    messages,
    end,
    states: () => messages.flatMap(message => (message.type === 'state' ? [message.state] : [])),
    entries: (site: string): LogEntry[] =>
      messages.flatMap(message =>
        message.type === 'log'
          ? message.batches.filter(batch => batch.site === site).flatMap(batch => batch.entries)
          : [],
      ),
  }
}

/** What the page in the browser has as `WebSocket`: it says by itself which page it is. */
export function webSocketOf(origin: string): typeof WebSocket {
  class PageSocket extends NodeWebSocket {
    constructor(url: string) {
      super(url, { origin })
    }
  }
  return PageSocket as unknown as typeof WebSocket
}

export interface DesktopDouble {
  readonly bridge: Bridge
  /** The page loads anew: what it had subscribed to is gone. */
  reload(): void
  /** The answer to a call by another frame than the panel's page. */
  invokeAs(frame: object | null, command: string, input: unknown): Promise<unknown>
  /** A message by another frame. */
  sendAs(frame: object | null, ...values: unknown[]): void
  readonly page: { url: string }
}

/**
 * Our two ends, with Electron's channels between them as a double: structured clone, in order, never in the
 * same turn.
 */
export function desktopDouble(app: Pick<App, 'invoke' | 'subscribe'>): DesktopDouble {
  const page = { url: panelUrl }
  const toMain = new EventEmitter()
  const toPage = new EventEmitter()
  type Handler = (event: { senderFrame: object | null }, ...values: unknown[]) => unknown
  const handlers = new Map<string, Handler>()
  const nextTurn = () => new Promise(resolve => setImmediate(resolve))

  async function carry(emitter: EventEmitter, channel: string, event: object, values: unknown[]) {
    const sent = structuredClone(values)
    await nextTurn()
    emitter.emit(channel, event, ...sent)
  }
  async function call(senderFrame: object | null, channel: string, ...values: unknown[]): Promise<unknown> {
    const sent = structuredClone(values)
    await nextTurn()
    const answer = structuredClone(await handlers.get(channel)?.({ senderFrame }, ...sent))
    await nextTurn()
    return answer
  }

  const contents = Object.assign(new EventEmitter(), {
    mainFrame: page,
    isDestroyed: () => false,
    send: (channel: string, ...values: unknown[]) => void carry(toPage, channel, {}, values),
  })
  const ipcMain = Object.assign(toMain, {
    handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
  })
  const ipcRenderer = Object.assign(toPage, {
    invoke: (channel: string, ...values: unknown[]) => call(page, channel, ...values),
    send: (channel: string, ...values: unknown[]) =>
      void carry(toMain, channel, { senderFrame: page }, values),
  })
  // Electron's own types have a hundred members more.
  connectPanel(ipcMain as unknown as IpcMainEnd, app, contents as unknown as PanelContents)
  return {
    bridge: createDesktopBridge(ipcRenderer as unknown as IpcRenderer, () => null),
    reload: () => void contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false }),
    invokeAs: (frame, command, input) => call(frame, channels.invoke, command, input),
    sendAs: (frame, ...values) => void carry(toMain, channels.messages, { senderFrame: frame }, values),
    page,
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
