/**
 * Requests that change something, with how far their content has got: what fetch
 * cannot tell. A page that is older than its server gets the new token and tries
 * once more.
 */
import { access, fetchPage } from './access.ts'

/** As write-problem.ts writes it. */
export interface Problem {
  readonly status: number
  readonly title: string
  readonly code: string
  readonly detail?: string
  /** A path that could be used instead, as it stands in a URL. */
  readonly suggestion?: string
  /** The path of what is there already. */
  readonly existing?: string
}

/** The server has answered, and the answer is no. */
export class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.title)
    this.problem = problem
  }

  get sentence(): string {
    const { title, detail } = this.problem
    return detail ? `${title}. ${detail}` : `${title}.`
  }
}

/** There was no answer. */
export class Lost extends Error {}

export interface Sending {
  readonly fields?: Readonly<Record<string, string>>
  readonly content?: Blob | null
  readonly signal?: AbortSignal
  /** Bytes of the content that are on their way. */
  readonly onProgress?: (sent: number) => void
}

/** Resolves for a status of success; rejects with Refused or Lost. */
export async function send(method: string, path: string, sending: Sending = {}): Promise<XMLHttpRequest> {
  try {
    return await sendOnce(method, path, sending)
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.code !== 'token') throw error
    const before = access()?.token
    await fetchPage().catch(() => {
      throw new Lost()
    })
    if (access()?.token === before) throw error
    return await sendOnce(method, path, sending)
  }
}

function sendOnce(
  method: string,
  path: string,
  { fields, content, signal, onProgress }: Sending,
): Promise<XMLHttpRequest> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(method, path)
    request.setRequestHeader('Servebar-Token', access()?.token ?? '')
    for (const [name, value] of Object.entries(fields ?? {})) request.setRequestHeader(name, value)
    const abort = (): void => request.abort()
    const end = (act: () => void) => (): void => {
      signal?.removeEventListener('abort', abort)
      act()
    }
    if (onProgress) request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = end(() => {
      if (request.status >= 200 && request.status < 300) resolve(request)
      else reject(new Refused(problemOf(request)))
    })
    request.onerror = end(() => reject(new Lost()))
    request.onabort = end(() => reject(new Lost()))
    if (signal?.aborted) return reject(new Lost())
    signal?.addEventListener('abort', abort)
    request.send(content ?? null)
  })
}

function problemOf(request: XMLHttpRequest): Problem {
  try {
    const problem = JSON.parse(request.responseText) as Partial<Problem>
    if (typeof problem.code === 'string' && typeof problem.title === 'string') return problem as Problem
  } catch {
    // Something between here and the server says it in other words.
  }
  const { status } = request
  const title =
    status === 401 ? 'The password is asked for again; load the page' : `The server answered ${status}`
  return { status, title, code: status >= 500 ? 'busy' : 'other' }
}
