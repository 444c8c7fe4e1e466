/**
 * A second launch: gives its folders to the panel that runs already, over the
 * same WebSocket and with the same token as a page would.
 */
import { WebSocket } from 'ws'
import { BRIDGE_PATH, type PageFrame, type PanelFrame, type Problem } from '../contract.ts'

const TIME_LIMIT = 5000

/** `url`: the running panel's address with its token. Null: done. */
export function handOver(url: string, folders: readonly string[]): Promise<Problem | null> {
  const { host, origin, hash } = new URL(url)
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? ''
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://${host}${BRIDGE_PATH}`, { origin, handshakeTimeout: TIME_LIMIT })
    const limit = setTimeout(() => socket.terminate(), TIME_LIMIT)
    socket.once('open', () => {
      const frames: readonly PageFrame[] = [
        { type: 'hello', token },
        { id: 1, command: 'site.add', input: { folders } },
      ]
      for (const frame of frames) socket.send(JSON.stringify(frame))
    })
    socket.on('message', data => {
      const frame = JSON.parse(String(data)) as PanelFrame
      if (!('result' in frame)) return // the welcome
      const { result } = frame
      resolve(result.ok ? null : result.problem)
      socket.close()
    })
    socket.once('error', reject)
    socket.once('close', () => {
      clearTimeout(limit)
      reject(new Error('The running Servebar does not answer'))
    })
  })
}
