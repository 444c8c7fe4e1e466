/**
 * A whole conversation over one connection, as a table can say it: what is
 * sent, which answers come, and whether the connection goes on afterwards.
 */
import { expect } from 'vitest'
import { get, overHttp2, RawConnection, type RawResponse } from './raw-request.ts'

/** `HEAD 200` is an answer to HEAD, which has no content whatever its fields say. */
export type Answer = number | `HEAD ${number}`

/**
 * Sends all of it at once and reads these answers. `open`: the connection still carries a request; `closed`: the
 * server ends it, with nothing more on it; a connection of HTTP/2 always goes on. Every error must be a whole page that tells nothing of the server.
 */
export async function converse(
  served: { readonly port: number; readonly root: string },
  bytes: string,
  answers: readonly Answer[],
  after: 'open' | 'closed',
): Promise<RawResponse[]> {
  const connection = new RawConnection(served.port)
  try {
    connection.send(bytes)
    const responses: RawResponse[] = []
    for (const answer of answers) {
      const head = typeof answer === 'string'
      const response = await connection.response({ head })
      const status = head ? `HEAD ${response.status}` : response.status
      expect(status, bytes.slice(0, 500)).toBe(answer)
      if (response.status >= 400) expectErrorPage(response, served.root, head)
      responses.push(response)
    }
    const last = responses.at(-1)
    if (overHttp2) {
      // §8.2.2: nothing is said of the connection.
      for (const name of ['connection', 'keep-alive', 'transfer-encoding'])
        expect(last?.fields).not.toHaveProperty(name)
    }
    // What comes behind is another stream.
    if (after === 'closed' && overHttp2) return responses
    if (after === 'closed') {
      expect(last?.fields.connection ?? 'close').toBe('close')
      await connection.closed()
    } else {
      if (!overHttp2) expect(last?.fields.connection).toBe('keep-alive')
      connection.send(get('/still-there'))
      expect((await connection.response()).status).toBe(404)
    }
    expect(connection.rest.toString('latin1')).toBe('')
    return responses
  } finally {
    connection.destroy()
  }
}

/** RFC 9110 §15.5, §6.6.1, §8.6: what each error carries; and nothing that it must not. */
export function expectErrorPage(response: RawResponse, root: string, head = false): void {
  expect(response.fields).toMatchObject({
    date: expect.stringMatching(/^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/),
    'content-type': 'text/html; charset=utf-8',
    'content-length': head ? expect.stringMatching(/^\d+$/) : String(response.body.length),
    'content-security-policy': expect.stringContaining("default-src 'none'"),
    'x-content-type-options': 'nosniff',
  })
  if (!head) expect(response.text).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  const all = JSON.stringify(response.fields) + response.text
  expect(all).not.toContain(root)
  expect(all).not.toMatch(/node(?:js|\/|:)|E[A-Z]{4,}|HPE_|at \w+ \(/)
}
