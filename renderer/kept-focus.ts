/**
 * Keeps the focus in the panel when the control that has it goes or is disabled
 * (Copy, when its site stops): else it falls to the page, and the keyboard and
 * the screen reader start again at the top.
 */

/** Where the focus was last, and the site it belonged to, which may be asked when it is gone already. */
interface Place {
  readonly element: HTMLElement
  readonly site: string | undefined
  /** A selector of controls that do the same: the panel and the wide window draw them in other places. */
  readonly alike: string | undefined
}

const kinds = [
  ...['[data-copy]', '[data-row]', '[data-share]', '[data-settings]', '[data-choose]', '[data-name]'],
  ...['[role="switch"]', '[role="tab"]', '[role="combobox"]', 'input[type="search"]'],
]

let last: Place | null = null

/** Remembers where the focus is from now on; returns its end. */
export function watchFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return
    last = {
      element: target,
      site: target.closest<HTMLElement>('[data-site]')?.dataset.site,
      alike: kinds.find(kind => target.matches(kind)),
    }
  }
  addEventListener('focusin', remember)
  return () => {
    removeEventListener('focusin', remember)
    last = null
  }
}

/** To be called when the panel has been redrawn. Moves the focus only where it has been lost. */
export function keepFocus(): void {
  const { activeElement, body } = document
  if (last === null || (activeElement !== body && activeElement !== last.element)) return
  const { element, site, alike } = last
  if (element.isConnected && !element.matches(':disabled')) return
  const there = site === undefined ? '' : `[data-site="${CSS.escape(site)}"] `
  const places = [
    ...(alike === undefined ? [] : [there + alike]),
    // The switch last: the next Space on it would stop what has just been started.
    ...(site === undefined
      ? []
      : ['[data-copy]', '.site-fix button', '[role="switch"]'].map(part => there + part)),
    '[data-autofocus]',
    '[data-row]',
    '[data-choose]',
  ]
  for (const place of places) {
    const next = [...document.querySelectorAll<HTMLElement>(place)].find(
      each => !each.closest('[inert]') && !each.matches(':disabled, [tabindex="-1"]'),
    )
    if (next === undefined) continue
    next.focus()
    return
  }
}
