/**
 * Makes this computer trust the authority, looks whether it does, and takes it
 * back. Promises to say exactly what was done: after each change the place is
 * looked at again, and what could not be done comes with the obstacle and the
 * steps to do it by hand. Asks the user nothing; the system may.
 */
import type { Authority } from './certificates/authority.ts'
import { issueLeaf } from './certificates/leaf.ts'
import { runCommand } from './trust-command.ts'
import { loginKeychain } from './trust-macos.ts'
import { nssStores } from './trust-nss.ts'
import {
  type Anchor,
  type Standing,
  type TrustContext,
  TrustError,
  type TrustObstacle,
  type TrustPlace,
  type TrustStore,
} from './trust-store.ts'
import { systemStore } from './trust-system.ts'
import { userRootStore } from './trust-windows.ts'
import { homeFolder } from './user-folder.ts'

interface PlaceReport {
  readonly place: TrustPlace
  /** Null: it cannot be told. */
  readonly trusted: boolean | null
  /** What this call has changed. */
  readonly done: 'installed' | 'removed' | null
  /** Why it is not as wanted, or cannot be told. */
  readonly obstacle: TrustObstacle | null
}

export interface TrustReport {
  /** Whether a page of ours opens without a warning: in all browsers found here, in some, in none. */
  readonly browsers: 'all' | 'some' | 'none'
  readonly places: readonly PlaceReport[]
}

type Wish = Exclude<Standing, 'stored'> | null

/** `mayElevate`: see TrustContext. */
export function trustOfThisComputer(mayElevate: boolean): TrustContext {
  const { platform, env, getuid } = process
  return {
    os: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
    home: homeFolder(),
    environment: env,
    isAdministrator: getuid?.() === 0,
    mayElevate,
    run: runCommand,
    root: '/',
  }
}

/** The authority as tools need it: published, and with a leaf to be judged. */
export async function anchorOf(authority: Authority): Promise<Anchor> {
  const published = await authority.publish()
  const leaf = await issueLeaf(authority, ['localhost'])
  return { ...published, probe: await authority.publishLeaf(leaf.certificate) }
}

export function trustStatus(anchor: Anchor, context: TrustContext): Promise<TrustReport> {
  return visit(anchor, context, null)
}

/** Also where it is trusted already in one browser, and another one was installed since. */
export function installTrust(anchor: Anchor, context: TrustContext): Promise<TrustReport> {
  return visit(anchor, context, 'trusted')
}

/** Also for an authority that was replaced: `authority.retired()`. */
export function removeTrust(anchor: Anchor, context: TrustContext): Promise<TrustReport> {
  return visit(anchor, context, 'absent')
}

async function visit(anchor: Anchor, context: TrustContext, wish: Wish): Promise<TrustReport> {
  const places: PlaceReport[] = []
  // One after another: two dialogs at once would be one too many.
  for (const store of await storesOf(context)) places.push(await visitStore(store, anchor, wish))
  const browsers = places.filter(({ place }) => place.owner !== 'programs')
  const trusting = browsers.filter(({ trusted }) => trusted)
  return {
    browsers: trusting.length === 0 ? 'none' : trusting.length === browsers.length ? 'all' : 'some',
    places,
  }
}

async function storesOf(context: TrustContext): Promise<readonly TrustStore[]> {
  if (context.os === 'darwin') return [loginKeychain(context)]
  if (context.os === 'win32') return [userRootStore(context)]
  const system = await systemStore(context)
  return [...(await nssStores(context)), ...(system ? [system] : [])]
}

async function visitStore(store: TrustStore, anchor: Anchor, wish: Wish): Promise<PlaceReport> {
  const { kind, owner, bundle, path } = store
  const place: TrustPlace = { kind, owner, path, ...(bundle === undefined ? {} : { bundle }) }
  const report = (standing: Standing | null, more: Partial<PlaceReport> = {}): PlaceReport => ({
    place,
    trusted: standing === null ? null : standing === 'trusted',
    done: null,
    obstacle: null,
    ...more,
  })
  let standing: Standing | null = null
  try {
    standing = await store.look(anchor)
    if (wish === null || standing === wish) return report(standing)
    await (wish === 'trusted' ? store.install(anchor) : store.remove(anchor))
    standing = null
    standing = await store.look(anchor)
    if (standing !== wish) return report(standing, { obstacle: { kind: 'no-effect' } })
    return report(standing, { done: wish === 'trusted' ? 'installed' : 'removed' })
  } catch (error) {
    if (!(error instanceof TrustError)) throw error
    return report(standing, { obstacle: error.obstacle })
  }
}
