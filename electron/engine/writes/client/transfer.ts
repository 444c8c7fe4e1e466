/**
 * One file on its way. What is small goes in one request; what is large can be
 * gone on with where it broke off, also after the page was closed, if the same
 * file is chosen again within a day. Goes on by itself when a connection is lost,
 * asks when a name is taken, and says why when it has to give up.
 */
import { access, fetchPage } from './access.ts'
import { known, remember } from './resumable.ts'
import { Lost, type Problem, Refused, send } from './send.ts'

export type Phase =
  | 'waiting'
  | 'sending'
  /** It was lost, and is tried again in a moment. */
  | 'retrying'
  | 'paused'
  /** The name is taken: the visitor decides. */
  | 'asking'
  | 'failed'
  | 'done'
  | 'dropped'

/** From here on a second request is worth its time. */
const RESUMABLE = 1024 * 1024
/** Tries without a byte of progress. */
const TRIES = 10
const LONGEST_WAIT = 15_000
/** Names that the server proposes are followed so many times. */
const RENAMES = 4

export class Transfer {
  readonly file: File
  /** Its name, with the folders it was chosen in. */
  readonly name: string
  phase: Phase = 'waiting'
  /** Bytes that are there, as far as one knows. */
  sent = 0
  /** Why it has failed, or what is asked. */
  refused: Refused | null = null
  /** It will have another name than it was chosen with. */
  renamed: string | null = null
  /** As it stands in a URL. */
  #path: string
  #replace = false
  /** Bytes that the server has confirmed: what a browser calls sent may still be lost. */
  #reached = 0
  /** Address of what has begun, where it can be gone on with. */
  #upload: string | null = null
  #stop = new AbortController()
  readonly #changed: () => void

  constructor(file: File, name: string, folder: string, changed: () => void) {
    this.file = file
    this.name = name
    this.#path = folder + name.normalize('NFC').split('/').map(encodeURIComponent).join('/')
    this.#changed = changed
  }

  get isActive(): boolean {
    return this.phase === 'sending' || this.phase === 'retrying'
  }

  get isOver(): boolean {
    return this.phase === 'done' || this.phase === 'dropped'
  }

