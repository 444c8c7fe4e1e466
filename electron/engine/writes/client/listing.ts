/**
 * The list of files on this page: brought up to date in place, and with a button
 * on each row where files can be renamed and deleted.
 */
import { access, fetchPage } from './access.ts'
import { announce, button, element, icon } from './dom.ts'
import { Lost, Refused, send } from './send.ts'

/** Between two looks at the server, in ms. */
const PAUSE = 2_000

let pending = false
let last = 0

/** Soon, and not too often. */
export function refreshSoon(): void {
  if (pending) return
  pending = true
  setTimeout(
    () => {
      pending = false
      last = Date.now()
      void refresh().catch(() => {})
    },
    Math.max(0, last + PAUSE - Date.now()),
  )
}

async function refresh(): Promise<void> {
  const page = await fetchPage()
  for (const place of ['.listing', '.sum']) {
    const [old, fresh] = [document.querySelector(place), page.querySelector(place)]
    if (old === null || fresh === null) continue
    const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute('href') : null
    old.replaceChildren(...Array.from(fresh.childNodes, node => document.importNode(node, true)))
    if (focused) old.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus()
  }
  // A page has the drawings that it uses; there may be new ones.
  const symbols = document.querySelector('.sprite defs')
  for (const symbol of page.querySelectorAll('.sprite symbol')) {
    if (document.getElementById(symbol.id) === null) symbols?.append(document.importNode(symbol, true))
  }
  addRowButtons()
}

export function addRowButtons(): void {
  if (!access()?.manage) return
  const head = document.querySelector('.ls thead tr')
  head?.append(
    element(
      'th',
      { scope: 'col', role: 'columnheader', class: 'x' },
      element('span', { class: 'vh' }, 'Actions'),
    ),
  )
  for (const row of document.querySelectorAll('.ls tbody tr')) {
    const cell = element('td', { role: 'cell', class: 'x' })
    const link = row.querySelector<HTMLAnchorElement>('.f a')
    const name = row.querySelector('.f bdi')?.textContent ?? ''
    if (link !== null && !row.classList.contains('up')) {
      const more = button('', () => openActions(link, name, more), {
        class: 'pbtn more',
        'aria-label': `Rename or delete ${name}`,
        'aria-haspopup': 'dialog',
      })
      more.append(icon('i-more', 'ic'))
      cell.append(more)
    }
    row.append(cell)
  }
}

/** One dialog for both: the name to change, and the way to delete. */
function openActions(link: HTMLAnchorElement, shownName: string, opener: HTMLElement): void {
  const path = link.pathname.replace(/\/$/, '')
  const isFolder = link.pathname.endsWith('/')
  const oldName = nameOf(path) ?? shownName
  const input = element('input', {
    type: 'text',
    value: oldName,
    'aria-label': 'Name',
    autocomplete: 'off',
    spellcheck: 'false',
  })
  const problem = element('p', { class: 'bad', role: 'alert' })
  const title = element('h2', {}, element('bdi', {}, oldName))
  const form = element('form', { method: 'dialog' }, title, input, problem)
  const dialog = element('dialog', { class: 'ask', 'aria-label': `Rename or delete ${oldName}` }, form)
  const work = async (act: () => Promise<unknown>, said: string): Promise<void> => {
    try {
      await act()
      dialog.close()
      announce(said)
      await refresh().catch(() => {})
    } catch (error) {
      if (error instanceof Refused) problem.textContent = error.sentence
      else if (error instanceof Lost) problem.textContent = 'The connection was lost. Try again.'
      else throw error
    }
  }
  const rename = (): void => {
    const name = input.value.normalize('NFC')
    const to = path.slice(0, path.lastIndexOf('/') + 1) + encodeURIComponent(name)
    if (name === oldName) dialog.close()
    else void work(() => send('MOVE', path, { fields: { Destination: to } }), `Renamed to ${name}`)
  }
  const remove = (): void => void work(() => send('DELETE', path), `${oldName} was deleted`)
  const cancel = (): HTMLButtonElement => button('Cancel', () => dialog.close())
  const askToDelete = (): void => {
    const folder = isFolder ? 'The folder and all in it goes' : 'It goes'
    const end = access()?.trash
      ? `${folder} to the Trash of the computer that serves it.`
      : `${folder} for good.`
    const sure = button('Delete', remove, { class: 'pbtn danger' })
    title.replaceChildren('Delete ', element('bdi', {}, oldName), '?')
    form.replaceChildren(
      title,
      element('p', {}, end),
      problem,
      element('div', { class: 'acts' }, cancel(), sure),
    )
    problem.textContent = ''
    sure.focus()
  }
  const deleting = button('Delete…', askToDelete, { class: 'pbtn danger' })
  const saving = element('button', { class: 'pbtn' }, 'Rename')
  form.append(
    element('div', { class: 'acts' }, deleting, element('span', { class: 'gap' }), cancel(), saving),
  )
  form.addEventListener('submit', event => {
    event.preventDefault()
    rename()
  })
  dialog.addEventListener('close', () => {
    dialog.remove()
    if (opener.isConnected) opener.focus()
  })
  document.body.append(dialog)
  dialog.showModal()
  input.focus()
  // The extension mostly stays.
  const dot = oldName.lastIndexOf('.')
  input.setSelectionRange(0, dot > 0 && !isFolder ? dot : oldName.length)
}

/** Null for a name that is not UTF-8. */
function nameOf(path: string): string | null {
  try {
    return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1))
  } catch {
    return null
  }
}
