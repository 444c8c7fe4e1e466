/**
 * The commands of the request log: one row, all of it as a file, the same
 * request again, what is missing, Clear Log and its Undo.
 */
import type { MissingPath, Site, SiteId } from '../contract.ts'
import type { Handlers } from './dispatch.ts'
import type { ExchangeLog } from './log.ts'
import { exportLog, exportName } from './log-export.ts'
import { isReplayable, replay } from './log-replay.ts'
import * as problems from './problems.ts'
import { ProblemError } from './problems.ts'
import { createSuggestions } from './suggestions.ts'

export interface LogOwner {
  siteBy(id: SiteId): Site
  readonly log: ExchangeLog
  readonly version: string
}

type LogCommand = Extract<keyof Handlers, `log.${string}`>

/** Suggestions are looked up for the paths that were asked for most. */
const MAX_SUGGESTED = 200

export function logCommands({ siteBy, log, version }: LogOwner): Pick<Handlers, LogCommand> {
  return {
    'log.read'({ site, entry }) {
      const detail = log.read(siteBy(site).id, entry)
      if (!detail) throw new ProblemError(problems.entryNotFound)
      return detail
    },
    'log.clear'({ site }) {
      log.clear(siteBy(site).id)
    },
    'log.restore'({ site }) {
      if (!log.restore(siteBy(site).id)) throw new ProblemError(problems.nothingToRestore)
    },
    async 'log.missing'({ site }) {
      const { id, folder } = siteBy(site)
      const suggest = createSuggestions(folder)
      const missing: MissingPath[] = []
      for (const [index, each] of log.missing(id).entries()) {
        missing.push({ ...each, suggestion: index < MAX_SUGGESTED ? await suggest(each.path) : null })
      }
      return missing
    },
    async 'log.export'({ site, format }) {
      const { id, name, status, options } = siteBy(site)
      const scheme = options.https ? 'https' : 'http'
      const origin =
        status.phase === 'listening' ? status.origins[0]?.url : `${scheme}://localhost:${options.port}`
      return {
        name: exportName(name, format, new Date()),
        text: await exportLog(log.records(id), format, { origin: origin ?? '', version }),
      }
    },
    async 'log.replay'({ site, entry }) {
      const { id, status } = siteBy(site)
      const record = log.record(id, entry)
      if (!record) throw new ProblemError(problems.entryNotFound)
      if (!isReplayable(record)) throw new ProblemError(problems.notReplayable)
      const origin = status.phase === 'listening' ? status.origins[0] : undefined
      if (!origin) throw new ProblemError(problems.notRunning)
      try {
        return {
          status: await replay({ port: origin.port, https: origin.url.startsWith('https:') }, record),
        }
      } catch (error) {
        throw new ProblemError(problems.noAnswer(error))
      }
    },
  }
}
