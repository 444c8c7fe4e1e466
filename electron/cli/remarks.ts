/**
 * What the terminal says besides its log, on standard error: what an owner
 * should know of what they switched on, and what is found out while it serves.
 * Each once.
 */
import type { Exchange, ExchangeNote, Origin, RulesReport } from '../engine/types.ts'
import type { ServeArguments } from './arguments.ts'

/** At the start. */
export function remarksOn({ engine }: ServeArguments, origins: readonly Origin[]): string[] {
  const { uploads, manage, throttle, auth } = engine
  const isShared = origins.some(({ reach }) => reach === 'network')
  const remarks: string[] = []
  if (isShared && !auth && (uploads || manage)) {
    const deeds = [...(uploads ? ['add files'] : []), ...(manage ? ['delete and rename them'] : [])]
    remarks.push(`everyone on the network can ${deeds.join(', and ')}; --auth asks for a password`)
  }
  if (manage) remarks.push('what visitors delete is gone: in the terminal there is no Trash')
  if (throttle) {
    const { latency, download, upload, loss } = throttle
    const lost = loss > 0 ? `, ${loss * 100} % of the answers lost` : ''
    const rates = `${download / 1000} kbit/s down and ${upload / 1000} up`
    remarks.push(`the network is slowed down: ${rates}, ${latency} ms later${lost}`)
  }
  return remarks
}

const LIVE_NOTES: Partial<Record<ExchangeNote, string>> = {
  'live-encoding': 'its encoding is none that can be added to',
  'live-markup': 'its markup has no place for a script',
  'live-policy': 'its Content-Security-Policy allows no script of this server',
}

const HOSTS = { netlify: 'Netlify', cloudflare: 'Cloudflare Pages' } as const

/** What holds, and why it is that host's; of no files nothing. */
function summaryOf({ host, toldBy, files, count }: RulesReport): string {
  if (files.length === 0) return ''
  const told = toldBy === null ? '' : ` (told by ${toldBy})`
  const rules = count === 1 ? '1 rule' : `${count} rules`
  return `${rules} of ${files.join(', ')} ${count === 1 ? 'is' : 'are'} applied, as ${HOSTS[host]} does${told}`
}

const LIVE_LIMIT =
  'the folder has more folders than the system lets be watched: pages do not reload for changes in the deepest (on Linux, fs.inotify.max_user_watches sets how many)'

/** Files that it spoke of, so that a page that is loaded again and again is spoken of once. */
const MOST = 1000

/** While it serves. `say` gets each line. */
export function createRemarks(say: (line: string) => void): {
  exchange(exchange: Exchange): void
  liveLimit(limited: boolean): void
  rules(report: RulesReport | null): void
} {
  const said = new Set<string>()
  function once(line: string): void {
    if (said.has(line) || said.size > MOST) return
    said.add(line)
    say(line)
  }
  let before: ReadonlySet<string> = new Set()
  let summaryBefore = ''
  return {
    exchange({ note, file, target }) {
      const why = note === null ? undefined : LIVE_NOTES[note]
      if (why !== undefined) once(`${file ?? target} does not reload by itself: ${why}`)
    },
    liveLimit(limited) {
      if (limited) once(LIVE_LIMIT)
    },
    rules(report) {
      const summary = report === null ? '' : summaryOf(report)
      if (summary !== '' && summary !== summaryBefore) say(summary)
      summaryBefore = summary
      const { problems } = report ?? { problems: [] }
      const lines = problems.map(
        ({ file, line, message }) => `${file}${line > 0 ? `:${line}` : ''}: ${message}`,
      )
      // One that was mended and is there again is said again.
      for (const line of lines) if (!before.has(line)) say(line)
      before = new Set(lines)
    },
  }
}
