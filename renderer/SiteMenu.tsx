/**
 * What can be done with a site, as a menu: from the button with the dots, or a
 * right click on its row or detail. What this host or this site cannot do is
 * absent; what a stopped site cannot do is disabled.
 */
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import type { Site } from '../electron/contract.ts'
import { KeyHint } from './KeyHint.tsx'
import { nextIndex } from './list-keys.ts'
import type { Point } from './navigation.tsx'
import { useNavigation } from './navigation.tsx'
import type { ShortcutName } from './shortcuts.ts'
import { type SiteActions, useSiteActions } from './site-actions.ts'
import { isListening, networkOrigins } from './sites.ts'
import { useAppState } from './store.ts'
import { isolate, revealWords } from './words.ts'

interface Item {
  readonly label: string
  readonly key?: ShortcutName
  readonly run: (site: Site) => void
  readonly disabled?: boolean
  readonly danger?: true
}

function groupsOf(site: Site, actions: SiteActions, host: ReturnType<typeof useAppState>['host']): Item[][] {
  const disabled = !isListening(site)
  const address: Item[] = [
    { label: 'Open in Browser', key: 'open', run: actions.open, disabled },
    { label: 'Copy URL', key: 'copy', run: actions.copy, disabled },
  ]
  if (networkOrigins(site).length > 0) {
    address.push({ label: 'Copy Network URL', key: 'copyNetwork', run: actions.copyNetwork })
  }
  const folder: Item[] = []
  if (host.capabilities.includes('reveal-folder')) {
    folder.push({ label: revealWords(host.os), key: 'reveal', run: actions.reveal })
  }
  folder.push({ label: 'Rename…', run: actions.rename })
  folder.push({ label: 'Restart', key: 'restart', run: actions.restart, disabled })
  return [address, folder, [{ label: 'Remove…', key: 'remove', run: actions.remove, danger: true }]]
}

/** Inside the panel, whatever the pointer's place was. */
function usePlace(at: Point) {
  const menu = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<{ left: number; top: number }>({ left: at.x, top: at.y })
  useLayoutEffect(() => {
    const frame = menu.current?.closest('.sb')?.getBoundingClientRect()
    const box = menu.current?.getBoundingClientRect()
    if (!frame || !box) return
    const inset = 8
    setPlace({
      left: Math.max(frame.left + inset, Math.min(at.x, frame.right - box.width - inset)),
      top: Math.max(frame.top + inset, Math.min(at.y, frame.bottom - box.height - inset)),
    })
  }, [at])
  return { menu, place }
}

export function SiteMenu({ site, at }: { readonly site: Site; readonly at: Point }) {
  const { host } = useAppState()
  const { closeOverlay } = useNavigation()
  const actions = useSiteActions()
  const { menu, place } = usePlace(at)
  const opener = useRef<Element | null>(null)
  const [groups] = useState(() => groupsOf(site, actions, host))

  useLayoutEffect(() => {
    opener.current ??= document.activeElement
    menu.current?.querySelector<HTMLElement>('button:not([disabled])')?.focus()
  }, [menu])

  // Before the chosen action, which may open a dialog: that then returns the focus to the same place.
  const close = () => {
    if (opener.current instanceof HTMLElement) opener.current.focus()
    closeOverlay()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      event.stopPropagation()
      close()
      return
    }
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('button:not([disabled])') ?? [])]
    const here = items.indexOf(document.activeElement as HTMLElement)
    const next = nextIndex(event.key, here, items.length, { axis: 'vertical', wraps: true })
    if (next === null) return
    event.preventDefault()
    items[next]?.focus()
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a press beside the menu; Esc does it by key */}
      <div
        className="menu-away"
        onPointerDown={close}
        onContextMenu={event => {
          event.preventDefault()
          close()
        }}
      />
      <div
        className="menu"
        role="menu"
        aria-label={`Actions for ${isolate(site.name)}`}
        style={place}
        ref={menu}
        onKeyDown={onKeyDown}
      >
        {groups.map((items, index) => [
          index > 0 && <hr key={`line-${items[0]?.label}`} />,
          ...items.map(item => (
            <button
              key={item.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className={item.danger && 'danger'}
              disabled={item.disabled ?? false}
              onPointerEnter={event => event.currentTarget.focus({ preventScroll: true })}
              onClick={() => {
                close()
                item.run(site)
              }}
            >
              {item.label} {item.key && <KeyHint name={item.key} />}
            </button>
          )),
        ])}
      </div>
    </>
  )
}
