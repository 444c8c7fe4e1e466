/**
 * One place where a computer keeps the authorities that it trusts, as
 * app/trust.ts sees it: the same three questions to a keychain, a store of
 * Windows, a database of a browser, a folder of Linux. And what can be in the
 * way, as data, which trust-words.ts says in the user's words.
 */
import type { X509Certificate } from 'node:crypto'

/** The authority that is to be trusted. */
export interface Anchor {
  readonly certificate: X509Certificate
  /** Its certificate as PEM, which tools read. */
  readonly file: string
  /** A file with a leaf of it (PEM), to be judged by the system. Absent: only whether it is stored can be told. */
  readonly probe?: string
}

export interface TrustPlace {
  readonly kind: 'keychain' | 'windows' | 'nss' | 'system'
  /** Whose store it is. `programs`: all that use the system's list, such as curl. */
  readonly owner: 'system' | 'chromium' | 'firefox' | 'programs'
  /** The snap or flatpak that the browser is from; absent for an ordinary one. */
  readonly bundle?: string
  /** A file, a folder, or the system's name for the store. */
  readonly path: string
}

export type TrustObstacle =
  | { readonly kind: 'no-tool'; readonly tool: string }
  | { readonly kind: 'needs-administrator' }
  /** The user said no in the system's own dialog. */
  | { readonly kind: 'declined' }
  /** The database has a password (Firefox: primary password), which Servebar does not ask for. */
  | { readonly kind: 'locked' }
  | { readonly kind: 'failed'; readonly tool: string; readonly message: string }
  /** The tool reported success, and yet nothing changed. */
  | { readonly kind: 'no-effect' }

/** `stored`: it is there, and nothing says that it is to be trusted. */
export type Standing = 'trusted' | 'stored' | 'absent'

/** All of them reject with a TrustError. */
export interface TrustStore extends TrustPlace {
  look(anchor: Anchor): Promise<Standing>
  install(anchor: Anchor): Promise<void>
  remove(anchor: Anchor): Promise<void>
}

export interface CommandResult {
  /** Null: it was ended by a signal, or by its time limit. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `missing`: there is no such program. */
export type RunCommand = (
  program: string,
  args: readonly string[],
  timeLimit: number,
) => Promise<CommandResult | 'missing'>

export interface TrustContext {
  readonly os: 'darwin' | 'win32' | 'linux'
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly isAdministrator: boolean
  /** The user may be asked for an administrator's password in a dialog of the system. */
  readonly mayElevate: boolean
  readonly run: RunCommand
  /** Where the file system begins; elsewhere in tests. */
  readonly root: string
}

export class TrustError extends Error {
  readonly obstacle: TrustObstacle
  constructor(obstacle: TrustObstacle) {
    super(obstacle.kind)
    this.name = 'TrustError'
    this.obstacle = obstacle
  }
}
