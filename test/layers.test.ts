/**
 * The house rules as a failing check: who may import whom, no import rings, no
 * barrels, the size of a file, and the "onlys" that keep each concern in one
 * place (electron/README.md explains them). Sources are parsed, not searched,
 * so words in comments and strings do not count. The checker itself is proved
 * on small wrong examples at the end.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, posix, relative, sep } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import { importOf, type Node, ringsOf, walk } from './support/imports.ts'

type Sources = ReadonlyMap<string, string>
type Room = 'engine' | 'contract' | 'app' | 'desktop' | 'panel' | 'cli' | 'start' | 'renderer'

/** What each room may import: repository paths (a folder ends in a slash), `node:`, packages. */
const mayImport: Record<Room, readonly string[]> = {
  engine: ['electron/engine/', 'node:', 'mime', 'jsonc-parser', '@fastify/busboy'],
  contract: ['electron/engine/types.ts'],
  app: [
    'electron/app/',
    'electron/engine/',
    'electron/contract.ts',
    'node:',
    'valibot',
    'multicast-dns',
    '@peculiar/asn1-schema',
    '@peculiar/asn1-x509',
  ],
  desktop: [
    'electron/desktop/',
    'electron/app/',
    'electron/contract.ts',
    'node:',
    'fs', // Electron's own, which reads our archive
    'electron',
    'package.json',
  ],
  panel: [
    'electron/panel/',
    'electron/app/',
    'electron/contract.ts',
    'electron/engine/server.ts',
    'node:',
    'ws',
    'package.json',
  ],
  // Of the app only what stands alone: the words of errors, what such a line needs to know, certificates and trust.
  cli: [
    'electron/cli/',
    'electron/engine/',
    'electron/app/certificates/',
    ...['problems', 'port-owner', 'ports', 'opener', 'user-folder', 'secure-sites', 'trust'].map(
      name => `electron/app/${name}.ts`,
    ),
    'node:',
    'package.json',
    'jsonc-parser',
    'qrcode-generator',
  ],
  // Of a host only the one that it starts in its own process.
  start: [
    'electron/start/',
    'electron/panel/main.ts',
    ...['command-line', 'problems', 'user-folder'].map(name => `electron/app/${name}.ts`),
    'node:',
  ],
  renderer: [
    'renderer/',
    'electron/contract.ts',
    'react',
    'react-dom',
    '@tanstack/react-virtual',
    'qrcode-generator',
  ],
}

/** Inside a folder only these files, or folders, may use these names (identifiers, properties, modules). */
interface Only {
  readonly within: string
  readonly names: readonly string[]
  readonly files: readonly string[]
  readonly why: string
}

const onlys: readonly Only[] = [
  {
    within: 'electron/',
    names: ['writeHead', 'setHeader', 'appendHeader', 'flushHeaders', 'writeContinue', 'writeEarlyHints'],
    files: ['electron/engine/reply.ts'],
    why: 'only reply.ts touches ServerResponse',
  },
  {
    within: 'electron/',
    names: ['ServerResponse'],
    files: ['electron/engine/'], // where it is handed on to reply.ts
    why: 'only reply.ts touches ServerResponse',
  },
  {
    within: 'electron/',
    names: ['toSorted', 'toReversed', 'toSpliced', 'groupBy', 'withResolvers', 'fromAsync'],
    files: [],
    why: 'Node 18.15 lacks it',
  },
  {
    within: 'renderer/',
    names: ['groupBy', 'withResolvers', 'fromAsync'],
    files: [],
    why: 'Chromium 114 lacks it',
  },
  {
    within: 'electron/app/',
    names: ['writeFile', 'writeFileSync', 'rename', 'renameSync', 'copyFile', 'copyFileSync'],
    files: [
      'electron/app/settings.ts',
      'electron/app/lock.ts',
      'electron/app/panel-link.ts',
      'electron/app/certificates/authority-files.ts',
    ],
    why: 'only settings.ts touches its file (and lock.ts, panel-link.ts and authority-files.ts their own)',
  },
  {
    within: 'electron/',
    names: ['AsnConvert'],
    files: ['electron/app/certificates/x509.ts'],
    why: 'only x509.ts knows ASN.1',
  },
  {
    within: 'renderer/',
    names: ['servebar', 'WebSocket'],
    files: ['renderer/bridge.ts'],
    why: 'only bridge.ts knows which host it is in',
  },
  {
    within: 'electron/engine/',
    names: ['decodeURIComponent', 'decodeURI'],
    files: ['electron/engine/target.ts', 'electron/engine/writes/client/'],
    why: 'only target.ts turns a request into a path',
  },
]

// ---- The checker ----

