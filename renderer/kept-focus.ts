/**
 * Keeps the focus in the panel when the control that has it goes or is disabled
 * (Copy, when its site stops): else it falls to the page, and the keyboard and
 * the screen reader start again at the top.
 */

/** Where the focus was last, and the site it belonged to, which may be asked when it is gone already. */
interface Place {
  readonly element: HTMLElement
  readonly site: string | undefined
}

let last: Place | null = null

/** Remembers where the focus is from now on; returns its end. */
export function watchFocus(): () => void {
  const remember = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return
    last = { element: target, site: target.closest<HTMLElement>('[data-site]')?.dataset.site }
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
  const { element, site } = last
  if (element.isConnected && !element.matches(':disabled')) return
  const places = [
    // The switch last: the next Space on it would stop what has just been started.
    ...(site === undefined
      ? []
      : ['[data-copy]:not([disabled])', '.site-fix button', '[role="switch"]'].map(
          part => `[data-site="${CSS.escape(site)}"] ${part}`,
        )),
    '[data-autofocus]',
    '[data-row]',
    '[data-choose]',
  ]
  for (const place of places) {
    const next = [...document.querySelectorAll<HTMLElement>(place)].find(each => !each.closest('[inert]'))
    if (next === undefined) continue
    next.focus()
    return
  }
}