  /** Ends when there is nothing to do for now. Never rejects. */
  async run(): Promise<void> {
    this.#stop = new AbortController()
    const { signal } = this.#stop
    this.refused = null
    this.#set('sending')
    let renames = 0
    for (let tries = 1; ; tries++) {
      const before = this.#reached
      try {
        await this.#attempt(signal)
        remember(this.#key, null)
        this.sent = this.file.size
        return this.#set('done')
      } catch (error) {
        // Paused, or given up: that has been said already.
        if (signal.aborted) return
        if (this.#reached > before) tries = 1
        if (error instanceof Refused) {
          const { code, suggestion } = error.problem
          if (suggestion && (code === 'bad-name' || code === 'other-case') && renames++ < RENAMES) {
            this.#rename(suggestion)
            continue
          }
          if (!isPassing(error.problem)) return this.#refuse(error)
        }
        if (tries >= TRIES) return this.#refuse(error instanceof Refused ? error : new Refused(LOST))
      }
      if (!(await this.#isReadable())) return this.#refuse(new Refused(UNREADABLE))
      this.#set('retrying')
      await wait(Math.min(LONGEST_WAIT, 500 * 2 ** tries), signal)
      // The server may have started anew; a refusal in the midst of much content does not always get through.
      await fetchPage().catch(() => {})
      if (signal.aborted) return
      this.#set('sending')
    }
  }

  pause(): void {
    if (this.isActive || this.phase === 'waiting') this.#halt('paused')
  }

  /** It is given up, and what is there of it goes. */
  drop(): void {
    const begun = this.#upload
    this.#halt('dropped')
    remember(this.#key, null)
    if (begun !== null) void send('DELETE', begun).catch(() => {})
  }

  /** It waits for its turn again. */
  again(): void {
    if (!this.isActive && !this.isOver) this.#set('waiting')
  }

  /** The answer to the question. */
  replaceExisting(): void {
    this.#replace = true
    // It may differ in case: what is there is meant.
    this.#path = this.refused?.problem.existing ?? this.#path
    this.#upload = null
    this.again()
  }

  keepBoth(): void {
    const { suggestion } = this.refused?.problem ?? {}
    if (suggestion) this.#rename(suggestion)
    this.again()
  }

  get #key(): string {
    return `${this.#path} ${this.file.size} ${this.file.lastModified}`
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { file } = this
    if (file.size < RESUMABLE) {
      this.#progress(0)
      await send('PUT', this.#path, {
        fields: this.#fields(),
        content: file,
        signal,
        onProgress: this.#progressFrom(0),
      })
      return
    }
    this.#upload ??= known(this.#key)
    const there = this.#upload === null ? null : await this.#offset(this.#upload, signal)
    if (there === 'whole') return
    const offset = there ?? 0
    if (there === null) await this.#begin(signal)
    this.#reached = Math.max(this.#reached, offset)
    this.#progress(offset)
    const fields = {
      'Content-Type': 'application/partial-upload',
      'Upload-Offset': String(offset),
      'Upload-Complete': '?1',
    }
    const content = file.slice(offset, file.size, fields['Content-Type'])
    await send('PATCH', this.#upload ?? '', {
      fields,
      content,
      signal,
      onProgress: this.#progressFrom(offset),
    })
  }

  async #begin(signal: AbortSignal): Promise<void> {
    const fields = { ...this.#fields(), 'Upload-Complete': '?0', 'Upload-Length': String(this.file.size) }
    const begun = await send('PUT', this.#path, { fields, signal })
    this.#upload = begun.getResponseHeader('Location')
    remember(this.#key, this.#upload)
  }

  /** How much the server has; null when it knows nothing of it any more. */
  async #offset(upload: string, signal: AbortSignal): Promise<number | 'whole' | null> {
    try {
      const state = await send('HEAD', upload, { signal })
      if (state.getResponseHeader('Upload-Complete') === '?1') return 'whole'
      return Number(state.getResponseHeader('Upload-Offset'))
    } catch (error) {
      if (error instanceof Lost || (error as Refused).problem.status >= 500) throw error
      this.#upload = null
      remember(this.#key, null)
      return null
    }
  }

  #fields(): Record<string, string> {
    const fields: Record<string, string> = { 'Last-Modified': new Date(this.file.lastModified).toUTCString() }
    // Nothing is replaced that nobody was asked about.
    if (!this.#replace) fields['If-None-Match'] = '*'
    return fields
  }

  #progressFrom(offset: number): (sent: number) => void {
    return sent => this.#progress(Math.min(this.file.size, offset + sent))
  }

  #progress(sent: number): void {
    this.sent = sent
    this.#changed()
  }

  #rename(path: string): void {
    remember(this.#key, null)
    this.#path = path
    this.#upload = null
    this.renamed = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  }

  #halt(phase: Phase): void {
    this.#set(phase)
    this.#stop.abort()
  }

  #refuse(refused: Refused): void {
    this.refused = refused
    const { code } = refused.problem
    this.#set(code === 'exists' || code === 'is-folder' ? 'asking' : 'failed')
  }

  #set(phase: Phase): void {
    this.phase = phase
    this.#changed()
  }

  /** A file that was changed or removed on this device cannot be read any more, which looks like a lost connection. */
  async #isReadable(): Promise<boolean> {
    try {
      await this.file.slice(0, 1).arrayBuffer()
      return true
    } catch {
      return false
    }
  }
}

export const canReplace = (transfer: Transfer): boolean =>
  access()?.uploads?.overwrite === true && transfer.refused?.problem.existing !== undefined

/** Another try may bring another answer. */
const isPassing = ({ code, status }: Problem): boolean =>
  code === 'busy' ||
  code === 'offset' ||
  code === 'timeout' ||
  status === 502 ||
  status === 503 ||
  status === 504

const LOST: Problem = { status: 0, code: 'lost', title: 'The connection was lost' }
const UNREADABLE: Problem = {
  status: 0,
  code: 'unreadable',
  title: 'It cannot be read on this device any more',
  detail: 'Choose it again.',
}

function wait(time: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer)
      removeEventListener('online', end)
      resolve()
    }
    const timer = setTimeout(end, time)
    // As soon as there is a network again.
    addEventListener('online', end)
    signal.addEventListener('abort', end)
  })
}