function roomOf(file: string): Room | null {
  if (file === 'electron/contract.ts') return 'contract'
  if (file === 'electron/start.ts') return 'start'
  if (file === 'renderer/vite.config.ts') return null // runs in the build, not in the panel
  const room = /^(?:electron\/(engine|app|desktop|panel|cli|start)|(renderer))\//.exec(file)
  return ((room?.[1] ?? room?.[2]) as Room | undefined) ?? null
}

/** Where a specifier leads: a path in the repository, or a package by its name, or `node:…`. */
function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier.replace(/\?.*$/, ''))
  if (specifier.startsWith('node:')) return specifier
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

const allowed = (room: Room, target: string): boolean =>
  mayImport[room].some(entry =>
    entry === 'node:' || entry.endsWith('/') ? target.startsWith(entry) : target === entry,
  )

function checkFile(file: string, source: string): { problems: string[]; targets: string[] } {
  const problems: string[] = []
  const targets: string[] = []
  const room = roomOf(file)
  const { program, comments, errors } = parseSync(file, source)
  if (errors.length > 0) return { problems: [`${file}: does not parse`], targets }
  const lineOf = (offset: number) => source.slice(0, offset).split('\n').length
  const commented = new Set(comments.flatMap(c => [lineOf(c.start), lineOf(c.end), lineOf(c.end) + 1]))

  const lines = source.replace(/\n$/, '').split('\n').length
  if (lines > 350 && !/\b350\b/.test(comments[0]?.value ?? ''))
    problems.push(`${file}: ${lines} lines; its first comment must say why it is over 350`)
  if (/^index\.[a-z]+$/.test(basename(file)) && room) problems.push(`${file}: is a barrel by its name`)

  for (const node of walk(program as unknown as Node)) {
    const line = lineOf(node.start)
    const found = importOf(node)
    if (room && found === 'computed' && room !== 'start')
      problems.push(`${file}:${line}: imports a computed name`)
    if (found && found !== 'computed') {
      const target = targetOf(file, found.specifier)
      if (found.specifier.startsWith('.')) targets.push(target)
      if (room && !allowed(room, target)) problems.push(`${file}:${line}: ${room} may not import ${target}`)
      if (room === 'contract' && !found.typeOnly)
        problems.push(`${file}:${line}: the contract imports types only`)
      if (room && target === 'electron/app/state.ts' && !found.typeOnly && file !== 'electron/app/app.ts')
        problems.push(`${file}:${line}: only app.ts writes state`)
    }
    if (node.type === 'TSAnyKeyword' && !commented.has(line))
      problems.push(`${file}:${line}: any without a reason beside it`)
    if (node.type === 'TSNonNullExpression' && !commented.has(line))
      problems.push(`${file}:${line}: non-null ! without a reason beside it`)
    if (
      node.type === 'MetaProperty' &&
      room &&
      room !== 'renderer' &&
      source.startsWith('import', node.start)
    )
      problems.push(`${file}:${line}: import.meta does not exist in the CommonJS bundle`)
    if (node.type === 'ObjectExpression' && room && file !== 'electron/app/problems.ts') {
      const keys = (node.properties as Node[]).map(property => (property.key as Node | undefined)?.name)
      if (['title', 'remedies'].every(key => keys.includes(key)) && file !== 'renderer/bridge.ts')
        problems.push(`${file}:${line}: only problems.ts writes error words`)
    }
    const name = node.type === 'Identifier' ? node.name : node.type === 'Literal' ? node.value : undefined
    for (const only of onlys) {
      // A string counts where it names a module; elsewhere it is just a word.
      const isWord = node.type === 'Literal'
      if (!file.startsWith(only.within) || only.files.some(allowed => file.startsWith(allowed)) || isWord)
        continue
      if (only.names.includes(name as string)) problems.push(`${file}:${line}: ${name}: ${only.why}`)
    }
  }
  return { problems, targets }
}

function check(sources: Sources): string[] {
  const graph = new Map<string, readonly string[]>()
  const problems: string[] = []
  for (const [file, source] of sources) {
    const checked = checkFile(file, source)
    problems.push(...checked.problems)
    graph.set(file, checked.targets)
  }
  return [...problems, ...ringsOf(graph)]
}

// ---- On the real house, and on wrong ones ----

const root = dirname(import.meta.dirname)

