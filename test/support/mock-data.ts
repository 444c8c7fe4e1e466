/** The hosts that the panel can find itself in, the options of a new site, and what the design's mocks show. */
import { hostInfo, type Platform } from '../../electron/app/platform.ts'
import type {
  AppSettings,
  AuthorityState,
  Device,
  FolderListing,
  HostInfo,
  LogDetail,
  ShareFinding,
  SiteOptions,
} from '../../electron/contract.ts'
import { createPlatform } from '../../electron/panel/platform.ts'

const version = '1.0.0'

/** By hand, after electron/desktop/platform.ts, which there is no way to load outside Electron: the packaged app. */
const desktop: Omit<Platform, 'kind' | 'os'> = {
  dropPaths: true,
  chooseFolders: async () => [],
  openUrl: async () => {},
  revealFolder: async () => {},
  writeClipboard() {},
  startAtLogin: { get: () => false, set() {} },
  closePanel() {},
  quit() {},
}
const mac: Platform = {
  ...desktop,
  kind: 'menubar',
  os: 'darwin',
  allowAccess: async () => {},
  resizePanel() {},
}

export const hosts = {
  menubar: hostInfo(mac, version),
  window: hostInfo({ ...desktop, kind: 'window', os: 'linux' }, version),
  // Its keys are those of the system that the tests run on, but for this.
  browser: {
    ...hostInfo(
      createPlatform(() => {}),
      version,
    ),
    os: 'linux',
  },
} as const satisfies Record<string, HostInfo>

/** Those of a new site. */
export const mockOptions: SiteOptions = {
  port: 8080,
  share: false,
  index: ['index.html'],
  listing: true,
  dotfiles: false,
  https: false,
  certificate: null,
  liveReload: true,
  spa: false,
  cleanUrls: true,
  hostRules: 'off',
  cors: false,
  isolate: false,
  cache: 'no-cache',
  fields: [],
  throttle: 'off',
  password: null,
  uploads: false,
  overwrite: false,
  manage: false,
  zip: false,
}

export const mockSettings: AppSettings = {
  startAtLogin: true,
  restoreOnLaunch: true,
  defaultPort: 8080,
  theme: 'system',
  keepRequests: 'quit',
}

export const mockAuthority: AuthorityState = {
  name: 'Servebar CA, maria on marias-mac',
  fingerprint: Array.from({ length: 32 }, (_, index) => (index + 16).toString(16).toUpperCase()).join(':'),
  trusted: 'none',
  steps: [],
}

export const mockDevices: readonly Device[] = [
  {
    address: '192.168.1.42',
    browser: 'Safari on iPhone',
    lastSeen: new Date(2025, 2, 4, 12, 4, 36).getTime(),
    requests: 4,
    bytesSent: 1_056_051,
    blocked: false,
  },
]

export const mockFindings: readonly ShareFinding[] = [
  { ok: true, title: 'The site is bound to every interface', detail: null, command: null },
]

export const mockFolders: FolderListing = {
  path: '/Users/maria/Sites',
  label: '~/Sites/',
  parent: '/Users/maria',
  folders: [
    ['Documents', false],
    ['field-notes', false],
    ['landing', true],
    ['portfolio', true],
    ['shared-drive', false],
    ['tide-pool', true],
    ['workshop-slides', true],
  ].map(([name, hasIndex]) => ({
    name: String(name),
    path: `/Users/maria/Sites/${name}`,
    hasIndex: Boolean(hasIndex),
  })),
  hasIndex: false,
}

export const mockDetail: LogDetail = {
  target: '/assets/app.css?v=41',
  requestFields: [
    ['host', 'localhost:8080'],
    ['accept', 'text/css,*/*;q=0.1'],
    ['accept-encoding', 'gzip, br, zstd'],
    ['referer', 'http://localhost:8080/'],
    ['user-agent', 'Mozilla/5.0 (Macintosh)'],
  ],
  responseFields: [
    ['content-type', 'text/css; charset=utf-8'],
    ['content-length', '14541'],
    ['cache-control', 'no-store'],
    ['etag', '"38cd-19f2a6"'],
    ['last-modified', 'Tue, 04 Mar 2025 11:58:02 GMT'],
  ],
  file: 'assets/app.css',
  fileSize: 14_541,
  contentCoding: null,
  aborted: false,
  cause: null,
  note: null,
}
