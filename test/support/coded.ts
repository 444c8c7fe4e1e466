/**
 * For answers with a content coding. Node decodes what it gets, so that each is
 * compared with the bytes of the file and not with what we think that a coder
 * makes of them.
 */
import * as zlib from 'node:zlib'
import { expect } from 'vitest'
import { get, type RawResponse, rawRequest } from './raw-request.ts'
import type { Served } from './serve.ts'

const zstd = zlib as {
  zstdDecompressSync?: (content: Buffer) => Buffer
  zstdCompressSync?: (content: Buffer) => Buffer
}
export const hasZstd = zstd.zstdDecompressSync !== undefined
export const KiB = 1024

/** Text of a length that compresses like text. */
export function text(length: number, seed = 1): string {
  const words: string[] = []
  let state = seed
  for (let size = 0; size < length; ) {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    const word = state.toString(36)
    words.push(word)
    size += word.length + 1
  }
  return words.join(' ').slice(0, length)
}

export function decoded({ body, fields }: RawResponse): Buffer {
  switch (fields['content-encoding']) {
    case 'br':
      return zlib.brotliDecompressSync(body)
    case 'gzip':
      return zlib.gunzipSync(body)
    case 'zstd':
      return zstd.zstdDecompressSync?.(body) ?? Buffer.alloc(0)
    default:
      return body
  }
}

export async function ask(
  { port }: Served,
  target: string,
  coding?: string,
  fields: Record<string, string> = {},
  method = 'GET',
): Promise<RawResponse> {
  const all = coding === undefined ? fields : { 'Accept-Encoding': coding, ...fields }
  const response = await rawRequest(port, get(target, all, method), { head: method === 'HEAD' })
  const vary = response.fields.vary ?? ''
  if (response.fields['content-encoding'] !== undefined) expect(vary).toContain('Accept-Encoding')
  return response
}
