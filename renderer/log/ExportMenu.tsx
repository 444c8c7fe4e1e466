/** The kept requests as a file: which kind, from a menu, and then the browser or the host saves it. */
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react'
import type { LogFormat, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { Icon } from '../Icon.tsx'
import { nextIndex } from '../list-keys.ts'
import { download } from './download.ts'

const formats: readonly { readonly format: LogFormat; readonly label: string; readonly type: string }[] = [
  { format: 'har', label: 'HAR, for Browser Tools', type: 'application/json' },
  { format: 'combined', label: 'Combined Log', type: 'text/plain' },
  { format: 'csv', label: 'CSV, for Spreadsheets', type: 'text/csv' },
]

export function ExportMenu({ site, isEmpty }: { readonly site: Site; readonly isEmpty: boolean }) {
  const { invoke } = useActions()
  const button = useRef<HTMLButtonElement>(null)
  const [isOpen, setOpen] = useState(false)

  function close() {
    setOpen(false)
    button.current?.focus()
  }

  async function save({ format, type }: (typeof formats)[number]) {
    close()
    const result = await invoke('log.export', { site: site.id, format })
    if (result.ok) download(result.value.name, result.value.text, type)
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={isOpen ? 'icon-btn is-on' : 'icon-btn'}
        aria-label="Export…"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-disabled={isEmpty}
        title="Export…"
        onClick={() => setOpen(!isEmpty)}
      >
        <Icon name="export" />
      </button>
      {isOpen && <Menu below={button.current} onClose={close} onChoose={each => void save(each)} />}
    </>
  )
}

interface MenuProps {
  readonly below: HTMLElement | null
  readonly onClose: () => void
  readonly onChoose: (format: (typeof formats)[number]) => void
}

function Menu({ below, onClose, onChoose }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState({ left: 0, top: 0 })

  useLayoutEffect(() => {
    const anchor = below?.getBoundingClientRect()
    const width = menu.current?.getBoundingClientRect().width ?? 0
    if (anchor) setPlace({ left: Math.max(8, anchor.right - width), top: anchor.bottom + 6 })
    menu.current?.querySelector('button')?.focus()
  }, [below])

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault()
      event.stopPropagation()
      onClose()
      return
    }
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])]
    const here = items.findIndex(item => item.matches(':focus'))
    const next = nextIndex(event.key, here, items.length, { axis: 'vertical', wraps: true })
    if (next === null) return
    event.preventDefault()
    items[next]?.focus()
  }

  return (
    <>
      <div className="menu-away" onPointerDown={onClose} />
      <div
        ref={menu}
        className="menu"
        role="menu"
        aria-label="Export requests as"
        style={place}
        onKeyDown={onKeyDown}
      >
        {formats.map(each => (
          <button
            key={each.format}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onPointerEnter={event => event.currentTarget.focus({ preventScroll: true })}
            onClick={() => onChoose(each)}
          >
            {each.label}
          </button>
        ))}
      </div>
    </>
  )
}
