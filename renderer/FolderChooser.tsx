/**
 * The panel's own folder chooser, where the host has no dialog. One field and
 * one list that work together: typing a path goes there and narrows the list,
 * the arrow keys choose in it, Enter serves. Asks the app for folders only.
 */
import { type KeyboardEvent, type MouseEvent, useEffect, useId, useRef, useState } from 'react'
import type { FolderListing, Problem, Site, SiteId } from '../electron/contract.ts'
import { Dialog } from './Dialog.tsx'
import { useFolders } from './folders.ts'
import { Glyph, Icon } from './Icon.tsx'
import { nextIndex } from './list-keys.ts'
import { useNavigation } from './navigation.tsx'
import { useAppState } from './store.ts'
import { useFolderListing } from './use-folder-listing.ts'
import { isolate, lastName } from './words.ts'

function matching(listing: FolderListing | null, partial: string) {
  const wanted = partial.toLowerCase()
  return listing?.folders.filter(folder => folder.name.toLowerCase().startsWith(wanted)) ?? []
}

function titleOf(lost: Site | undefined): string {
  return lost === undefined ? 'Choose a folder' : `Locate ${isolate(lost.name)}`
}

function Chooser({ relocate, dropped }: { readonly relocate: SiteId | null; readonly dropped: boolean }) {
  const { back, wide, typedPath } = useNavigation()
  const folders = useFolders()
  const id = useId()
  const lost = useAppState().sites.find(site => site.id === relocate)
  const {
    listing,
    problem: unlisted,
    text,
    partial,
    type,
    enter,
    up,
  } = useFolderListing(typedPath, lost?.folder)
  const [active, setActive] = useState<string | null>(null)
  /** Why the folder that was asked for cannot be served, while nothing else has been chosen. */
  const [refused, setRefused] = useState<{ folder: string; problem: Problem } | null>(null)
  const list = useRef<HTMLDivElement>(null)

  const options = matching(listing, partial)
  // A name that is being typed chooses the first that it fits.
  const fallback = partial === '' ? undefined : options[0]
  const chosen = options.find(option => option.path === active) ?? fallback
  const here = chosen === undefined ? -1 : options.indexOf(chosen)
  const target = chosen?.path ?? (partial === '' ? listing?.path : undefined)

  useEffect(() => {
    list.current?.children[here]?.scrollIntoView?.({ block: 'nearest' })
  }, [here])

  const problem = refused !== null && refused.folder === target ? refused.problem.title : unlisted

  const serve = async (folder: string | undefined) => {
    if (folder === undefined) return
    const quiet = { quiet: true }
    const problem = await (relocate === null
      ? folders.add([folder], quiet)
      : folders.relocate(relocate, folder, quiet))
    setRefused(problem && { folder, problem })
  }
  const goTo = (path: string) => {
    setActive(null)
    enter(path)
  }
  const goUp = () => {
    setActive(null)
    up?.()
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const { selectionStart, selectionEnd, value } = event.currentTarget
    const atEnd = selectionStart === value.length && selectionEnd === value.length
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = nextIndex(event.key, here, options.length, { axis: 'vertical', wraps: false })
      setActive(next === null ? null : (options[next]?.path ?? null))
    } else if (event.key === 'ArrowRight' && atEnd && chosen !== undefined) goTo(chosen.path)
    else if (event.key === 'ArrowLeft' && atEnd && partial === '' && up !== null) goUp()
    else if (event.key === 'Enter') void serve(target)
    else return
    event.preventDefault()
  }
  const onPick = (event: MouseEvent<HTMLElement>, path: string) => {
    const arrow = event.currentTarget.lastElementChild?.getBoundingClientRect()
    // The arrow, and a little around it, goes into the folder; the rest of the row chooses it.
    if (arrow && event.detail > 0 && event.clientX > arrow.left - 14) goTo(path)
    else setActive(path)
  }

  const title = titleOf(lost)
  const Title = wide ? 'h2' : 'h1'
  const name = target === undefined ? '' : lastName(target)
  return (
    <>
      <header className="bar has-back">
        <button
          type="button"
          className="icon-btn"
          aria-label="Enclosing folder"
          title="Enclosing folder (←)"
          disabled={up === null}
          onClick={goUp}
        >
          <Icon name="back" />
        </button>
        <Title className="bar-title" title={title}>
          {title}
        </Title>
        <button type="button" className="btn plain" title="Cancel (Esc)" onClick={back}>
          Cancel
        </button>
      </header>
      <div className="pick-path">
        {dropped && (
          <p className="pick-note">A browser does not tell where a dropped folder is. Choose it here.</p>
        )}
        <label className="field">
          <span className="vh">Folder path</span>
          <input
            className="mono"
            role="combobox"
            aria-expanded={options.length > 0}
            aria-controls={id}
            aria-autocomplete="list"
            aria-activedescendant={here < 0 ? undefined : `${id}-${here}`}
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : `${id}-problem`}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-autofocus
            value={text}
            onChange={event => {
              setActive(null)
              type(event.target.value)
            }}
            onKeyDown={onKeyDown}
          />
        </label>
        {problem !== null && (
          <p className="pick-note is-error" id={`${id}-problem`} role="alert">
            {problem}
          </p>
        )}
      </div>
      <div
        className="pick"
        role="listbox"
        id={id}
        aria-label={`Folders in ${listing ? isolate(lastName(listing.path)) : 'this folder'}`}
        ref={list}
      >
        {options.map((option, index) => (
          <button
            key={option.path}
            type="button"
            role="option"
            id={`${id}-${index}`}
            aria-selected={option === chosen}
            className={option === chosen ? 'is-hover' : undefined}
            tabIndex={-1}
            title={option.path}
            onMouseDown={event => event.preventDefault()} // the field keeps the focus, and so the keys
            onClick={event => onPick(event, option.path)}
            onDoubleClick={() => goTo(option.path)}
          >
            <Glyph name="g-idle" />
            <span>
              <bdi>{option.name}</bdi>
            </span>
            <small>{option.hasIndex ? 'index.html' : ''}</small>
            <Icon name="next" />
          </button>
        ))}
      </div>
      {listing && options.length === 0 && (
        <p className="pick-empty">{partial === '' ? 'No folders in here' : `Nothing matches “${partial}”`}</p>
      )}
      <div className="pick-foot">
        <button
          type="button"
          className="btn primary"
          disabled={target === undefined}
          onClick={() => void serve(target)}
        >
          <span className="pick-serve">{name === '' ? 'Serve' : `Serve “${isolate(name)}”`}</span>
          <span className="key">↩</span>
        </button>
      </div>
    </>
  )
}

export function FolderChooser(props: { readonly relocate: SiteId | null; readonly dropped: boolean }) {
  const { wide, back } = useNavigation()
  const lost = useAppState().sites.find(site => site.id === props.relocate)
  if (!wide) return <Chooser {...props} />
  return (
    <Dialog className="popover is-centred" label={titleOf(lost)} onClose={back}>
      <div className="chooser">
        <Chooser {...props} />
      </div>
    </Dialog>
  )
}
