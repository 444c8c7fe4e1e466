/** The hosts that the panel can find itself in, and what the design's mocks show in chooser and opened row. */
import type { Capability, FolderListing, HostInfo, LogDetail } from '../../electron/contract.ts'

const all: readonly Capability[] = [
  'choose-folder',
  'drop-paths',
  'open-url',
  'reveal-folder',
  'clipboard',
  'start-at-login',
  'allow-access',
  'close-panel',
  'resize-panel',
  'quit',
]

/** The menubar app on a Mac can do everything but list folders; a page in a browser can list them instead of showing a dialog. */
export const hosts = {
  menubar: { kind: 'menubar', os: 'darwin', version: '1.0.0', capabilities: all },
  window: {
    kind: 'window',
    os: 'linux',
    version: '1.0.0',
    capabilities: all.filter(each => each !== 'resize-panel' && each !== 'close-panel'),
  },
  browser: {
    kind: 'browser',
    os: 'linux',
    version: '1.0.0',
    capabilities: ['list-folders', 'reveal-folder'],
  },
} as const satisfies Record<string, HostInfo>

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
}
