/**
 * What was asked for and is not there, one row for each path: how often, which
 * page leads there, and what may have been meant. ↑ and ↓ lead from Copy to Copy.
 */
import type { KeyboardEvent } from 'react'
import type { MissingPath, Site } from '../../electron/contract.ts'
import { formatClock, formatNumber } from '../format.ts'
import { nextIndex } from '../list-keys.ts'
import { CopyButton } from './CopyButton.tsx'
import { Marked } from './LogRow.tsx'
import { shownReferrer } from './row-text.ts'
import { useSharedLogView } from './shared-log-view.tsx'
import { type MissingState, useMissing } from './use-missing.ts'

export function MissingList() {
  const { site, log, needle } = useSharedLogView()
  const state = useMissing(site.id, log.totals.errors)
  const all = state.phase === 'read' ? state.paths : []
  const paths = all.filter(({ path }) => path.toLowerCase().includes(needle))

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('button')]
    const here = buttons.findIndex(button => button.matches(':focus'))
    // Without one to go to, or before the first was reached, the keys scroll.
    const next =
      here < 0 ? null : nextIndex(event.key, here, buttons.length, { axis: 'vertical', wraps: false })
    if (next === null) return
    event.preventDefault()
    buttons[next]?.focus()
  }

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and so has to by keyboard
    <section className="log missing" aria-label="Not found" tabIndex={0} onKeyDown={onKeyDown}>
      {paths.length > 0 ? (
        <ul aria-label="Paths that were not found">
          {paths.map(each => (
            <MissingRow key={each.path} site={site} missing={each} needle={needle} />
          ))}
        </ul>
      ) : (
        <Nothing state={state} isFiltered={all.length > 0} />
      )}
    </section>
  )
}

interface MissingRowProps {
  readonly site: Site
  readonly missing: MissingPath
  readonly needle: string
}

function MissingRow({ site, missing, needle }: MissingRowProps) {
  const { path, count, lastTime, referrer, suggestion } = missing
  return (
    <li className="missing-row">
      <p className="missing-path" title={path}>
        <Marked text={path} needle={needle} />
      </p>
      <p className="missing-facts">
        <span>{count === 1 ? 'asked once' : `asked ${formatNumber(count)} times`}</span>
        {referrer !== null && (
          <span className="missing-from" title={referrer}>
            from {shownReferrer(referrer, site)}
          </span>
        )}
        <span>{count === 1 ? formatClock(lastTime) : `last ${formatClock(lastTime)}`}</span>
      </p>
      {suggestion && (
        <p className="missing-meant">
          <span title={suggestion.path}>
            Did you mean <b className="mono">{suggestion.path}</b>
            {suggestion.reason === 'letter-case' && ' (letter case)'}
          </span>
          <CopyButton text={suggestion.path} what="path" name={`Copy ${suggestion.path}`} title="Copy path" />
        </p>
      )}
    </li>
  )
}

function Nothing({ state, isFiltered }: { readonly state: MissingState; readonly isFiltered: boolean }) {
  if (state.phase === 'loading') return <p className="req-note is-late">Loading…</p>
  if (state.phase === 'absent') return <p className="req-note">{state.words}</p>
  return (
    <div className="log-empty">
      <b>{isFiltered ? 'Nothing matches the filter' : 'Everything was found'}</b>
      <span>
        {isFiltered
          ? 'Some paths were not found, under other names.'
          : 'Paths that are asked for and are not there appear here.'}
      </span>
    </div>
  )
}
