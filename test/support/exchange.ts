/** The record of an ordinary request; a test changes what it is about. */
import type { Exchange } from '../../electron/engine/types.ts'

export function exchange(change: Partial<Exchange> = {}): Exchange {
  return {
    time: 1,
    method: 'GET',
    target: '/',
    httpVersion: '1.1',
    status: 200,
    bytesSent: 10,
    duration: 0.5,
    clientAddress: '127.0.0.1',
    clientIsLocal: true,
    requestFields: [['host', 'localhost']],
    responseFields: [['content-type', 'text/html']],
    file: 'index.html',
    fileSize: 10,
    contentCoding: null,
    aborted: false,
    cause: null,
    note: null,
    ...change,
  }
}
