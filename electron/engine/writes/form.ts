/**
 * Uploads by a form (multipart/form-data, RFC 7578), for browsers that run no
 * script here: each file is stored in the folder that the form is sent to, and
 * then the folder is shown again. A form cannot ask back, so a name that is taken
 * or cannot be used becomes the nearest one that can. The parser is busboy.
 */
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { Busboy } from '@fastify/busboy'
import { type Incoming, IncomingError } from '../incoming.ts'
import type { Request, Site } from '../request.ts'
import { type Destination, findDestination } from './destination.ts'
import { safeName } from './safe-names.ts'
import type { Source, Uploads } from './uploads.ts'
import { problemFor, WriteProblem, type WriteProblemCode } from './write-problem.ts'

/** Names of its fields. */
export const FORM_TOKEN = 'token'
export const FORM_FILES = 'files'

/** What became of the files of a form. */
export interface FormOutcome {
  readonly added: number
  /** Those that were not, and why. */
  readonly failed: readonly { readonly name: string; readonly problem: WriteProblem }[]
}

/** What goes for one file goes for all. */
const FOR_ALL: ReadonlySet<WriteProblemCode> = new Set([
  ...(['token', 'foreign', 'switched-off', 'hidden', 'outside'] as const),
  ...(['not-writable', 'not-a-folder', 'no-space'] as const),
])

/** `check` throws when the token is not right; it stands before the files, or nothing is stored. */
export async function storeForm(
  { fields }: Request,
  content: Incoming,
  folder: readonly string[],
  site: Site,
  uploads: Uploads,
  check: (token: string | undefined) => void,
): Promise<FormOutcome> {
  const type = fields['content-type']
  if (type === undefined || !/^multipart\/form-data\s*;/i.test(type)) throw new WriteProblem('bad-request')
  let token: string | undefined
  let added = 0
  const failed: { name: string; problem: WriteProblem }[] = []
  let stopped: WriteProblem | null = null
  const storeOne = async (name: string, part: Part): Promise<void> => {
    try {
      if (stopped !== null) return
      check(token)
      await store(name, folder, site, uploads, part)
      added++
    } catch (error) {
      const problem = problemFor(error)
      if (FOR_ALL.has(problem.code)) stopped = problem
      else failed.push({ name, problem })
    } finally {
      part.dropRest()
    }
  }

  const parser = createParser({ ...fields, 'content-type': type })
  const parts: Part[] = []
  const stored: Promise<void>[] = []
  parser.on('field', (name, value) => {
    if (name === FORM_TOKEN) token = value
  })
  parser.on('file', (_field, stream, fileName) => {
    // A form without a chosen file sends one without a name.
    if (!fileName) return void stream.resume()
    const part = new Part(stream)
    parts.push(part)
    stored.push(storeOne(fileName, part))
  })
  const finished = once(parser, 'finish')
  finished.catch(() => {})
  try {
    for (let chunk = await content.read(); chunk !== null; chunk = await content.read()) {
      if (!parser.write(chunk)) await Promise.race([once(parser, 'drain'), finished])
    }
    parser.end()
    await finished
  } catch (error) {
    for (const part of parts) part.fail()
    await Promise.all(stored)
    throw error instanceof IncomingError ? error : new WriteProblem('bad-request')
  }
  await Promise.all(stored)
  if (stopped !== null) throw stopped
  return { added, failed }
}

function createParser(headers: Request['fields'] & { 'content-type': string }) {
  try {
    return new Busboy({ headers, limits: { fields: 8, fieldSize: 1_024, files: 10_000, headerPairs: 32 } })
  } catch {
    // It names no boundary.
    throw new WriteProblem('bad-request')
  }
}

async function store(
  name: string,
  folder: readonly string[],
  site: Site,
  uploads: Uploads,
  source: Source,
): Promise<void> {
  const { target, destination } = await findFree(site, [...folder, safeName(name)])
  await uploads.store(site, destination, { target, length: null, modified: null, replace: false }, source)
}

/** This name, or one with a number. */
async function findFree(
  site: Site,
  target: readonly string[],
): Promise<{ target: readonly string[]; destination: Destination }> {
  try {
    const destination = await findDestination(site, target, { replace: false, preconditions: {} })
    return { target, destination }
  } catch (error) {
    const { code, options } = problemFor(error)
    if ((code !== 'exists' && code !== 'is-folder') || options.instead === undefined) throw error
    const destination = await findDestination(site, options.instead, { replace: false, preconditions: {} })
    return { target: options.instead, destination }
  }
}

/** A file of the form, read as the content of a request is. */
class Part implements Source {
  readonly #stream: Readable
  #ended = false
  #failed = false
  #wake: (() => void) | null = null
  readonly #look = (): void => this.#wake?.()

  constructor(stream: Readable) {
    this.#stream = stream
    stream.on('readable', this.#look)
    stream.once('end', () => {
      this.#ended = true
      this.#look()
    })
    stream.on('error', () => this.fail())
  }

  async read(): Promise<Buffer | null> {
    for (;;) {
      if (this.#failed) throw new IncomingError('gone')
      const chunk: Buffer | null = this.#stream.read()
      if (chunk !== null || this.#ended) return chunk
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  fail(): void {
    this.#failed = true
    this.#look()
  }

  /** The parser goes on when all of a part has been read. */
  dropRest(): void {
    this.#stream.off('readable', this.#look)
    this.#stream.resume()
  }
}
