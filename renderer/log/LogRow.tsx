/**
 * One request in the list: a button that opens it, and what it opens to. The
 * same markup is two lines in the panel and a table row in the wide window;
 * the sheet decides. Memoised for what leaves a row as it is (focus, scrolling,
 * a held list); a new request moves every row down, and so draws all in sight.
 */
import { memo, type ReactNode, type Ref } from 'react'
import type { LogEntry } from '../../electron/contract.ts'
import { Glyph, type GlyphName } from '../Icon.tsx'
import { CopyButton } from './CopyButton.tsx'
import { splitMatches } from './log-filter.ts'
import { cellsOf, copiedRow, isLoud, isSlow, spokenName, statusClass } from './row-text.ts'

interface LogRowProps {
  readonly entry: LogEntry
  readonly isNew?: boolean
  readonly needle?: string
  readonly isTabStop: boolean
  readonly onToggle: (id: number) => void
  readonly copyTitle: string
  /** The opened part; absent: closed. */
  readonly children?: ReactNode
  /** The rest only in a list that does not hold all of its rows: where it stands among how many. */
  readonly index?: number
  readonly total?: number
  readonly top?: number
  readonly ref?: Ref<HTMLLIElement> | undefined
}

export const LogRow = memo(function LogRow(props: LogRowProps) {
  const { entry, needle = '', isTabStop, onToggle, children, index, total, top } = props
  const isOpen = children !== undefined
  const cells = cellsOf(entry)
  const kind = statusClass(entry.status)
  const classes = ['req', isOpen && 'is-open', props.isNew && 'is-new'].filter(Boolean).join(' ')
  const marked = (text: string) => <Marked text={text} needle={needle} />
  return (
    <li
      ref={props.ref}
      className={classes}
      data-id={entry.id}
      data-index={index}
      aria-posinset={index === undefined ? undefined : index + 1}
      aria-setsize={total}
      style={top === undefined ? undefined : { transform: `translateY(${top}px)` }}
    >
      <button
        type="button"
        className="req-row"
        aria-expanded={isOpen}
        tabIndex={isTabStop ? 0 : -1}
        onClick={event => {
          if (!selectsIn(event.currentTarget)) onToggle(entry.id)
        }}
      >
        {/* Its name in the order that is best heard; the columns are for the eye. */}
        <span className="vh">{spokenName(entry)}</span>
        <span className="st" data-c={kind} aria-hidden="true">
          <Glyph name={`s-${kind}` satisfies GlyphName} />
          {marked(cells.status)}
        </span>
        <span className="pt" title={entry.target} aria-hidden="true">
          <MarkedTarget path={cells.path} query={cells.query} needle={needle} />
        </span>
        <span className={isSlow(entry) ? 'du slow' : 'du'} aria-hidden="true">
          {marked(cells.duration)}
        </span>
        <span className="mi" aria-hidden="true">
          <span className={isLoud(entry) ? 'mt loud' : 'mt'}>{marked(cells.method)}</span>
          <span className="sz">{marked(cells.size)}</span>
          <span className="cl" title={cells.client}>
            {marked(cells.client)}
          </span>
          <span className="at">{marked(cells.clock)}</span>
        </span>
      </button>
      {children ?? (
        <CopyButton
          className="copy-row"
          text={copiedRow(entry)}
          what="row"
          name="Copy row"
          title={props.copyTitle}
          tabIndex={isTabStop ? 0 : -1}
        />
      )}
    </li>
  )
})

/** Dragging over a row selects its text; letting go is no click then. */
function selectsIn(row: HTMLElement): boolean {
  const selection = getSelection()
  return selection !== null && !selection.isCollapsed && selection.containsNode(row, true)
}

/** A text with what the filter found in it. */
export function Marked({ text, needle }: { readonly text: string; readonly needle: string }) {
  if (needle === '') return text
  return splitMatches(text, needle).map(({ text: part, start, isMatch }) =>
    isMatch ? <mark key={start}>{part}</mark> : part,
  )
}

/** A match may run across the question mark, so the target is cut as one text. */
function MarkedTarget({
  path,
  query,
  needle,
}: {
  readonly path: string
  readonly query: string
  readonly needle: string
}) {
  if (needle === '') return <Target path={path} query={query} />
  return splitMatches(path + query, needle).map(({ text, start, isMatch }) => {
    const inPath = Math.max(0, path.length - start)
    const part = <Target key={start} path={text.slice(0, inPath)} query={text.slice(inPath)} />
    return isMatch ? <mark key={start}>{part}</mark> : part
  })
}

function Target({ path, query }: { readonly path: string; readonly query: string }) {
  return (
    <>
      {path}
      {query !== '' && <span className="q">{query}</span>}
    </>
  )
}
