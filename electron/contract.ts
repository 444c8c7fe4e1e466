/**
 * Everything that the main side and the panel say to each other, and nothing
 * else: state goes down as whole snapshots, log entries in batches, commands
 * go up and answer with a Result. No Node, no DOM, no Electron in here, so
 * both sides (and three bridges) can be typed from it. Over 350 lines, since it
 * is all that is said.
 */
import type {
  CachePolicy,
  Exchange,
  Field,
  Origin,
  RuleProblem,
  RulesChoice,
  RulesReport,
} from './engine/types.ts'

export type { CachePolicy, Field, Origin, RuleProblem, RulesChoice, RulesReport }

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
  | 'certificate'
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
  /** Names that stand for a folder's page, the first that exists; empty: none does. */
  readonly index: readonly string[]
  readonly listing: boolean
  readonly dotfiles: boolean
  /** Served by HTTPS, with a certificate of this computer's own authority or with `certificate`. */
  readonly https: boolean
  /** Own certificate and key: absolute paths of PEM files. Null: one of ours. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | null
  readonly liveReload: boolean
  readonly spa: boolean
  readonly cleanUrls: boolean
  /** `_headers`, `_redirects` and serve.json hold, as on that host. */
  readonly hostRules: RulesChoice
  /** Any origin may read. */
  readonly cors: boolean
  /** Cross-origin isolation. */
  readonly isolate: boolean
  /** `no-cache`, seconds, or `immutable`. */
  readonly cache: CachePolicy
  /** Further fields of every answer. */
  readonly fields: readonly Field[]
  readonly throttle: ThrottleChoice
  /** Who may read has to say a password; it is set by `site.setPassword`, and is never part of a state. */
  readonly password: { readonly user: string } | null
  readonly uploads: boolean
  /** A file of the same name may be replaced. */
  readonly overwrite: boolean
  /** Visitors may delete and rename. */
  readonly manage: boolean
  /** Folders can be had as one archive. */
  readonly zip: boolean
}

/** Slow network; the numbers are the engine's (throttle.ts). */
export type ThrottleChoice = 'off' | 'slow-3g' | 'fast-3g' | 'flaky'

/** Until when a site is shared. */
export type ShareEnd =
  | { readonly kind: 'never' }
  /** ms since the epoch. */
  | { readonly kind: 'time'; readonly at: number }
  | { readonly kind: 'network-change' }

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
  readonly shareEnd: ShareEnd
  /** `http://annas-mac.local:8080` while it is advertised on the network (mDNS), or null. */
  readonly localUrl: string | null
  /** Pages that are open and reload when something changes. */
  readonly livePages: number
  /** The system watches no more folders: changes in some, the deepest, are not noticed. */
  readonly liveLimited: boolean
  /** What of a host's rules holds, and what cannot be followed; null: none shall, or it is not known yet. */
  readonly rules: RulesReport | null
  /** Client addresses that the owner has blocked. */
  readonly blocked: readonly string[]
}

export type Theme = 'system' | 'light' | 'dark'

export interface AppSettings {
  readonly startAtLogin: boolean
  readonly restoreOnLaunch: boolean
  /** 1 to 65535: the first port that a new site tries. */
  readonly defaultPort: number
  readonly theme: Theme
  readonly keepRequests: KeepRequests
}

/** How long requests are kept. */
export type KeepRequests = 'quit' | '1h' | '1d' | '7d'

/** This computer's own certificate authority, as far as the panel shows it. */
export interface AuthorityState {
  readonly name: string
  /** SHA-256, in pairs of digits with colons. */
  readonly fingerprint: string
  /** Whether browsers here open its pages without a warning. */
  readonly trusted: 'all' | 'some' | 'none' | 'unknown'
  /** What to do by hand where it could not be done here: sentences, and commands to copy. */
  readonly steps: readonly { readonly text: string; readonly command?: string }[]
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
  /** Null until HTTPS was used for the first time. */
  readonly authority: AuthorityState | null
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
  /** The one that took longest, or null. */
  readonly slowest: { readonly target: string; readonly duration: number } | null
  /** Of all sites together: requests of this run that came faster than they could be written. Absent: none. */
  readonly unkept?: number
}

/** A missing path, for the Not found view. */
export interface MissingPath {
  /** As it was asked for, without its query. */
  readonly path: string
  readonly count: number
  /** ms since the epoch. */
  readonly lastTime: number
  /** The page that leads there: the Referer of the last request that had one. */
  readonly referrer: string | null
  /** What may have been meant, and why. */
  readonly suggestion: {
    readonly path: string
    readonly reason: 'letter-case' | 'extension' | 'similar'
  } | null
}

export type LogFormat = 'har' | 'combined' | 'csv'

/** One who asked lately. */
export interface Device {
  readonly address: string
  /** `Safari on iPhone`, from User-Agent, or null. */
  readonly browser: string | null
  /** ms since the epoch. */
  readonly lastSeen: number
  readonly requests: number
  readonly bytesSent: number
  readonly blocked: boolean
}

/** One finding of the check behind "Phone cannot connect?". */
export interface ShareFinding {
  readonly ok: boolean
  readonly title: string
  readonly detail: string | null
  /** A command to copy, where one helps. */
  readonly command: string | null
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
  /** The password of a site; `password` null takes it away. Kept as a hash. */
  'site.setPassword': (input: { id: SiteId; user: string; password: string | null }) => void
  /** Shares, or ends it. `until` holds only while it is on. */
  'site.share': (input: {
    id: SiteId
    on: boolean
    until?: 'never' | 'hour' | 'network-change' | undefined
  }) => void
  /** Who asked lately, newest first. */
  'site.devices': (input: { id: SiteId }) => readonly Device[]
  'site.block': (input: { id: SiteId; address: string; blocked: boolean }) => void
  /** Why another device may not reach it. */
  'site.checkShare': (input: { id: SiteId }) => readonly ShareFinding[]
  /** Installs or takes away trust in this computer's authority; asks the user first, as the system does. */
  'authority.trust': (input: { trusted: boolean }) => AuthorityState
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
  'log.missing': (input: { site: SiteId }) => readonly MissingPath[]
  /** The kept requests of a site as the text of a file. */
  'log.export': (input: { site: SiteId; format: LogFormat }) => {
    readonly name: string
    readonly text: string
  }
  /** Asks for the same again, from this computer; the new request appears in the log. */
  'log.replay': (input: { site: SiteId; entry: number }) => { readonly status: number }
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
