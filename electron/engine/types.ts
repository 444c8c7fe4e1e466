/**
 * Plain data of the HTTP engine: what goes in (ServerOptions), what comes out
 * (Origin, Exchange). Imports nothing, so that the contract with the panel can
 * use these types without pulling Node in.
 */

/** A field line as it stood on the wire, name in lower case, value without surrounding space (RFC 9110 §5). */
export type Field = readonly [name: string, value: string]

/** How a folder is served. Validated once, at start; the `Live` part may change while it runs. */
export interface ServerOptions extends LiveOptions {
  /** Absolute path of the folder. A symlink is followed once, at start. */
  readonly root: string
  /**
   * Bind address. `'localhost'` binds both loopback families (127.0.0.1, and ::1 where there is IPv6) on one
   * port; `'*'` binds every interface; anything else is an IP address bound as given.
   */
  readonly host: string
  /** 0 to 65535; 0 takes any free port. */
  readonly port: number
  /** When `port` is taken: try the next ones (at most 100) instead of failing with EADDRINUSE. */
  readonly portFallback: boolean
  /** How long the header section of a request may take to arrive, in ms. */
  readonly headersTimeout?: number
  /** How long a whole request may take to arrive, in ms. */
  readonly requestTimeout?: number
  /** How long a connection may wait for its next request, in ms. */
  readonly keepAliveTimeout?: number
  /** Connections beyond this are answered 503, and idle ones closed in their favour. */
  readonly maxConnections?: number
  /** HTTPS with this certificate, and HTTP/2 for who speaks it; null: plain HTTP. */
  readonly tls?: TlsIdentity | null
  /** Bytes of small files that are kept in memory, at most; 0: none. */
  readonly memory?: number
}

/** What may change on a running server without a new socket. */
export interface LiveOptions {
  /** What the root is called in pages and breadcrumbs; never a path. */
  readonly name: string
  /** Folders without an index file answer with a list of their files, else 404. */
  readonly listing: boolean
  /** Names that start with a dot are served (`.well-known` always is). */
  readonly dotfiles: boolean
  /** Names that stand for a folder's page, the first that exists; `['index.html']`. Empty: none does. */
  readonly index?: readonly string[]
  /** Links: only those that stay inside the root (the default), all of them, or none. */
  readonly symlinks?: SymlinkPolicy
  /** `Cache-Control` of files; a number is a `max-age` in seconds. `'no-cache'`: kept, and asked about each time. */
  readonly cache?: CachePolicy
  /** Whose pages may read the answers: nobody's (the default), everybody's, or those of one origin. */
  readonly cors?: false | 'any' | (string & {})
  /** Further fields of every answer; they never replace one of its own. */
  readonly fields?: readonly Field[]
  /** Navigations to nothing get the root's page: its script knows the way. */
  readonly spa?: boolean
  /** `/about` is about.html, and `/about.html` leads there. */
  readonly cleanUrls?: boolean
  /** Files are sent compressed to who accepts it. */
  readonly codings?: boolean
  /** Everybody has to say this name and password (RFC 7617); null: nobody has to. `hash`: as hashPassword() makes it. */
  readonly auth?: Credentials | null
  /** Listed folders can be had whole, as one archive: `/folder/?zip`. */
  readonly zip?: boolean
  /** Who may read may also add files; null: nobody. */
  readonly uploads?: UploadOptions | null
  /** Who may read may also delete and rename. */
  readonly manage?: boolean
  /** Pages reload when what they are made of changes. */
  readonly liveReload?: boolean
  /** `_headers`, `_redirects` and serve.json in the root hold, as on that host. */
  readonly hostRules?: RulesChoice
  /** Pages are cross-origin isolated (COOP and COEP): SharedArrayBuffer, wasm threads. */
  readonly isolate?: boolean
  /** A slow network, for all visitors together; null: none. */
  readonly throttle?: ThrottleNumbers | null
  /** Client addresses that get 403. */
  readonly blocked?: readonly string[]
  /** Host names that are served besides this computer's own; `*.example.test` stands for all below. */
  readonly hosts?: readonly string[]
}

export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly user: string; readonly hash: string }

