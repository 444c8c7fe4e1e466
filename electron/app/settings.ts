/**
 * The one settings file: defaults, parse, migrate, read, write. Only this file
 * touches it. Promises: parsing never throws and always gives valid settings,
 * keeping every part that is valid; a file that cannot be used whole is kept
 * beside (`.bad`, `.bad-2`, ...) before anything is written; at any moment the
 * file on disk is a whole old or a whole new one.
 */
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import * as v from 'valibot'
import type { Problem } from '../contract.ts'
import { isPasswordHash } from '../engine/password-hash.ts'
import { removeLeftovers, temporaryName } from './leftovers.ts'
import {
  settingsBroken,
  settingsNewer,
  settingsUnreadable,
  settingsUnwritable,
  systemError,
} from './problems.ts'
import * as schemas from './schemas.ts'

/** What has been there from the first version: without one of these, there is no telling what the site was. */
const siteEssentials = {
  id: schemas.siteId,
  name: schemas.siteName,
  folder: schemas.absolutePath,
  port: schemas.port,
  portChosen: v.boolean(),
  share: v.boolean(),
  listing: v.boolean(),
  dotfiles: v.boolean(),
  /** It ran when the app was last seen, so it is started again. */
  running: v.boolean(),
}
const siteSchema = v.object({
  ...schemas.siteOptions,
  ...siteEssentials,
  shareEnd: schemas.shareEnd,
  /** The hash is a secret: it is here and in the engine, and nowhere else. */
  password: v.nullable(
    v.object({
      user: schemas.userName,
      hash: v.pipe(
        v.string(),
        v.check(text => isPasswordHash(text)),
      ),
    }),
  ),
  blocked: v.pipe(v.array(schemas.address), v.maxLength(1000)),
})

const preferencesSchema = v.object({
  restoreOnLaunch: v.boolean(),
  defaultPort: schemas.port,
  theme: schemas.theme,
  keepRequests: schemas.keepRequests,
})

export const settingsSchema = v.object({ preferences: preferencesSchema, sites: v.array(siteSchema) })

export type SavedSite = v.InferOutput<typeof siteSchema>

export interface Settings {
  readonly preferences: v.InferOutput<typeof preferencesSchema>
  /** Newest first. */
  readonly sites: readonly SavedSite[]
}

export const defaultSettings: Settings = {
  preferences: { restoreOnLaunch: true, defaultPort: 8080, theme: 'system', keepRequests: 'quit' },
  sites: [],
}

/** Of a site whose file says nothing of it: all that is not essential is off. */
export const plainSite = {
  index: ['index.html'],
  https: false,
  certificate: null,
  liveReload: false,
  spa: false,
  cleanUrls: false,
  hostRules: 'off',
  cors: false,
  isolate: false,
  cache: 'no-cache',
  fields: [],
  throttle: 'off',
  uploads: false,
  overwrite: false,
  manage: false,
  zip: false,
  shareEnd: { kind: 'never' },
  password: null,
  blocked: [],
} as const satisfies Omit<v.InferInput<typeof siteSchema>, keyof typeof siteEssentials>

// ---- Text <-> settings ----

export const SETTINGS_VERSION = 3

/** `migrations[n]` turns a file of version n + 1 into one of version n + 2. */
const migrations: readonly ((old: unknown) => unknown)[] = [withOptions, withHosts]

/** To 2: sites go on as they did before there were more options, whatever new ones begin with. */
function withOptions(old: unknown): unknown {
  if (!isRecord(old) || !Array.isArray(old.sites)) return old
  return { ...old, sites: old.sites.map(site => (isRecord(site) ? { ...plainSite, ...site } : site)) }
}

/** To 3: the rules of a host were on or off, and Netlify's; by now there is a choice of hosts. */
function withHosts(old: unknown): unknown {
  if (!isRecord(old) || !Array.isArray(old.sites)) return old
  const choices = new Map<unknown, string>([
    [true, 'auto'],
    [false, 'off'],
  ])
  return {
    ...old,
    sites: old.sites.map(site =>
      isRecord(site) ? { ...site, hostRules: choices.get(site.hostRules) ?? site.hostRules } : site,
    ),
  }
}

export function migrate(file: unknown, version: number, steps = migrations): unknown {
  return steps.slice(version - 1).reduce((old, step) => step(old), file)
}

export interface ParsedSettings {
  readonly settings: Settings
  /** `damaged`: nothing could be read; `partly`: some of it; `newer`: written by a later version. */
  readonly fault: 'damaged' | 'partly' | 'newer' | null
  readonly version: number
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function parseSettings(text: string): ParsedSettings {
  const damaged = { settings: defaultSettings, fault: 'damaged', version: SETTINGS_VERSION } as const
  try {
    let file: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (!isRecord(file)) return damaged
    const version = file.version
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) return damaged
    if (version < SETTINGS_VERSION) file = migrate(file, version)
    if (!isRecord(file)) return damaged
    const { settings, whole } = salvage(file)
    return { settings, fault: version > SETTINGS_VERSION ? 'newer' : whole ? null : 'partly', version }
  } catch {
    return damaged
  }
}

