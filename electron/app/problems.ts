/**
 * Any error -> a Problem in the user's words. The only file of the app with
 * error words, in the order of the design's table. Pure: what a sentence needs
 * (who holds the port, which port is free) is looked up by the caller and
 * handed in. Light on purpose, because the terminal uses it too.
 */
import type { HostInfo, Problem, ProblemType, Remedy } from '../contract.ts'
import type { Words } from './certificates/words.ts'

/** What the caller knows about the thing that failed; everything is optional. */
export interface ProblemContext {
  readonly os?: HostInfo['os']
  readonly port?: number
  /** Bind address, when it was chosen by hand. */
  readonly host?: string
  /** The program, or the site, that holds the port. */
  readonly portOwner?: string | null
  /** A port that is free and belongs to no site. */
  readonly freePort?: number | null
  /** The host can open the system's privacy settings. */
  readonly canAllowAccess?: boolean
}

/** Thrown by a command's handler to answer with exactly this problem. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

function problem(type: ProblemType, title: string, more: Partial<Problem> = {}): Problem {
  return { type, title, remedies: [], ...more }
}

const locate: Remedy = { action: 'locate', label: 'Locate…' }
const remove: Remedy = { action: 'remove', label: 'Remove' }
const tryAgain: Remedy = { action: 'try-again', label: 'Try again' }

function freePortRemedies({ freePort }: ProblemContext): readonly Remedy[] {
  return freePort ? [{ action: 'use-port', label: `Use port ${freePort}`, port: freePort }] : []
}

function portInUse(context: ProblemContext): Problem {
  const { port, portOwner } = context
  return problem('port-in-use', `Port ${port ?? ''} is in use by ${portOwner ?? 'another app'}`, {
    remedies: [...freePortRemedies(context), { action: 'try-again', label: `Try ${port ?? ''} again` }],
  })
}

function portForbidden(context: ProblemContext): Problem {
  const { port } = context
  // Windows keeps ranges of high ports for itself and answers EACCES there too.
  const title =
    port !== undefined && port >= 1024
      ? `Port ${port} is kept by the system`
      : `Port ${port ?? ''} needs an administrator`
  return problem('port-forbidden', title, { remedies: freePortRemedies(context) })
}

function addressUnavailable({ host }: ProblemContext): Problem {
  return problem('address-unavailable', `${host ?? 'That'} is not an address of this computer`)
}

function folderMissing(): Problem {
  return problem('folder-missing', 'The folder was moved or deleted', { remedies: [locate, remove] })
}

function notAFolder(): Problem {
  return problem('not-a-folder', 'There is a file in the place of the folder', { remedies: [locate, remove] })
}

function folderUnreadable({ os, canAllowAccess }: ProblemContext): Problem {
  const allow: Remedy = { action: 'allow-access', label: 'Allow Access…' }
  return problem(
    'folder-unreadable',
    os === 'darwin' ? 'macOS does not let Servebar read it' : 'Servebar is not allowed to read it',
    { remedies: os === 'darwin' && canAllowAccess ? [allow] : [tryAgain, locate] },
  )
}

function tooManyFiles(): Problem {
  return problem('internal', 'Too many files are open on this computer', { remedies: [tryAgain] })
}

/** By error code: what it means when a port is opened, and when a folder is. The same code may mean neither. */
const listenProblems = new Map<unknown, (context: ProblemContext) => Problem>([
  ['EADDRINUSE', portInUse],
  ['EACCES', portForbidden],
  ['EPERM', portForbidden],
  ['EADDRNOTAVAIL', addressUnavailable],
  ['EAFNOSUPPORT', addressUnavailable],
  ['EINVAL', addressUnavailable],
  ['ENOTFOUND', addressUnavailable],
  ['ERR_SOCKET_BAD_PORT', () => badInput('port')],
  ['EMFILE', tooManyFiles],
  ['ENFILE', tooManyFiles],
])
const folderProblems = new Map<unknown, (context: ProblemContext) => Problem>([
  ['ENOENT', folderMissing],
  ['ENOTDIR', notAFolder],
  ['EACCES', folderUnreadable],
  ['EPERM', folderUnreadable],
  ['EMFILE', tooManyFiles],
  ['ENFILE', tooManyFiles],
])

/** The error came from opening a port, not from a folder. */
export function isListenError(error: unknown): boolean {
  const { code, syscall } = systemError(error)
  return (
    ['listen', 'bind', 'getaddrinfo'].includes(String(syscall)) ||
    ['EADDRINUSE', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ERR_SOCKET_BAD_PORT'].includes(String(code))
  )
}

/** What came of opening a port. */
export function listenProblem(error: unknown, context: ProblemContext = {}): Problem {
  return listenProblems.get(systemError(error).code)?.(context) ?? internalProblem(error)
}

/** What came of looking into a folder that is served, or shall be. */
export function folderProblem(error: unknown, context: ProblemContext = {}): Problem {
  return folderProblems.get(systemError(error).code)?.(context) ?? internalProblem(error)
}

interface SystemError {
  readonly code?: unknown
  readonly syscall?: unknown
  readonly path?: unknown
}

/** Fields of a Node system error, whatever was thrown. */
export function systemError(error: unknown): SystemError {
  return typeof error === 'object' && error !== null ? error : {}
}

/** Anything else: a bug, or something that only the system can explain. */
export function internalProblem(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error)
  return problem('internal', 'Servebar could not do that', message ? { detail: message.slice(0, 300) } : {})
}

