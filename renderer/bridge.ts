/**
 * The panel's end of the bridge, and the only file of the panel that knows
 * which host it is in: `window.servebar` (the menubar app) or a WebSocket to
 * the process that served this page. Promises: no call rejects or waits
 * forever; a lost connection is retried; after each reconnect every subscriber
 * gets a fresh snapshot. The other ends: electron/desktop/preload.ts and
 * electron/panel/socket.ts.
 */
import {
  BRIDGE_PATH,
  type Bridge,
  CLOSE_REFUSED,
  type CommandName,
  type DesktopBridge,
  type Input,
  type Message,
  type Output,
  type PageFrame,
  type PanelFrame,
  type Result,
} from '../electron/contract.ts'

/**
 * `connecting`: not yet open for the first time. `lost`: it was, or could not be; retried by itself.
 * `refused`: the token is wrong or of an earlier run; only a new address helps.
 */
export type ConnectionStatus = 'connecting' | 'open' | 'lost' | 'refused'

export interface Connection {
  readonly bridge: Bridge
  readonly status: {
    get(): ConnectionStatus
    subscribe(listener: () => void): () => void
  }
  /** What the button of the banner does: tries again now instead of at the next interval; on the desktop, loads the panel anew. */
  retry(): void
  /** Path of a dropped `File`; null where the host does not tell (a browser never does). */
  pathOf(file: object): string | null
}

export interface SocketConnection extends Connection {
  /** For good: nothing is retried afterwards. */
  close(): void
}

export interface SocketOptions {
  readonly url: string
  readonly token: string
  /** The class to use where there is none, or another one, in the global scope. */
  readonly WebSocket?: new (
    url: string,
  ) => WebSocket
  /** How long a call may take, in ms. */
  readonly callLimit?: number
  /** First and longest interval between two tries, in ms. */
  readonly retryInterval?: readonly [first: number, longest: number]
}

declare global {
  interface Window {
    readonly servebar?: DesktopBridge
  }
}

/** These wait for a person. */
const unlimited: ReadonlySet<CommandName> = new Set<CommandName>(['folder.choose', 'app.quit'])

const disconnected = (detail?: string): Result<never> => ({
  ok: false,
  problem: {
    type: 'disconnected',
    title: 'Servebar is not responding',
    ...(detail === undefined ? {} : { detail }),
    remedies: [],
  },
})

function createStatus(first: ConnectionStatus) {
  const watchers = new Set<{ readonly listener: () => void }>()
  let status = first
  return {
    get: () => status,
    set(next: ConnectionStatus) {
      if (next === status) return
      status = next
      for (const { listener } of [...watchers]) listener()
    },
    subscribe(listener: () => void) {
      const watcher = { listener }
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}

export function connect(): Connection {
  const { servebar } = window
  return servebar ? desktopConnection(servebar) : pageConnection()
}

/** Nothing to open here; but a call that main refuses, or is not there to answer, is as good as a lost connection. */
function desktopConnection(servebar: DesktopBridge): Connection {
  const status = createStatus('open')
  return {
    bridge: {
      async invoke(command, input) {
        try {
          const result = await servebar.invoke(command, input)
          status.set('open')
          return result
        } catch {
          status.set('lost')
          return disconnected()
        }
      },
      subscribe: listener => servebar.subscribe(listener),
    },
    status,
    retry: () => location.reload(),
    pathOf: file => servebar.pathOf(file),
  }
}

function pageConnection(): Connection {
  const connection = createSocketBridge({ url: `ws://${location.host}${BRIDGE_PATH}`, token: takeToken() })
  // Timers of a hidden page are slowed down: do not let the person who comes back wait for one.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') connection.retry()
  })
  // The address of a new run, pasted into a tab of the old one, changes nothing but the fragment.
  window.addEventListener('hashchange', () => {
    if (tokenOf(location.hash) !== null) location.reload()
  })
  return connection
}

const tokenOf = (fragment: string): string | null => new URLSearchParams(fragment.slice(1)).get('token')

/**
 * From the address, out of which it is removed, so that it is not copied around with it; kept for this tab
 * only, so that a reload works.
 */