/** A slow network; throttle.ts has presets. */
export interface ThrottleNumbers {
  /** ms, added to each answer. */
  readonly latency: number
  /** bit/s, from the site to its visitors, all together. */
  readonly download: number
  /** bit/s, from the visitors to the site. */
  readonly upload: number
  /** Share of the answers that are cut, from 0 to 1. */
  readonly loss: number
}

/** What a TLS server shows (PEM); the key is nobody's business else. */
export interface TlsIdentity {
  readonly cert: string
  readonly key: string
  /** Another one for a host name that is asked for (RFC 6066 §3); null: this one will do. That of the first holds. */
  readonly forServerName?: ((name: string) => Promise<TlsIdentity | null>) | undefined
}

/** Whose rules hold: `auto` is the host that the files of the project speak of, Netlify where they do not. */
export type RulesChoice = 'off' | 'auto' | 'netlify' | 'cloudflare'

/** A line of a host's rules that cannot be followed. */
export interface RuleProblem {
  /** `_headers`, `_redirects` or `serve.json`. */
  readonly file: string
  /** From 1; 0 is about the file as a whole. */
  readonly line: number
  readonly message: string
}

/** What holds of a host's rules, and what does not. */
export interface RulesReport {
  readonly host: 'netlify' | 'cloudflare'
  /** The file of the project by which an automatic choice was made; null: there was none, or nothing to choose. */
  readonly toldBy: string | null
  /** Those that are there. */
  readonly files: readonly string[]
  /** How many rules are applied. */
  readonly count: number
  readonly problems: readonly RuleProblem[]
}

export interface UploadOptions {
  /** Bytes that a file may have; absent: as many as there is room for. */
  readonly maxSize?: number
  /** A file of the same name may be replaced; absent: no. */
  readonly overwrite?: boolean
}

export type SymlinkPolicy = 'confined' | 'follow' | 'refuse'
export type CachePolicy = 'no-cache' | 'no-store' | 'immutable' | number

/** One way to reach a server (RFC 6454: scheme, host and port). */
export interface Origin {
  /** `http://localhost:8080`, without a trailing slash. */
  readonly url: string
  /** `localhost`, `192.168.1.24`, `[fe80::1]`: as it stands in a URL. */
  readonly host: string
  readonly port: number
  readonly reach: 'loopback' | 'network'
  /** Name of the network interface as the system calls it (`en0`, `Wi-Fi`); absent for loopback. */
  readonly interfaceName?: string
}

/**
 * `letter-case`: the file has this name but for letter case, and a host on Linux would answer 404. The others: the page
 * does not reload by itself, because of its encoding, its markup, or its policy.
 */
export type ExchangeNote = 'letter-case' | 'live-encoding' | 'live-markup' | 'live-policy'

/** The record of one request and its answer: made once, when the answer has ended, however it ended. */
export interface Exchange {
  /** When the request's header section had arrived, in ms since the epoch. */
  readonly time: number
  readonly method: string
  /** The request target exactly as received (RFC 9112 §3.2). */
  readonly target: string
  /** `1.1` or `1.0`. */
  readonly httpVersion: string
  readonly status: number
  /** Bytes of content handed to the connection, without the header section. */
  readonly bytesSent: number
  /** From arrival to the end of the answer, in ms, with fractions. */
  readonly duration: number
  readonly clientAddress: string
  /** The client is this computer (loopback, or one of its own addresses). */
  readonly clientIsLocal: boolean
  readonly requestFields: readonly Field[]
  /** The value of the first request field of this name (in lower case), for who needs no more of them. */
  requestField?(name: string): string | undefined
  readonly responseFields: readonly Field[]
  /** The file that was sent, relative to the root with `/`, or null (listing, error page, redirect). */
  readonly file: string | null
  /** Size in bytes of the file behind the answer before ranges and codings, or null. */
  readonly fileSize: number | null
  /** Content coding of the answer (`gzip`), or null for identity. */
  readonly contentCoding: string | null
  /** The client left, or the file shrank, before the whole answer was sent. */
  readonly aborted: boolean
  /** Why an answer is 5xx or was cut short, for the owner only: an error code such as EIO, or null. */
  readonly cause: string | null
  /** What the owner should know of it, or null. */
  readonly note: ExchangeNote | null
}
