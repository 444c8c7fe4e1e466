/**
 * Which host a project is for, by the files that only that host's tools have:
 * in the folder that is served, or in one above it up to the project's top, as
 * what is served is often the output of a build. Only names are looked at, and
 * nothing of them is told to visitors. Where nothing speaks, or two hosts are
 * spoken of, the answer is null.
 */
import * as fs from 'node:fs'
import { dirname, join } from 'node:path'
import type { HostName } from './dialects.ts'

export interface ToldHost {
  readonly host: HostName
  /** The name that told. */
  readonly by: string
}

/** Of the folder that is deployed. */
const DEPLOYED: Readonly<Record<string, HostName>> = {
  '_worker.js': 'cloudflare',
  '_routes.json': 'cloudflare',
}
/** Of the project. */
const PROJECT: Readonly<Record<string, HostName>> = {
  'netlify.toml': 'netlify',
  '.netlify': 'netlify',
  'wrangler.toml': 'cloudflare',
  'wrangler.json': 'cloudflare',
  'wrangler.jsonc': 'cloudflare',
  '.wrangler': 'cloudflare',
}
/** Several hosts have functions, each in a folder of its own; this one is Pages', where no other is spoken of. */
const FUNCTIONS = 'functions'
const OTHERS = ['firebase.json', 'vercel.json', 'appwrite.json']
/** What the top of a project has. */
const TOP = ['package.json', '.git']
/** `project/packages/site/dist`. */
const LEVELS = 3

/** Never rejects. `root` is a real path. */
export async function tellHost(root: string): Promise<ToldHost | null> {
  const told = await tellIn(root, { ...DEPLOYED, ...PROJECT })
  if (told !== undefined) return told
  // A folder that is no part of a project is not told by what lies around it.
  let folder = root
  const above: string[] = []
  for (let level = 0; level < LEVELS && !(await holdsTop(folder)); level++) {
    const parent = dirname(folder)
    if (parent === folder) return null
    above.push(parent)
    folder = parent
  }
  if (!(await holdsTop(folder))) return null
  for (const each of above) {
    const told = await tellIn(each, PROJECT)
    if (told !== undefined) return told
  }
  return null
}

/** Undefined: it says nothing; null: it says two things. */
async function tellIn(
  folder: string,
  signs: Readonly<Record<string, HostName>>,
): Promise<ToldHost | null | undefined> {
  const names = Object.keys(signs)
  const there = await Promise.all(names.map(name => isThere(folder, name)))
  const told = names.flatMap((by, i): ToldHost[] => {
    const host = signs[by]
    return there[i] && host !== undefined ? [{ host, by }] : []
  })
  const [first] = told
  if (first !== undefined) return told.every(({ host }) => host === first.host) ? first : null
  if (!(await isThere(folder, FUNCTIONS))) return undefined
  const others = await Promise.all(OTHERS.map(name => isThere(folder, name)))
  return others.includes(true) ? undefined : { host: 'cloudflare', by: FUNCTIONS }
}

async function holdsTop(folder: string): Promise<boolean> {
  return (await Promise.all(TOP.map(name => isThere(folder, name)))).includes(true)
}

async function isThere(folder: string, name: string): Promise<boolean> {
  try {
    await fs.promises.lstat(join(folder, name))
    return true
  } catch {
    return false
  }
}
