/** The commands about a site's log. None writes state. */
import type { Site, SiteId } from '../contract.ts'
import type { Handlers } from './dispatch.ts'
import type { ExchangeLog } from './log.ts'
import { entryNotFound, nothingToRestore, ProblemError, unsupported } from './problems.ts'

type LogCommand = 'log.read' | 'log.clear' | 'log.restore' | 'log.missing' | 'log.export' | 'log.replay'

export function logCommands(log: ExchangeLog, siteBy: (id: SiteId) => Site): Pick<Handlers, LogCommand> {
  const notYet = (): never => {
    throw new ProblemError(unsupported)
  }
  return {
    'log.read'({ site, entry }) {
      const detail = log.read(siteBy(site).id, entry)
      if (!detail) throw new ProblemError(entryNotFound)
      return detail
    },
    'log.clear'({ site }) {
      log.clear(siteBy(site).id)
    },
    'log.restore'({ site }) {
      if (!log.restore(siteBy(site).id)) throw new ProblemError(nothingToRestore)
    },
    'log.missing': notYet,
    'log.export': notYet,
    'log.replay': notYet,
  }
}
