/**
 * Everything that the main side and the panel say to each other, and nothing
 * else: state goes down as whole snapshots, log entries in batches, commands
 * go up and answer with a Result. No Node, no DOM, no Electron in here, so
 * both sides (and three bridges) can be typed from it.
 */
import type { Exchange, Field, Origin } from './engine/types.ts'

export type { Field, Origin }

// ---- Problems: an error in the user's words (names after RFC 9457) ----

export type ProblemType =
  | 'port-in-use'
  | 'port-forbidden'
  | 'address-unavailable'
  | 'folder-missing'
  | 'folder-unreadable'
  | 'not-a-folder'
  | 'bad-input'
  | 'not-found'
  | 'unsupported'
  | 'settings-broken'
  | 'settings-unwritable'
  | 'disconnected'
  | 'internal'

/** What the user can do about a problem, ready to be drawn as a button. */
export type Remedy =
  | {
      readonly action: 'use-port'
      readonly label: string
      readonly port: number
    }
  | { readonly action: 'try-again'; readonly label: string }
  | { readonly action: 'locate'; readonly label: string }
  | { readonly action: 'remove'; readonly label: string }
  | { readonly action: 'allow-access'; readonly label: string }

export interface Problem {
  readonly type: ProblemType
  /** One short sentence without a full stop: `Port 5173 is in use by node`. */
  readonly title: string
  /** A second sentence that helps, for a tooltip or a second line. */
  readonly detail?: string
  /** The input that was refused, when there is one: shown beside that field. */
  readonly field?: string
  readonly remedies: readonly Remedy[]
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem }

// ---- State: one immutable snapshot ----

export type SiteId = string

/** The options of one site that the owner can change; each applies when changed. */
export interface SiteOptions {
  /** 1 to 65535. The port it is served on, or will be. */
  readonly port: number
  /** Other devices may open it: every interface is bound, not only loopback. */
  readonly share: boolean
  readonly listing: boolean
  readonly dotfiles: boolean
}

export type SiteStatus =
  | { readonly phase: 'stopped' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'stopping' }
  /** `origins`: at least one, the one to show first: loopback before the network, IPv4 before IPv6. */
  | { readonly phase: 'listening'; readonly origins: readonly Origin[] }
  | { readonly phase: 'failed'; readonly problem: Problem }

export interface Site {
  readonly id: SiteId
  readonly name: string
  /** Absolute path. */
  readonly folder: string
  /** The same with the home folder as `~`. */
  readonly folderLabel: string
  readonly options: SiteOptions
  /** The port was chosen by hand: when it is taken the site fails rather than move to another. */
  readonly portChosen: boolean
  readonly status: SiteStatus
}

export type Theme = 'system' | 'light' | 'dark'

export interface AppSettings {
  readonly startAtLogin: boolean
  readonly restoreOnLaunch: boolean
  /** 1 to 65535: the first port that a new site tries. */
  readonly defaultPort: number
  readonly theme: Theme
}

/** What this host can do; the panel hides the controls of what is absent. */
export type Capability =
  | 'choose-folder' // a native folder dialog (`folder.choose`)
  | 'list-folders' // the panel's own chooser (`folder.list`), where there is no dialog
  | 'drop-paths' // a dropped folder's path is known
  | 'open-url'
  | 'reveal-folder'
  | 'clipboard'
  | 'start-at-login'
  | 'allow-access' // opens the system's privacy settings
  | 'close-panel'
  | 'resize-panel' // the window follows the height of its content
  | 'quit'

export interface HostInfo {
  /** `menubar`: a frameless panel under the icon. `window`: an ordinary window. `browser`: a page in a browser. */
  readonly kind: 'menubar' | 'window' | 'browser'
  readonly os: 'darwin' | 'win32' | 'linux'
  readonly version: string
  readonly capabilities: readonly Capability[]
}

export interface AppState {
  /** Rises by one with every change. */
  readonly revision: number
  /** Newest first. */
  readonly sites: readonly Site[]
  readonly settings: AppSettings
  readonly host: HostInfo
  /** Something about the app itself that the user should know (a settings file that was broken), or null. */
  readonly notice: Problem | null
}

// ---- The request log ----

/** One line of the log. What is only seen in an opened row is asked for with `log.read`. */
export interface LogEntry
  extends Pick<
    Exchange,
    | 'time'
    | 'method'
    | 'target' // cut after some 2000 characters; LogDetail has the whole
    | 'status'
    | 'bytesSent'
    | 'duration'
    | 'clientAddress'
    | 'clientIsLocal'
  > {
  /** Rises by one per site, from 1; never used twice while the app runs. */
  readonly id: number
}

/** The rest of an exchange, and its whole target. */
export type LogDetail = Pick<
  Exchange,
  | 'target'
  | 'requestFields'
  | 'responseFields'
  | 'file'
  | 'fileSize'
  | 'contentCoding'
  | 'aborted'
  | 'cause'
  | 'note'
>

/** Counted over every request since launch or Clear Log, also those that the ring buffer has dropped. */
export interface LogTotals {
  readonly requests: number
  /** Status 400 and above. */
  readonly errors: number
  readonly bytesSent: number
}

export interface LogBatch {
  readonly site: SiteId
  /** The entries replace all that the panel holds of this site (first batch, Clear Log, Undo). */
  readonly reset: boolean
  /** Oldest first. In a flood only the newest of an interval, and the others later; the totals always count all. */
  readonly entries: readonly LogEntry[]
  readonly totals: LogTotals
}