function takeToken(): string {
  const fresh = tokenOf(location.hash)
  try {
    if (fresh === null) return sessionStorage.getItem('token') ?? ''
    sessionStorage.setItem('token', fresh)
  } catch {
    // Storage is switched off: a reload then needs the address with the token again.
  }
  if (fresh !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return fresh ?? ''
}

interface Call {
  readonly frame: PageFrame
  readonly settle: (result: Result<unknown>) => void
}

export function createSocketBridge(options: SocketOptions): SocketConnection {
  const Socket = options.WebSocket ?? WebSocket
  const { callLimit = 30_000, retryInterval = [250, 5000] } = options
  const calls = new Map<number, Call>()
  const subscribers = new Set<{ readonly listener: (message: Message) => void }>()
  const status = createStatus('connecting')
  let socket: WebSocket | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let tries = 0
  let lastCall = 0
  /** Counts our subscriptions, so that what is still under way of an earlier one is not taken for the new one. */
  let stream = 0
  let closed = false

  function send(frame: PageFrame): void {
    if (socket?.readyState === 1) socket.send(JSON.stringify(frame)) // OPEN
  }

  function askForStream(): void {
    stream += 1
    send({ type: 'subscribe', stream })
  }

  function open(): void {
    clearTimeout(timer)
    const opening = new Socket(options.url)
    socket = opening
    // Covers a server that accepts and then says nothing.
    timer = setTimeout(() => opening.close(), 10_000)
    opening.onopen = () => {
      send({ type: 'hello', token: options.token })
      if (subscribers.size > 0) askForStream()
      for (const { frame } of calls.values()) send(frame)
    }
    opening.onmessage = event => receive(String(event.data))
    opening.onerror = () => {} // `close` follows
    opening.onclose = event => {
      if (socket === opening) lose(event.code)
    }
  }

  function lose(code: number): void {
    clearTimeout(timer)
    socket = null
    status.set(code === CLOSE_REFUSED ? 'refused' : 'lost')
    for (const { settle } of [...calls.values()]) settle(disconnected())
    if (closed || code === CLOSE_REFUSED) return
    const interval = Math.min(retryInterval[1], retryInterval[0] * 2 ** tries)
    tries += 1
    // Half of it at random: many tabs do not knock together.
    timer = setTimeout(open, interval * (0.5 + Math.random() / 2))
  }

  function receive(text: string): void {
    const frame = JSON.parse(text) as PanelFrame
    if ('result' in frame) {
      calls.get(frame.id)?.settle(frame.result)
    } else if ('message' in frame) {
      if (frame.stream !== stream) return
      for (const subscriber of [...subscribers]) {
        if (subscribers.has(subscriber)) subscriber.listener(frame.message)
      }
    } else {
      clearTimeout(timer)
      tries = 0
      status.set('open')
    }
  }

  function invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>>> {
    if (status.get() === 'lost' || status.get() === 'refused') return Promise.resolve(disconnected())
    lastCall += 1
    const id = lastCall
    const frame: PageFrame = { id, command, input }
    return new Promise(resolve => {
      const limit = unlimited.has(command)
        ? undefined
        : setTimeout(() => settle(disconnected(`No answer within ${callLimit / 1000} s.`)), callLimit)
      const settle = (result: Result<unknown>) => {
        clearTimeout(limit)
        calls.delete(id)
        resolve(result as Result<Output<C>>)
      }
      calls.set(id, { frame, settle })
      send(frame) // or when it opens
    })
  }

  open()
  return {
    bridge: {
      invoke,
      subscribe(listener) {
        const subscriber = { listener }
        subscribers.add(subscriber)
        askForStream()
        return () => {
          if (subscribers.delete(subscriber) && subscribers.size === 0) send({ type: 'unsubscribe' })
        }
      },
    },
    status,
    pathOf: () => null,
    retry() {
      if (status.get() === 'lost' && socket === null && !closed) open()
    },
    close() {
      closed = true
      clearTimeout(timer)
      if (socket) socket.close(1000)
      else status.set('lost')
    },
  }
}
