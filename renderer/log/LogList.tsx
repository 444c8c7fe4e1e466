/**
 * The list of requests, newest on top. Only the rows in sight exist; the
 * opened one is measured, all others are equally high. What holds it still is
 * told to the view by use-still-list.ts; keys move between the rows with
 * use-row-focus.ts.
 */
import {
  defaultRangeExtractor,
  observeElementRect,
  type Range,
  useVirtualizer,
  type Virtualizer,
} from '@tanstack/react-virtual'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { withKey } from '../shortcuts.ts'
import { useAppState } from '../store.ts'
import { HeldBar } from './HeldBar.tsx'
import { LogDetail } from './LogDetail.tsx'
import { LogEmpty } from './LogEmpty.tsx'
import { LogRow } from './LogRow.tsx'
import { LogSummary } from './LogSummary.tsx'
import { entryAtRow, rowOfId } from './log-ids.ts'
import { MissingList } from './MissingList.tsx'
import { useSharedLogView } from './shared-log-view.tsx'
import { useLogDetail } from './use-log-detail.ts'
import { useNewRows } from './use-new-rows.ts'
import { useRowFocus } from './use-row-focus.ts'
import { useStillList } from './use-still-list.ts'

/** Until one has been measured, in px. */
const ROW_HEIGHT = 42
const OPENED_HEIGHT = 300
/** A list without a layout (not shown yet) draws what fits in here. */
const FIRST_RECT = { width: 400, height: 400 }

type Rows = Virtualizer<HTMLDivElement, HTMLLIElement>

function observeRect(rows: Rows, onRect: (rect: { width: number; height: number }) => void) {
  return observeElementRect(rows, rect => onRect(rect.height > 0 ? rect : FIRST_RECT))
}

/** The row with the focus stays, even out of sight: else the focus would fall to the page. */
function withRow(range: Range, row: number): number[] {
  const rows = defaultRangeExtractor(range)
  if (row < 0 || rows.includes(row)) return rows
  return row < (rows[0] ?? 0) ? [row, ...rows] : [...rows, row]
}

/** The requests, or in their place the paths that are not there. */
export function LogList() {
  return useSharedLogView().state.missing ? <MissingList /> : <RequestList />
}

function RequestList() {
  const view = useSharedLogView()
  const { host } = useAppState()
  const { site, entries, state, needle } = view
  const { open } = state
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLUListElement>(null)
  const [rowHeight, setRowHeight] = useState(ROW_HEIGHT)
  /** Height of what sticks to the top over the rows: the table head and the bar. */
  const [cover, setCover] = useState(0)
  const [focused, setFocused] = useState<number | null>(null)

  // The opened row has a key of its own, so that its height is not taken for the closed row's later.
  const getItemKey = useCallback(
    (row: number) => {
      const id = entryAtRow(entries, row)?.id ?? 0
      return id === open ? -id : id
    },
    [entries, open],
  )
  const rangeExtractor = useCallback(
    (range: Range) => withRow(range, focused === null ? -1 : rowOfId(entries, focused)),
    [entries, focused],
  )
  const rows: Rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: row => (getItemKey(row) < 0 ? rowHeight + OPENED_HEIGHT : rowHeight),
    getItemKey,
    rangeExtractor,
    observeElementRect: observeRect,
    overscan: 6,
    scrollMargin: cover,
    scrollPaddingStart: cover,
  })
  // A row that opens under the upper edge grows downwards, where the user looks.
  rows.shouldAdjustScrollPositionOnItemSizeChange = row => row.end <= (rows.scrollOffset ?? 0)

  useLayoutEffect(() => {
    const height = list.current?.querySelector<HTMLElement>('.req:not(.is-open)')?.offsetHeight
    if (height) setRowHeight(height)
    setCover(list.current?.offsetTop ?? 0)
  })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height moves all rows
  useLayoutEffect(() => {
    rows.measure()
    for (const element of rows.elementsCache.values()) rows.measureElement(element)
  }, [rows, rowHeight])

  const holding = useStillList(view, scroller, list)
  const focus = useRowFocus(view, scroller, {
    setFocused,
    scrollToRow: row => rows.scrollToIndex(row),
  })
  const newAfter = useNewRows(view.base, state.generation)
  const detail = useLogDetail(site.id, open)

  // What opened is brought into sight, once it has its height.
  useLayoutEffect(() => {
    if (open === null || detail.phase === 'loading') return
    list.current?.querySelector('.is-open')?.scrollIntoView?.({ block: 'nearest' })
  }, [open, detail.phase])

  const focusList = () => scroller.current?.focus()
  const tabStop = focused ?? entryAtRow(entries, rows.range?.startIndex ?? 0)?.id
  const copyTitle = withKey('Copy row', 'copy', host)
  return (
    <div
      ref={scroller}
      className="log"
      tabIndex={-1}
      style={{ scrollPaddingTop: cover }}
      {...holding}
      {...focus.handlers}
    >
      {entries.length > 0 && (
        <div className="log-head" aria-hidden="true">
          <span>Status</span>
          <span>Method</span>
          <span>Path</span>
          <span className="r">Size</span>
          <span className="r">Duration</span>
          <span>Client</span>
          <span className="r">Time</span>
        </div>
      )}
      {(state.paused || view.waiting > 0) && <HeldBar view={view} onDone={focusList} />}
      {entries.length === 0 ? (
        <LogEmpty view={view} onDone={focusList} />
      ) : (
        <ul ref={list} className="log-rows" aria-label="Requests" style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const entry = entryAtRow(entries, index)
            if (!entry) return null
            const isOpen = entry.id === open
            return (
              <LogRow
                key={entry.id}
                ref={isOpen ? rows.measureElement : undefined}
                entry={entry}
                index={index}
                total={entries.length}
                top={start - cover}
                isNew={entry.id > newAfter}
                isTabStop={entry.id === tabStop}
                needle={needle}
                copyTitle={copyTitle}
                onToggle={view.toggle}
              >
                {isOpen ? <LogDetail site={site} entry={entry} state={detail} /> : undefined}
              </LogRow>
            )
          })}
        </ul>
      )}
      <LogSummary totals={view.log.totals} isActive={focus.isInside} />
    </div>
  )
}