/** How many entries a site's ring buffer keeps, and so how many the panel needs to hold. */
export const LOG_CAPACITY = 10_000

// ---- Commands ----

/** A folder of the panel's own chooser. */
export interface FolderListing {
  /** Absolute path. */
  readonly path: string
  /** The same with the home folder as `~`, ending in a separator. */
  readonly label: string
  /** Absolute path of the folder above, or null at the top. */
  readonly parent: string | null
  readonly folders: readonly {
    readonly name: string
    readonly path: string
    /** It has an index.html. */
    readonly hasIndex: boolean
  }[]
  /** `path` itself has an index.html. */
  readonly hasIndex: boolean
}

type Nothing = Readonly<Record<string, never>>

/**
 * A new command is one line here, one schema in app/dispatch.ts and one handler
 * in app/app.ts, or in app/host-commands.ts when only the host can carry it out;
 * forgetting either does not compile.
 */
export interface Commands {
  /**
   * Serves these folders: each becomes a site at the top of the list, on the default port or the next free
   * one, and starts. A file stands for the folder it is in. One already listed starts; no duplicate.
   */
  'site.add': (input: { folders: readonly string[] }) => readonly SiteId[]
  /** Stops it and forgets it; never touches files. */
  'site.remove': (input: { id: SiteId }) => void
  'site.rename': (input: { id: SiteId; name: string }) => void
  'site.start': (input: { id: SiteId }) => void
  'site.stop': (input: { id: SiteId }) => void
  'site.restart': (input: { id: SiteId }) => void
  /** Answers which sites it stopped, so that Undo can start them again. */
  'site.stopAll': (input: Nothing) => readonly SiteId[]
  /** Changes options; a running site moves to a new port or binding at once. `port` counts as chosen by hand. */
  'site.configure': (input: { id: SiteId; options: Partial<SiteOptions> }) => void
  /** The folder moved: serve it from its new place. */
  'site.relocate': (input: { id: SiteId; folder: string }) => void
  /** Opens the site in the default browser. `target`: a request target on it, such as `/about?x=1`. */
  'site.open': (input: { id: SiteId; target?: string | undefined }) => void
  /** Shows the folder in Finder, Explorer or the file manager. */
  'site.reveal': (input: { id: SiteId }) => void
  /** The port that a folder added now would get. */
  'port.next': (input: Nothing) => number
  /** The native folder dialog; empty when cancelled. */
  'folder.choose': (input: Nothing) => readonly string[]
  /** Folders inside a folder, for the panel's own chooser. `~` is the home folder; absent: start there. */
  'folder.list': (input: { path?: string | undefined }) => FolderListing
  'log.read': (input: { site: SiteId; entry: number }) => LogDetail
  'log.clear': (input: { site: SiteId }) => void
  /** Undo of the last `log.clear` of this site. */
  'log.restore': (input: { site: SiteId }) => void
  'settings.change': (input: Partial<AppSettings>) => void
  'notice.dismiss': (input: Nothing) => void
  'clipboard.write': (input: { text: string }) => void
  'access.allow': (input: Nothing) => void
  'panel.close': (input: Nothing) => void
  /** Height in CSS px that the content wants. */
  'panel.resize': (input: { height: number }) => void
  /** Asks first, where the host can, when another device was served in the last minute. */
  'app.quit': (input: Nothing) => void
}

export type CommandName = keyof Commands
export type Input<C extends CommandName> = Parameters<Commands[C]>[0]
export type Output<C extends CommandName> = ReturnType<Commands[C]>

// ---- The bridge ----

export type Message =
  | { readonly type: 'state'; readonly state: AppState }
  | { readonly type: 'log'; readonly batches: readonly LogBatch[] }
  /** A wish of the host, such as showing Settings (tray menu) or a folder that was added from outside. */
  | { readonly type: 'show'; readonly view: PanelView }

/** A place in the panel that the host can ask for. */
export type PanelView =
  | { readonly name: 'list' }
  | { readonly name: 'settings' }
  | { readonly name: 'site'; readonly id: SiteId }

/** The preload script, the WebSocket client and the test double all implement this. */
export interface Bridge {
  /** Never rejects: a lost connection is a Result with problem type `disconnected`. */
  invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>>>
  /** Sends the current state and the log's tail first, then every change. Returns its unsubscribe. */
  subscribe(listener: (message: Message) => void): () => void
}

/** What the preload script puts on `window.servebar`. */
export interface DesktopBridge extends Bridge {
  /** Path of a dropped `File`; null when it has none. */
  pathOf(file: object): string | null
}

// ---- The WebSocket that carries the bridge to a page in a browser: JSON texts ----

export const BRIDGE_PATH = '/bridge'

/** Close code of a wrong token (RFC 6455 §7.4.2 leaves 4000 to 4999 to us): only a new address helps. */
export const CLOSE_REFUSED = 4401

/** From the page: first `hello`, within seconds. `subscribe` starts anew and replaces the subscription before. */
export type PageFrame =
  | { readonly type: 'hello'; readonly token: string }
  | { readonly id: number; readonly command: CommandName; readonly input: unknown }
  | { readonly type: 'subscribe'; readonly stream: number }
  | { readonly type: 'unsubscribe' }

/** To the page: `welcome` answers `hello`; `id` and `stream` are the page's own numbers. */
export type PanelFrame =
  | { readonly type: 'welcome' }
  | { readonly id: number; readonly result: Result<unknown> }
  | { readonly stream: number; readonly message: Message }
