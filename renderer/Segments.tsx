/**
 * The segmented control: tabs of a view, or a choice of one. One stop for Tab;
 * the arrow keys move and choose at once.
 */
import { type KeyboardEvent, useRef } from 'react'
import { Glyph } from './Icon.tsx'
import { nextIndex } from './list-keys.ts'

export interface Segment<T extends string> {
  readonly value: T
  readonly label: string
  readonly title?: string | undefined
  /** A count of problems behind it, and what is read out for it: `2 problems`. */
  readonly problems?: { readonly count: number; readonly words: string } | undefined
}

export function Segments<T extends string>({
  kind,
  label,
  segments,
  value,
  onChange,
  panelId,
}: {
  readonly kind: 'tabs' | 'radios'
  readonly label: string
  readonly segments: readonly Segment<T>[]
  readonly value: T
  readonly onChange: (value: T) => void
  /** Of the tab panel; its label is `<panelId>-tab`. */
  readonly panelId?: string
}) {
  const row = useRef<HTMLDivElement>(null)
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const here = segments.findIndex(segment => segment.value === value)
    const next = nextIndex(event.key, here, segments.length, { axis: 'both', wraps: true })
    const segment = next === null ? undefined : segments[next]
    if (next === null || segment === undefined) return
    event.preventDefault()
    onChange(segment.value)
    ;(row.current?.children[next] as HTMLElement | undefined)?.focus()
  }
  const isTabs = kind === 'tabs'
  return (
    <div
      className="seg"
      ref={row}
      {...{ role: isTabs ? 'tablist' : 'radiogroup', 'aria-label': label, onKeyDown }}
    >
      {segments.map(segment => {
        const on = segment.value === value
        const asTab = {
          role: 'tab',
          'aria-selected': on,
          ...(on && { id: `${panelId}-tab`, 'aria-controls': panelId }),
        }
        const asRadio = { role: 'radio', 'aria-checked': on }
        return (
          <button
            key={segment.value}
            type="button"
            {...(isTabs ? asTab : asRadio)}
            tabIndex={on ? 0 : -1}
            aria-label={segment.problems && `${segment.label}, ${segment.problems.words}`}
            title={segment.title}
            onClick={() => onChange(segment.value)}
          >
            {segment.label}
            {segment.problems && (
              <span className="seg-badge" aria-hidden="true">
                <Glyph name="s-4" />
                {segment.problems.count}
              </span>
            )}
          </button>
        )
      })}
    </div>
  )
}
