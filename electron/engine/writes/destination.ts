/**
 * Where something is to be written: whether its names can be given, what stands
 * there already, and what to use instead. All of it is asked before the content
 * is read, so that nobody sends gigabytes to hear no.
 */
import * as fs from 'node:fs'
import { evaluatePreconditions, type PreconditionFields, validatorsOf } from '../conditional.ts'
import type { Site } from '../request.ts'
import { isRuleFile } from '../rules/rule-names.ts'
import { isHidden } from '../target.ts'
import { findNamesake } from './namesakes.ts'
import { type Folder, openDeepest } from './open-folder.ts'
import { kindOf } from './put-in-place.ts'
import { faultOf, numbered, safeName } from './safe-names.ts'
import { WriteProblem } from './write-problem.ts'

export interface Destination {
  /** The last folder on the way that exists. Whoever begins an upload with it closes it. */
  readonly folder: Folder
  /** Names from the root to it. */
  readonly folderNames: readonly string[]
}

export interface DestinationRules {
  /** A file of this name may go. */
  readonly replace: boolean
  /** Fields of the request: If-Match and its like. */
  readonly preconditions: PreconditionFields
}

/** Throws where the file cannot be made, and says what could be. */
export async function findDestination(
  site: Site,
  names: readonly string[],
  rules: DestinationRules,
): Promise<Destination> {
  checkPrivate(site, names)
  const { folder, depth } = await openDeepest(site, names.slice(0, -1))
  try {
    const missing = names.slice(depth)
    checkNames(names, depth)
    const [first = ''] = missing
    if (missing.length > 1) await checkNewFolder(folder, names, depth, first)
    else await checkFile(folder, names, rules)
    return { folder, folderNames: names.slice(0, depth) }
  } catch (error) {
    folder.close()
    throw error
  }
}

/** Throws for what no request may name. */
export function checkPrivate({ live, platform, rules }: Site, names: readonly string[]): void {
  // Who may add files may not say what becomes of everybody's requests.
  if (rules !== null && isRuleFile(names.join('/'), platform)) throw new WriteProblem('rules')
  if (!live.dotfiles && names.some(name => isHidden(name, platform))) throw new WriteProblem('hidden')
}

/** Those from `depth` on are new. */
export function checkNames(names: readonly string[], depth: number): void {
  const fresh = names.slice(depth)
  for (const name of fresh) {
    const fault = faultOf(name)
    if (fault === null) continue
    const instead = [...names.slice(0, depth), ...fresh.map(safeName)]
    throw new WriteProblem('bad-name', { detail: `“${shown(name)}” ${fault}.`, instead })
  }
}

async function checkNewFolder(
  folder: Folder,
  names: readonly string[],
  depth: number,
  name: string,
): Promise<void> {
  const namesake = await findNamesake(folder.path, name)
  if (namesake === null) return
  throw new WriteProblem('other-case', {
    detail: `There is a folder “${shown(namesake)}”.`,
    instead: [...names.slice(0, depth), namesake, ...names.slice(depth + 1)],
  })
}

async function checkFile(folder: Folder, names: readonly string[], rules: DestinationRules): Promise<void> {
  const name = names.at(-1) ?? ''
  const path = folder.entry(name)
  const kind = await kindOf(path)
  const onlyNew = kind !== 'nothing' && rules.preconditions['if-none-match'] === '*'
  if (!onlyNew) await checkPreconditions(kind === 'nothing' ? null : path, rules.preconditions)
  const above = names.slice(0, -1)
  if (kind === 'nothing') {
    const namesake = await findNamesake(folder.path, name)
    if (namesake === null) return
    throw new WriteProblem('exists', {
      detail: `“${shown(namesake)}” differs only in case or accents.`,
      instead: [...above, await freeName(folder, name)],
      existing: [...above, namesake],
    })
  }
  if (kind === 'file' && rules.replace && !onlyNew) return
  throw new WriteProblem(kind === 'folder' ? 'is-folder' : 'exists', {
    // RFC 9110 §13.1.2
    ...(onlyNew && { status: 412 }),
    instead: [...above, await freeName(folder, name)],
    ...(kind === 'file' && { existing: names }),
  })
}

/** Those of a request that changes something (RFC 9110 §13.1). `path`: of the file, or null where there is none. */
export async function checkPreconditions(path: string | null, fields: PreconditionFields): Promise<void> {
  const { 'if-modified-since': _ignored, ...rest } = fields
  if (path === null) {
    if (rest['if-match'] !== undefined)
      throw new WriteProblem('changed', { detail: 'There is no such file.' })
    return
  }
  const stats = await fs.promises.lstat(path, { bigint: true })
  if (evaluatePreconditions(rest, validatorsOf(stats, true)) !== 'proceed') {
    throw new WriteProblem('changed')
  }
}

/** `name` with a number, so that nothing has it yet. */
export async function freeName(folder: Folder, name: string): Promise<string> {
  for (let number = 2; number < 1_000; number++) {
    const candidate = numbered(name, number)
    if ((await kindOf(folder.entry(candidate))) === 'nothing') return candidate
  }
  return numbered(name, Date.now())
}

const LONGEST = 80

/** As it can stand in a text. */
const shown = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name)