function readSources(): Sources {
  const files = ['electron', 'renderer', 'test', 'build'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map(name => join(folder, name)),
  )
  return new Map(
    files
      .map(file => file.split(sep).join('/'))
      .filter(file => /\.(ts|tsx|mjs)$/.test(file) && !/^test\/fixtures\/|\/node_modules\//.test(file))
      .map(file => [file, readFileSync(join(root, file), 'utf8')]),
  )
}

describe('the house', () => {
  const sources = readSources()

  it('is read whole', () => {
    const read = [...sources.keys()]
    expect(read).toEqual(expect.arrayContaining(['electron/contract.ts', 'electron/engine/types.ts']))
    expect(read).toContain(
      relative(root, import.meta.filename)
        .split(sep)
        .join('/'),
    )
  })

  it('keeps its rules', { timeout: 30_000 }, () => {
    expect(check(sources)).toEqual([])
  })
})

describe('the checker', () => {
  const wrong: readonly (readonly [file: string, source: string, complaint: string])[] = [
    ['electron/engine/a.ts', `import '../app/app.ts'`, 'engine may not import electron/app/app.ts'],
    ['electron/engine/a.ts', `import ws from 'ws'`, 'engine may not import ws'],
    ['electron/app/a.ts', `import { app } from 'electron'`, 'app may not import electron'],
    ['electron/app/a.ts', `export * from '../panel/main.ts'`, 'app may not import electron/panel/main.ts'],
    ['electron/app/a.ts', `const x = await import('ws')`, 'app may not import ws'],
    ['electron/app/a.ts', `const x = require('ws')`, 'app may not import ws'],
    ['electron/app/a.ts', `const x = await import(name)`, 'imports a computed name'],
    ['electron/app/a.ts', `type A = import('ws').A`, 'app may not import ws'],
    ['electron/app/a.ts', `import { createState } from './state.ts'`, 'only app.ts writes state'],
    ['electron/app/a.ts', `writeFile(path, '')`, 'only settings.ts touches its file'],
    ['electron/app/a.ts', `import { writeFile as w } from 'node:fs'`, 'only settings.ts touches its file'],
    ['electron/app/a.ts', `const p = { title: 'No', remedies: [] }`, 'only problems.ts writes error words'],
    ['electron/desktop/a.ts', `import '../panel/main.ts'`, 'desktop may not import electron/panel/main.ts'],
    ['electron/panel/a.ts', `import '../engine/target.ts'`, 'panel may not import electron/engine/target.ts'],
    ['electron/cli/a.ts', `import '../app/app.ts'`, 'cli may not import electron/app/app.ts'],
    ['electron/start/a.ts', `import 'electron'`, 'start may not import electron'],
    ['electron/cli/a.ts', `const a = import.meta.url`, 'import.meta does not exist'],
    ['electron/contract.ts', `import { a } from './engine/types.ts'`, 'the contract imports types only'],
    ['electron/contract.ts', `import type { A } from './engine/server.ts'`, 'contract may not import'],
    ['electron/panel/a.ts', `let a: ServerResponse`, 'only reply.ts touches ServerResponse'],
    ['electron/app/app.ts', `list.toSpliced(0, 1)`, 'Node 18.15 lacks it'],
    ['electron/engine/server.ts', `answer.writeHead(200)`, 'only reply.ts touches ServerResponse'],
    [
      'electron/engine/listing.ts',
      `decodeURIComponent(target)`,
      'only target.ts turns a request into a path',
    ],
    ['renderer/a.tsx', `import fs from 'node:fs'`, 'renderer may not import node:fs'],
    [
      'renderer/a.tsx',
      `import '../electron/engine/types.ts'`,
      'renderer may not import electron/engine/types.ts',
    ],
    ['renderer/a.tsx', `if (window.servebar) {}`, 'only bridge.ts knows which host'],
    ['renderer/index.ts', `export {}`, 'barrel'],
    ['renderer/a.tsx', `let a: any`, 'any without a reason'],
    ['test/a.ts', `a!.b`, 'non-null ! without a reason'],
    ['test/a.ts', '\n'.repeat(351), 'its first comment must say why'],
    ['test/a.ts', 'const =', 'does not parse'],
  ]
  it.each(wrong)('%s: %s', (file, source, complaint) => {
    expect(check(new Map([[file, source]])).join('\n')).toContain(complaint)
  })

  const right: readonly (readonly [file: string, source: string])[] = [
    ['electron/engine/reply.ts', `import { type ServerResponse } from 'node:http'`],
    ['electron/engine/a.ts', `// never import '../app/app.ts'\nconst a = "import 'ws'"`],
    ['electron/app/a.ts', `import type { State } from './state.ts'`],
    ['electron/contract.ts', `import { type A } from './engine/types.ts'`],
    ['renderer/a.tsx', `let a: any // the library says nothing`],
    ['test/a.ts', `/* Over 350 lines: one table. */${'\n'.repeat(400)}`],
    ['renderer/vite.config.ts', `import { defineConfig } from 'vite'`],
  ]
  it.each(right)('lets pass %s: %s', (file, source) => {
    expect(check(new Map([[file, source]]))).toEqual([])
  })

  it('finds an import ring', () => {
    const ring = new Map([
      ['electron/app/a.ts', `import './b.ts'`],
      ['electron/app/b.ts', `import './c.ts'`],
      ['electron/app/c.ts', `export { a } from './a.ts'`],
    ])
    expect(check(ring).join()).toContain('import ring: electron/app/a.ts -> electron/app/b.ts')
  })
})
