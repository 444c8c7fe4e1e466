/**
 * The least server that live reload can be tried on: files of a folder, the
 * reserved addresses, and the script put into documents. What it does around the
 * calls is what the engine's pipeline does.
 */
import { readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { validatorsOf } from '../../electron/engine/conditional.ts'
import {
  asksForDocument,
  INJECTION_FIELDS,
  injectedValidators,
  isInjectable,
  planInjection,
  splice,
  WINDOW,
} from '../../electron/engine/live/inject.ts'
import { createLiveReload, type LiveReload, type LiveStatus } from '../../electron/engine/live/live-reload.ts'
import { contentTypeOf } from '../../electron/engine/media-types.ts'

export interface LiveServer {
  readonly origin: string
  readonly port: number
  readonly live: LiveReload
  /** Of each request, in order. */
  readonly targets: readonly string[]
  readonly statuses: readonly LiveStatus[]
  readonly notes: readonly (string | null)[]
  close(): Promise<void>
}

export interface LiveServerOptions {
  readonly port?: number
  readonly host?: string
  /** Of every answer. */
  readonly fields?: Readonly<Record<string, string>>
  readonly dotfiles?: boolean
  readonly symlinks?: 'confined' | 'follow' | 'refuse'
  readonly spa?: boolean
}

export async function serveLive(root: string, options: LiveServerOptions = {}): Promise<LiveServer> {
  const targets: string[] = []
  const statuses: LiveStatus[] = []
  const notes: (string | null)[] = []
  const live = createLiveReload(root, {
    dotfiles: options.dotfiles ?? false,
    symlinks: options.symlinks ?? 'confined',
    spa: options.spa ?? false,
    onStatus: status => statuses.push(status),
  })

  async function answer(request: IncomingMessage, out: ServerResponse): Promise<void> {
    const target = request.url ?? '/'
    targets.push(`${request.method} ${target}`)
    const { pathname, search } = new URL(target, 'http://localhost')
    const path = decodeURIComponent(pathname).slice(1)
    const response = live.respond({
      method: request.method ?? '',
      path,
      query: search,
      fields: request.headers,
    })
    if (response === null)
      return sendFile(request, out, path.endsWith('/') || path === '' ? `${path}index.html` : path)
    const { content } = response
    out.writeHead(response.status, [...response.fields])
    if (content === null || Buffer.isBuffer(content) || request.method === 'HEAD') {
      out.end(request.method === 'HEAD' ? undefined : content)
      return
    }
    out.on('close', () => content.close())
    for await (const chunk of content.chunks()) out.write(chunk)
    out.end()
  }

  function sendFile(request: IncomingMessage, out: ServerResponse, name: string): void {
    const stats = statSync(join(root, name), { bigint: true, throwIfNoEntry: false })
    if (
      stats === undefined &&
      options.spa &&
      request.headers['sec-fetch-mode'] === 'navigate' &&
      name !== 'index.html'
    ) {
      sendFile(request, out, 'index.html')
      return
    }
    if (stats === undefined) {
      out.writeHead(404, { 'Content-Type': 'text/plain' }).end('nothing here')
      return
    }
    const content = readFileSync(join(root, name))
    const contentType = contentTypeOf(name)
    const asked = isInjectable(contentType) ? asksForDocument(request.headers) : 'no'
    const plan =
      asked === 'no'
        ? null
        : planInjection({
            contentType,
            beginning: content.subarray(0, WINDOW),
            size: content.length,
            asked,
            policies: [options.fields?.['Content-Security-Policy'] ?? []].flat(),
            origin: { scheme: 'http', host: 'localhost', port: String(port()) },
          })
    notes.push(plan?.content === null ? plan.note : null)
    const injection = plan?.content ? plan : null
    const plain = validatorsOf(stats, true)
    const { etag } = injection === null ? plain : injectedValidators(plain, injection)
    const fields = [
      ...['ETag', etag ?? '', 'Vary', INJECTION_FIELDS],
      ...Object.entries({ 'Cache-Control': 'no-cache', ...options.fields }).flat(),
      ...(injection === null ? [] : live.stamp()),
    ]
    if (request.headers['if-none-match'] === etag) {
      out.writeHead(304, fields).end()
      return
    }
    const sent =
      injection === null
        ? content
        : Buffer.concat(
            splice(content.length, injection).segments.map(segment =>
              Buffer.isBuffer(segment)
                ? segment
                : content.subarray(segment.first, segment.first + segment.length),
            ),
          )
    out.writeHead(200, ['Content-Type', contentType, 'Content-Length', String(sent.length), ...fields])
    out.end(request.method === 'HEAD' ? undefined : sent)
  }

  const server = createServer((request, out) => void answer(request, out))
  await new Promise<void>(resolve => server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve))
  const port = (): number => (server.address() as AddressInfo | null)?.port ?? 0
  const own = port()
  const close = async (): Promise<void> => {
    live.close()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  }
  try {
    onTestFinished(() => close())
  } catch {
    // Served for a whole file: its afterAll closes it.
  }
  return { origin: `http://127.0.0.1:${own}`, port: own, live, targets, statuses, notes, close }
}
