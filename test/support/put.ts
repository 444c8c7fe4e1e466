/** Requests that send something, as programs send them: one connection each, and the answer with its JSON. */
import { request } from 'node:http'
import { overHttp2, rawRequest } from './raw-request.ts'

export interface Answer {
  readonly status: number
  readonly fields: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The answer as JSON; throws where it is none. */
  json<T = Record<string, unknown>>(): T
}

export interface Sent {
  readonly method?: string
  readonly fields?: Readonly<Record<string, string>>
  readonly content?: string | Buffer
}

export function ask(port: number, path: string, sent: Sent = {}): Promise<Answer> {
  return overHttp2 ? askStream(port, path, sent) : askBytes(port, path, sent)
}

async function askStream(
  port: number,
  path: string,
  { method = 'GET', fields = {}, content = '' }: Sent,
): Promise<Answer> {
  const bytes = Buffer.from(content)
  const all = { Host: `127.0.0.1:${port}`, ...fields, 'Content-Length': String(bytes.length) }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1')
  const answer = await rawRequest(port, Buffer.concat([head, bytes]))
  return { ...answer, json: () => JSON.parse(answer.text) }
}

function askBytes(
  port: number,
  path: string,
  { method = 'GET', fields = {}, content }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { port, host: '127.0.0.1', method, path, headers: fields, agent: false },
      answer => {
        const chunks: Buffer[] = []
        answer.on('data', chunk => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: answer.statusCode ?? 0,
            fields: answer.headers,
            text,
            json: () => JSON.parse(text),
          })
        })
      },
    )
    asked.on('error', reject)
    asked.end(content)
  })
}

export const put = (
  port: number,
  path: string,
  content: string | Buffer = '',
  fields: Record<string, string> = {},
): Promise<Answer> => ask(port, path, { method: 'PUT', content, fields })

/** Begins an upload that can be gone on with; answers its address. */
export async function begin(port: number, path: string, length: number, fields = {}): Promise<string> {
  const {
    status,
    fields: answered,
    text,
  } = await put(port, path, '', {
    'Upload-Complete': '?0',
    'Upload-Length': String(length),
    ...fields,
  })
  if (status !== 201) throw new Error(`${status} ${text}`)
  return String(answered.location)
}

export const patch = (
  port: number,
  address: string,
  offset: number,
  content: string | Buffer,
  complete = true,
): Promise<Answer> =>
  ask(port, address, {
    method: 'PATCH',
    content,
    fields: {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': String(offset),
      'Upload-Complete': complete ? '?1' : '?0',
    },
  })
