/**
 * A second launch: gives its folders to the panel that runs already, over the
 * same WebSocket and with the same token as a page would. Rejects when what is
 * at that address does not behave as a panel, or not in time.
 */
import { WebSocket } from 'ws'
import { BRIDGE_PATH, type PageFrame, type PanelFrame, type Problem } from '../contract.ts'

const TIME_LIMIT = 5000

/** `url`: the running panel's address with its token. Null: done. */
export function handOver(
  url: string,
  folders: readonly string[],
  timeLimit = TIME_LIMIT,
): Promise<Problem | null> {
  const { host, origin, hash } = new URL(url)
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? ''
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}${BRIDGE_PATH}`, { origin, handshakeTimeout: timeLimit })
    const limit = setTimeout(() => socket.terminate(), timeLimit)
    socket.once('open', () => {
      const frames: readonly PageFrame[] = [
        { type: 'hello', token },
        { id: 1, command: 'site.add', input: { folders } },
      ]
      for (const frame of frames) socket.send(JSON.stringify(frame))
    })
    socket.on('message', data => {
      const frame = parseFrame(String(data))
      if (!frame) return socket.terminate()
      if (!('result' in frame)) return // the welcome
      resolve(frame.result.ok ? null : frame.result.problem)
      socket.close()
    })
    let cause: Error | undefined
    socket.once('error', error => {
      cause = error // `close` follows
    })
    socket.once('close', () => {
      clearTimeout(limit)
      reject(new Error('The running Servebar does not answer', { cause }))
    })
  })
}

function parseFrame(text: string): PanelFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    return typeof frame === 'object' && frame !== null ? (frame as PanelFrame) : null
  } catch {
    return null // another program has the port by now
  }
}
