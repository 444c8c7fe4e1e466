/**
 * The trust boundary: a command's name and unknown input -> parsed input -> its
 * handler -> Result. Promises: never throws or rejects; a handler only sees
 * input of its type, without unknown keys, with bounded lengths. Does not check
 * who asks: that is the host's part. A command without a schema or without a
 * handler does not compile.
 */
import * as v from 'valibot'
import type { CommandName, Input, Output, Result } from '../contract.ts'
import { badInput, internalProblem, ProblemError, unknownCommand } from './problems.ts'
import * as schemas from './schemas.ts'

export type Handlers = {
  readonly [C in CommandName]: (input: Input<C>) => Output<C> | Promise<Output<C>>
}

const nothing = v.strictObject({})
const site = v.strictObject({ id: schemas.siteId })
const logOfSite = v.strictObject({ site: schemas.siteId })
const entryOfSite = v.strictObject({
  site: schemas.siteId,
  entry: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
})

type SomeOf<E extends v.ObjectEntries> = { [K in keyof E]: v.ExactOptionalSchema<E[K], undefined> }

/** Valibot's own partial() would let `undefined` through. */
function someOf<E extends Record<string, v.GenericSchema>>(entries: E): SomeOf<E> {
  const optional = Object.entries(entries).map(([key, schema]) => [key, v.exactOptional(schema)])
  return Object.fromEntries(optional)
}

const inputs: { readonly [C in CommandName]: v.GenericSchema<unknown, Input<C>> } = {
  'site.add': v.strictObject({
    folders: v.pipe(v.array(schemas.absolutePath), v.minLength(1), v.maxLength(100)),
  }),
  'site.remove': site,
  'site.rename': v.strictObject({ id: schemas.siteId, name: schemas.siteName }),
  'site.start': site,
  'site.stop': site,
  'site.restart': site,
  'site.stopAll': nothing,
  'site.configure': v.strictObject({
    id: schemas.siteId,
    // Not `password`: that is said to `site.setPassword`.
    options: v.strictObject(someOf({ port: schemas.port, ...schemas.siteOptions })),
  }),
  'site.setPassword': v.strictObject({
    id: schemas.siteId,
    user: schemas.userName,
    password: v.nullable(schemas.password),
  }),
  'site.share': v.strictObject({
    id: schemas.siteId,
    on: v.boolean(),
    until: v.optional(v.picklist(['never', 'hour', 'network-change'])),
  }),
  'site.devices': site,
  'site.block': v.strictObject({ id: schemas.siteId, address: schemas.address, blocked: v.boolean() }),
  'site.checkShare': site,
  'authority.trust': v.strictObject({ trusted: v.boolean() }),
  'site.relocate': v.strictObject({ id: schemas.siteId, folder: schemas.absolutePath }),
  'site.open': v.strictObject({
    id: schemas.siteId,
    target: v.optional(v.pipe(v.string(), v.maxLength(16_384), v.startsWith('/'))),
  }),
  'site.reveal': site,
  'port.next': nothing,
  'folder.choose': nothing,
  'folder.list': v.strictObject({ path: v.optional(schemas.path) }),
  'log.read': entryOfSite,
  'log.clear': logOfSite,
  'log.restore': logOfSite,
  'log.missing': logOfSite,
  'log.export': v.strictObject({
    site: schemas.siteId,
    format: v.picklist(['har', 'combined', 'csv']),
  }),
  'log.replay': entryOfSite,
  'settings.change': v.strictObject({
    startAtLogin: v.exactOptional(v.boolean()),
    restoreOnLaunch: v.exactOptional(v.boolean()),
    defaultPort: v.exactOptional(schemas.port),
    theme: v.exactOptional(schemas.theme),
    keepRequests: v.exactOptional(schemas.keepRequests),
  }),
  'notice.dismiss': nothing,
  'clipboard.write': v.strictObject({ text: v.pipe(v.string(), v.maxLength(1_000_000)) }),
  'access.allow': nothing,
  'panel.close': nothing,
  'panel.resize': v.strictObject({
    height: v.pipe(v.number(), v.finite(), v.minValue(1), v.maxValue(10_000)),
  }),
  'app.quit': nothing,
}

function isCommandName(name: string): name is CommandName {
  // Not `in`: `constructor` and `__proto__` are no commands.
  return Object.hasOwn(inputs, name)
}

export function createDispatch(handlers: Handlers) {
  async function run<C extends CommandName>(command: C, input: unknown): Promise<Result<Output<C>>> {
    const parsed = v.safeParse(inputs[command], input, { abortEarly: true })
    if (!parsed.success) {
      const [issue] = parsed.issues
      return { ok: false, problem: badInput(fieldOf(issue), remedyOf(issue)) }
    }
    return { ok: true, value: await handlers[command](parsed.output) }
  }

  return async function dispatch(command: string, input: unknown): Promise<Result<unknown>> {
    try {
      return isCommandName(command) ? await run(command, input) : { ok: false, problem: unknownCommand }
    } catch (error) {
      if (error instanceof ProblemError) return { ok: false, problem: error.problem }
      // Not a refusal, so its stack is wanted.
      console.error(error)
      return { ok: false, problem: internalProblem(error) }
    }
  }
}

/** The key whose value was refused: the innermost named one (`options.port` is `port`, `folders.0` is `folders`). */
function fieldOf(issue: v.BaseIssue<unknown>): string | undefined {
  const keys = issue.path?.map(item => item.key).filter(key => typeof key === 'string')
  const key = keys?.at(-1)
  return typeof key === 'string' ? key.slice(0, 64) : undefined
}

/** What helps, where a schema has words for it. */
function remedyOf(issue: v.BaseIssue<unknown>): string | undefined {
  return issue.expected === schemas.REMEDY ? issue.message : undefined
}
