/**
 * Everything that changes what is served: which requests may, and what becomes
 * of them. One for each running server, as its token and its uploads are. A site
 * on which the owner allows nothing of it answers as if this did not exist.
 */
import type { Incoming } from '../incoming.ts'
import type { Request, Site, SiteWrites } from '../request.ts'
import { createResponse, type Response } from '../response.ts'
import type { Target } from '../target.ts'
import { checkPrivate } from './destination.ts'
import { storeForm } from './form.ts'
import { failuresPage, problemPage } from './form-page.ts'
import { move, remove, type Trash } from './manage.ts'
import { checkOrigin, checkToken, createToken } from './same-origin.ts'
import {
  handleUpload,
  parseUploadAddress,
  putFile,
  type UploadAddress,
  uploadFields,
} from './upload-requests.ts'
import { Uploads } from './uploads.ts'
import { addressOf, createProblemResponse, problemFor, WriteProblem } from './write-problem.ts'

type Live = Pick<Site['live'], 'uploads' | 'manage'>

/** PATCH, and HEAD, only for an upload's own address; so is DELETE, where nothing else can be deleted. */
const METHODS = new Set(['PUT', 'POST', 'PATCH', 'DELETE', 'MOVE'])
const WITH_CONTENT = new Set(['PUT', 'POST', 'PATCH'])

export class Writes implements SiteWrites {
  #token: string | undefined
  readonly #uploads = new Uploads()
  readonly #trash: Trash | null

  constructor(trash: Trash | null) {
    this.#trash = trash
  }

  /** Made when it is first needed: most sites are read only, and node:crypto takes a start milliseconds. */
  get token(): string {
    this.#token ??= createToken()
    return this.#token
  }

  get hasTrash(): boolean {
    return this.#trash !== null
  }

  takesContent(method: string, live: Live): boolean {
    return live.uploads !== null && WITH_CONTENT.has(method)
  }

  methods({ uploads, manage }: Live): readonly string[] {
    return [...(uploads === null ? [] : ['PUT', 'POST']), ...(manage ? ['DELETE', 'MOVE'] : [])]
  }

  optionFields(site: Site): readonly string[] {
    return site.live.uploads === null ? [] : uploadFields(site)
  }

  async respond(request: Request, target: Target, site: Site): Promise<Response | null> {
    const { uploads, manage } = site.live
    if (uploads === null && !manage) return null
    const upload = uploads === null ? null : parseUploadAddress(target)
    if (!METHODS.has(request.method) && !(request.method === 'HEAD' && upload !== null)) return null
    try {
      return await this.#change(request, target, upload, site)
    } catch (error) {
      const problem = problemFor(error)
      return request.method === 'POST' ? problemPage(problem) : createProblemResponse(problem)
    }
  }

  async start(site: Site): Promise<void> {
    await this.#uploads.lookForOld(site)
  }

  async close(site: Site): Promise<void> {
    await this.#uploads.tidy(site)
  }

  async #change(
    request: Request,
    target: Target,
    upload: UploadAddress | null,
    site: Site,
  ): Promise<Response | null> {
    const { method, content = null } = request
    const asked = { method, fields: request.fields, authority: target.authority ?? request.hosts[0] ?? null }
    checkOrigin(asked)
    // A form has its token inside.
    if (method !== 'HEAD' && method !== 'POST') checkToken(asked, this.token)
    if (upload !== null) return await handleUpload(request, content, upload, site, this.#uploads)
    if (target.reserved) throw new WriteProblem('hidden')
    if (site.live.manage && method === 'DELETE') return await remove(request, target, site, this.#trash)
    if (site.live.manage && method === 'MOVE') return await move(request, target, site, asked.authority)
    if (content === null) return null
    void this.#uploads.lookForOld(site)
    if (method === 'PUT') return await putFile(request, content, target, site, this.#uploads)
    if (method === 'POST') {
      return await this.#takeForm(request, content, target, site, token =>
        checkToken(asked, this.token, token),
      )
    }
    return null
  }

  async #takeForm(
    request: Request,
    content: Incoming,
    target: Target,
    site: Site,
    check: (token: string | undefined) => void,
  ): Promise<Response> {
    if (target.bytes !== null) throw new WriteProblem('bad-name')
    const folder = target.path === '' ? [] : target.path.split('/')
    checkPrivate(site, folder)
    const outcome = await storeForm(request, content, folder, site, this.#uploads, check)
    if (outcome.failed.length > 0) return failuresPage(outcome)
    const location = folder.length === 0 ? '/' : `${addressOf(folder)}/`
    return createResponse(
      303,
      ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-store'],
      null,
    )
  }
}
