/**
 * Requests as raw bytes, and their answers. In the project `http2` of
 * vitest.config.ts the same requests are made by way of HTTP/2.
 */
import { ByteConnection, type RawResponse } from './byte-connection.ts'
import { StreamConnection } from './stream-connection.ts'

export type { RawResponse }

export const overHttp2 = process.env.SERVEBAR_TEST_HTTP2 === '1'

export type RawConnection = Pick<
  ByteConnection,
  'socket' | 'send' | 'response' | 'rest' | 'closed' | 'isClosed' | 'reset' | 'destroy'
>
export const RawConnection: new (port: number, host?: string) => RawConnection = overHttp2
  ? StreamConnection
  : ByteConnection

/** Sends the bytes on a connection of their own and reads one answer. `\n` in a template stays as it is: write `\r\n`. */
export async function rawRequest(
  port: number,
  bytes: string | Uint8Array,
  options: { head?: boolean; host?: string; deadline?: number } = {},
): Promise<RawResponse> {
  const connection = new RawConnection(port, options.host)
  try {
    connection.send(bytes)
    return await connection.response(options)
  } finally {
    connection.destroy()
  }
}

/** A well-formed request with Host and these further fields. */
export function get(target: string, fields: Record<string, string> = {}, method = 'GET'): string {
  const lines = Object.entries({ Host: 'localhost', ...fields }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}