/** Every part that is valid; a part that is absent has its default and is no damage. */
function salvage(file: Record<string, unknown>): { settings: Settings; whole: boolean } {
  let whole = true
  const preferences: Record<string, unknown> = { ...defaultSettings.preferences }
  const given = file.preferences ?? {}
  if (!isRecord(given)) whole = false
  else {
    for (const [key, schema] of Object.entries(preferencesSchema.entries)) {
      if (!Object.hasOwn(given, key)) continue
      const parsed = v.safeParse(schema, given[key])
      if (parsed.success) preferences[key] = parsed.output
      else whole = false
    }
  }
  const sites: SavedSite[] = []
  const list = file.sites ?? []
  if (!Array.isArray(list)) whole = false
  else {
    for (const item of list) {
      const { site, whole: isWhole } = salvageSite(item)
      if (site !== null && !sites.some(other => other.id === site.id)) sites.push(site)
      else whole = false
      whole &&= isWhole
    }
  }
  return { settings: { preferences: v.parse(preferencesSchema, preferences), sites }, whole }
}

/** Null: it cannot be told what it was. */
function salvageSite(item: unknown): { site: SavedSite | null; whole: boolean } {
  if (!isRecord(item)) return { site: null, whole: false }
  const valid: Record<string, unknown> = {}
  const broken: string[] = []
  for (const [key, schema] of Object.entries(siteSchema.entries)) {
    if (!Object.hasOwn(item, key)) continue
    const parsed = v.safeParse(schema, item[key])
    if (parsed.success) valid[key] = parsed.output
    else broken.push(key)
  }
  // Without its password, or those it keeps away, it would be open to more than it was.
  if (broken.includes('password') || broken.includes('blocked')) Object.assign(valid, { share: false })
  if (broken.includes('password')) Object.assign(valid, { running: false })
  const site = v.safeParse(siteSchema, { ...plainSite, ...valid })
  return { site: site.success ? site.output : null, whole: broken.length === 0 }
}

export function serializeSettings(settings: Settings): string {
  return `${JSON.stringify({ version: SETTINGS_VERSION, ...settings }, null, 2)}\n`
}

// ---- The file ----

export interface SettingsStore {
  readonly loaded: Settings
  /** Writes soon, unless nothing changed; one write at a time, the last settings win. */
  save(settings: Settings): void
  /** Resolves when what was saved last is on disk, or could not be written (then it was reported). */
  flush(): Promise<void>
}

/** Reads the file. `report` gets what the user should know, now and when a later write fails. */
export async function openSettings(path: string, report: (problem: Problem) => void): Promise<SettingsStore> {
  // A settings file that is a link (into a synced folder, say) stays one: its target is replaced.
  const file = await realpath(path).catch(() => path)
  await removeLeftovers(file)
  let loaded = defaultSettings
  let writable = true
  let onDisk: string | null = null
  try {
    // A pipe would be read without end.
    if (!(await stat(file)).isFile()) throw new Error(`${file} is not a file`)
    const text = await readFile(file, 'utf8')
    const { settings, fault, version } = parseSettings(text)
    loaded = settings
    onDisk = text
    if (fault !== null) {
      const kept = await keep(file, fault === 'newer' ? `v${version}` : 'bad')
      report(fault === 'newer' ? settingsNewer(kept) : settingsBroken(kept, fault === 'partly'))
    }
  } catch (error) {
    if (systemError(error).code === 'ENOENT') onDisk = serializeSettings(defaultSettings)
    else {
      writable = false
      report(settingsUnreadable(path))
    }
  }

  let wanted = onDisk ?? ''
  let reported = false
  let writing: Promise<void> | null = null

  async function write(): Promise<void> {
    while (onDisk !== wanted) {
      const text = wanted
      try {
        await replaceFile(file, text)
        onDisk = text
        reported = false
      } catch (error) {
        if (!reported) report(settingsUnwritable(error, path))
        reported = true
        // Tried again with the next change, or at the end.
        if (text === wanted) return
      }
    }
  }

  function start(): Promise<void> {
    writing ??= write().finally(() => {
      writing = null
    })
    return writing
  }

  return {
    loaded,
    save(settings) {
      const text = serializeSettings(settings)
      if (text === wanted || !writable) return
      wanted = text
      void start()
    },
    flush: () => (writable ? start() : Promise.resolve()),
  }
}

/** Copies the file beside itself under a name that is not taken, and says which. */
async function keep(file: string, suffix: string): Promise<string> {
  for (let number = 1; ; number++) {
    const copy = `${file}.${suffix}${number === 1 ? '' : `-${number}`}`
    try {
      await copyFile(file, copy, constants.COPYFILE_EXCL)
      return basename(copy)
    } catch (error) {
      if (systemError(error).code !== 'EEXIST' || number >= 1000) throw error
    }
  }
}

/**
 * Writes beside, forces it to disk, renames over. Done by hand because the usual packages write with one
 * write(2), whose short count on a full disk they ignore, and take over the process's signals.
 */
async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = temporaryName(file)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    const handle = await open(temporary, 'w', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await renameOver(temporary, file)
  } catch (error) {
    await unlink(temporary).catch(() => {})
    throw error
  }
}

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      // Windows refuses while a virus scanner or an indexer holds the file: a matter of milliseconds.
      if (process.platform !== 'win32' || attempt >= 10) throw error
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
}
