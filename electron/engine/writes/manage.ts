/**
 * Deleting and renaming.
 *
 * `DELETE /path` removes a file, or a folder with all that is in it: to the Trash
 * where the host has one, else for good. `MOVE /path` with `Destination: /other`
 * (RFC 4918 §9.9) gives it another name or place inside the root; it never
 * replaces anything.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import type { Request, Site } from '../request.ts'
import { createResponse, type Response } from '../response.ts'
import { parseTarget, type Target } from '../target.ts'
import { checkNames, checkPreconditions, checkPrivate } from './destination.ts'
import { removeFolder } from './half-uploads.ts'
import { findNamesake } from './namesakes.ts'
import { type Folder, openDeepest } from './open-folder.ts'
import { kindOf, renameExclusively, renameInTurn } from './put-in-place.ts'
import { isSameHost } from './same-origin.ts'
import { addressOf, createJsonResponse, WriteProblem } from './write-problem.ts'

/** Moves a file or folder, by its absolute path, to where its owner finds it again. Rejects when it could not. */
export type Trash = (path: string) => Promise<void>

export async function remove(
  request: Request,
  target: Target,
  site: Site,
  trash: Trash | null,
): Promise<Response> {
  const names = namesOf(target, site)
  const folder = await openAbove(site, names)
  try {
    const name = names.at(-1) ?? ''
    const path = folder.entry(name)
    const kind = await kindOf(path)
    if (kind === 'nothing') throw new WriteProblem('not-found')
    await checkPreconditions(path, request.fields)
    await folder.check()
    if (trash !== null) {
      const real = join(await folder.realPath(), name)
      await trash(real).catch(error => {
        // Never for good instead: that is not what was asked for.
        throw new WriteProblem('trash', { cause: (error as NodeJS.ErrnoException).code ?? 'UNKNOWN' })
      })
    } else if (kind === 'folder') await removeFolder(site, folder, names)
    else await fs.promises.unlink(path)
    return createResponse(204, [], null)
  } finally {
    folder.close()
  }
}

export async function move(
  request: Request,
  target: Target,
  site: Site,
  authority: string | null,
): Promise<Response> {
  const from = namesOf(target, site)
  const to = destinationOf(request, site, authority)
  const source = await openAbove(site, from)
  let goal: Folder | null = null
  try {
    const [oldName, newName] = [from.at(-1) ?? '', to.at(-1) ?? '']
    const oldPath = source.entry(oldName)
    const kind = await kindOf(oldPath)
    if (kind === 'nothing') throw new WriteProblem('not-found')
    await checkPreconditions(oldPath, request.fields)
    checkNames(to, to.length - 1)
    goal = await openAbove(site, to)
    const newPath = goal.entry(newName)
    if (!(await isSame(oldPath, newPath))) {
      const namesake = await findNamesake(goal.path, newName)
      const isItself = namesake !== null && (await isSame(oldPath, goal.entry(namesake)))
      if (namesake !== null && !isItself) {
        throw new WriteProblem('exists', { detail: `“${namesake}” differs only in case or accents.` })
      }
      await Promise.all([source.check(), goal.check()])
      if (kind === 'folder') await renameInTurn(oldPath, newPath)
      else await renameExclusively(oldPath, newPath)
    } else if (oldName !== newName) await fs.promises.rename(oldPath, newPath)
    const address = addressOf(to)
    return createJsonResponse(201, JSON.stringify({ path: address }), ['Location', address])
  } catch (error) {
    // Into itself.
    if ((error as NodeJS.ErrnoException).code === 'EINVAL') throw new WriteProblem('is-folder')
    throw error
  } finally {
    source.close()
    goal?.close()
  }
}

/** One and the same, also by another spelling of its name. A second link to a file is another file here. */
async function isSame(a: string, b: string): Promise<boolean> {
  try {
    const [one, other] = await Promise.all([a, b].map(path => fs.promises.lstat(path, { bigint: true })))
    if (one === undefined || one.ino !== other?.ino || one.dev !== other.dev) return false
    return one.isDirectory() || one.nlink === 1n
  } catch {
    return false
  }
}

function namesOf(target: Target, site: Site): readonly string[] {
  if (target.path === '') throw new WriteProblem('bad-request', { detail: 'The shared folder itself stays.' })
  if (target.bytes !== null) throw new WriteProblem('bad-name', { detail: 'Its name is not UTF-8.' })
  const names = target.path.split('/')
  checkPrivate(site, names)
  return names
}

/** RFC 4918 §10.3: on this very server. */
function destinationOf({ fields }: Request, site: Site, authority: string | null): readonly string[] {
  const { destination } = fields
  if (typeof destination !== 'string')
    throw new WriteProblem('bad-request', { detail: 'Destination is missing.' })
  const absolute = /^https?:\/\/[^/]*/i.exec(destination)?.[0]
  if (absolute !== undefined && !isSameHost(absolute, authority)) throw new WriteProblem('outside')
  const parsed = parseTarget(destination.slice(absolute?.length ?? 0) || '/', site.platform)
  if (parsed.kind !== 'path' || parsed.query !== '') throw new WriteProblem('bad-request')
  if (parsed.reserved) throw new WriteProblem('hidden')
  return namesOf(parsed, site)
}

/** The folder that holds what these names lead to. */
async function openAbove(site: Site, names: readonly string[]): Promise<Folder> {
  const { folder, depth } = await openDeepest(site, names.slice(0, -1))
  if (depth === names.length - 1) return folder
  folder.close()
  throw new WriteProblem('not-found')
}
