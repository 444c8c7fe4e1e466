/**
 * Filter, errors only, not found, pause, clear and export: one row of their own
 * in the panel, beside the tabs in the wide window (the parent brings the box). Their keys
 * work while they are on screen.
 */
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
} from 'react'
import { useActions } from '../actions.tsx'
import { formatNumber } from '../format.ts'
import { Glyph, Icon } from '../Icon.tsx'
import { useNavigation } from '../navigation.tsx'
import { type ShortcutName, withKey } from '../shortcuts.ts'
import { useAppState } from '../store.ts'
import { ExportMenu } from './ExportMenu.tsx'
import { useSharedLogView } from './shared-log-view.tsx'

export function LogTools() {
  const view = useSharedLogView()
  const { host } = useAppState()
  const { invoke, toast } = useActions()
  const { offerKeys } = useNavigation()
  const input = useRef<HTMLInputElement>(null)
  const { state, log, site } = view
  const { errors, requests } = log.totals
  const hasErrorsChip = errors > 0 || state.errorsOnly

  async function clear() {
    // A second Clear would put nothing in the place of what Undo brings back.
    if (requests === 0) return
    const result = await invoke('log.clear', { site: site.id })
    if (result.ok) toast('Log cleared.', () => void invoke('log.restore', { site: site.id }))
  }

  /** In the view of what was not found it leads back to the requests. */
  function toggleErrors() {
    view.setErrorsOnly(state.missing || !state.errorsOnly)
  }

  const onShortcut = useEffectEvent((name: ShortcutName): boolean => {
    switch (name) {
      case 'filter':
        input.current?.focus()
        input.current?.select()
        return true
      case 'errors':
        if (hasErrorsChip) toggleErrors()
        return true
      case 'pause':
        view.setPaused(!state.paused)
        return true
      case 'clear':
        void clear()
        return true
      default:
        return false
    }
  })

  useEffect(() => offerKeys(name => onShortcut(name)), [offerKeys])

  function onFilterKey(event: KeyboardEvent<HTMLInputElement>) {
    // Not while an input method is at work: there Escape drops what is being composed.
    if (event.key !== 'Escape' || event.nativeEvent.isComposing) return
    event.preventDefault()
    event.stopPropagation()
    if (state.text !== '') view.setFilter('')
    else document.querySelector<HTMLElement>('.log .req-row[tabindex="0"], .log:not(:has(.req-row))')?.focus()
  }

  return (
    <>
      <label className="field">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label="Filter requests"
          title={withKey('Filter requests', 'filter', host)}
          placeholder="Filter requests"
          value={state.text}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          onChange={event => view.setFilter(event.target.value)}
          onKeyDown={onFilterKey}
        />
        {state.text !== '' && (
          <button
            type="button"
            className="icon-btn"
            aria-label="Clear filter"
            title="Clear filter (Esc)"
            onClick={() => {
              view.setFilter('')
              input.current?.focus()
            }}
          >
            <Icon name="x" />
          </button>
        )}
      </label>
      {hasErrorsChip && (
        <Chip
          on={state.errorsOnly && !state.missing}
          name={`Show only errors, ${formatNumber(errors)}`}
          title={withKey('Show only errors', 'errors', host)}
          onToggle={toggleErrors}
          returnTo={input}
        >
          <Glyph name="s-4" />
          {formatNumber(errors)}
        </Chip>
      )}
      {(errors > 0 || state.missing) && (
        <Chip
          on={state.missing}
          name="Show what was not found"
          title="Show what was not found, by path"
          onToggle={() => view.setMissing(!state.missing)}
          returnTo={input}
        >
          Not found
        </Chip>
      )}
      <button
        type="button"
        className={state.paused ? 'icon-btn is-on' : 'icon-btn'}
        aria-label={state.paused ? 'Resume' : 'Pause'}
        title={withKey(state.paused ? 'Resume' : 'Pause', 'pause', host)}
        onClick={() => view.setPaused(!state.paused)}
      >
        <Icon name={state.paused ? 'play' : 'pause'} />
      </button>
      <button
        type="button"
        className="icon-btn"
        aria-label="Clear log"
        aria-disabled={requests === 0}
        title={withKey('Clear log', 'clear', host)}
        onClick={() => void clear()}
      >
        <Icon name="clear" />
      </button>
      <ExportMenu site={site} isEmpty={requests === 0} />
    </>
  )
}

function Chip({
  on,
  name,
  title,
  onToggle,
  returnTo,
  children,
}: {
  readonly on: boolean
  readonly name: string
  readonly title: string
  readonly children: ReactNode
  readonly onToggle: () => void
  /** What takes the focus when the chip goes with the last error (Clear, Undo). */
  readonly returnTo: RefObject<HTMLElement | null>
}) {
  const chip = useRef<HTMLButtonElement>(null)
  useLayoutEffect(() => {
    const element = chip.current
    return () => {
      if (element === document.activeElement) returnTo.current?.focus()
    }
  }, [returnTo])
  return (
    <button
      ref={chip}
      type="button"
      className="chip"
      aria-pressed={on}
      aria-label={name}
      title={title}
      onClick={onToggle}
    >
      {children}
    </button>
  )
}