// ---- Certificates: words.ts says what happened to them ----

/** A site by HTTPS that cannot have a certificate. */
export function certificateProblem(words: Words): Problem {
  return problem('certificate', words.heading, { detail: words.detail, remedies: [tryAgain] })
}

/** Something happened to a certificate, and sites go on. */
export function certificateNotice(words: Words): Problem {
  return problem('certificate', words.heading, { detail: words.detail })
}

// ---- Input that is refused: shown beside its field ----

const badPort = 'Use a number from 1 to 65535'
const badFolder = 'Use the full path of a folder'
const fieldTitles = new Map([
  ['port', badPort],
  ['defaultPort', badPort],
  ['name', 'Use a name of 1 to 100 characters'],
  ['folder', badFolder],
  ['folders', badFolder],
  ['path', badFolder],
  ['target', 'Use an address on this site that starts with /'],
  ['text', 'This is too long to copy'],
  ['certificate', 'Choose a certificate and its key'],
  ['certFile', 'Use the full path of the certificate'],
  ['keyFile', 'Use the full path of the key'],
  ['fields', 'These headers cannot be sent'],
  ['cache', 'Use a number of seconds up to a year'],
  ['user', 'Use a name of 1 to 100 characters without a colon'],
  ['password', 'Use a password of 1 to 1000 characters'],
  ['address', 'Use an IP address, such as 192.168.1.42'],
])

export function badInput(field?: string, detail?: string): Problem {
  const title = (field !== undefined && fieldTitles.get(field)) || 'Servebar does not know this request'
  return problem('bad-input', title, {
    ...(field === undefined ? {} : { field }),
    ...(detail === undefined ? {} : { detail }),
  })
}

/** A path that was given (typed, dropped, an argument) and cannot be used. */
export function badPath(error: unknown, field: string, label: string, context: ProblemContext = {}): Problem {
  const { type, title, ...rest } = folderProblem(error, context)
  const missing = type === 'folder-missing' || type === 'not-a-folder'
  return { ...rest, type, title: missing ? `No folder at ${label}` : title, field, remedies: [] }
}

export function alreadyServed(name: string): Problem {
  return problem('bad-input', `This folder is already in the list as ${name}`, { field: 'folder' })
}

export function loginItemRefused(error: unknown): Problem {
  return { ...internalProblem(error), title: 'Start at login could not be changed', field: 'startAtLogin' }
}

// ---- Things that are not there ----

/** A request that was sent again. */
export function noAnswer(error: unknown): Problem {
  return problem('internal', 'The site did not answer', { detail: String(systemError(error).code ?? error) })
}

export const unknownCommand = problem('bad-input', 'Servebar does not know this request')
export const siteNotFound = problem('not-found', 'This site is no longer in the list')
export const entryNotFound = problem('not-found', 'No longer kept')
export const nothingToRestore = problem('not-found', 'There is nothing to bring back')
export const notReplayable = problem('unsupported', 'Only GET and HEAD requests can be sent again')
export const notRunning = problem('not-found', 'This site is stopped')
export const noFreePort = problem('not-found', 'No free port was found')
export const currentFolderGone = problem('folder-missing', 'The current folder was deleted')
export const unsupported = problem('unsupported', 'This is not possible here')
export const notThePanel = problem('unsupported', 'Only the panel may ask this of Servebar')
export const quitting = problem('disconnected', 'Servebar is quitting')

// ---- The settings file ----

/** `kept`: the name under which the old file was kept. */
export function settingsBroken(kept: string, partly: boolean): Problem {
  return problem('settings-broken', `${partly ? 'Some' : 'The'} settings could not be read`, {
    detail: `The old file was kept as ${kept}.`,
  })
}

export function settingsNewer(kept: string): Problem {
  return problem('settings-broken', 'The settings are from a newer Servebar', {
    detail: `That file was kept as ${kept}. What this version knows was taken over.`,
  })
}

/** Neither read nor replaced: what is in the file stays, what changes is lost. */
export function settingsUnreadable(file: string): Problem {
  return problem('settings-broken', 'The settings could not be read', {
    detail: `Servebar cannot read ${file}, so changes last until you quit.`,
  })
}

export function settingsUnwritable(error: unknown, file: string): Problem {
  const { code } = systemError(error)
  const why =
    code === 'ENOSPC' || code === 'EDQUOT' ? 'The disk is full.' : `Servebar cannot write to ${file}.`
  return problem('settings-unwritable', 'The settings could not be saved', {
    detail: `${why} Changes last until you quit.`,
  })
}
