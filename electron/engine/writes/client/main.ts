/**
 * The script of the listing page, where the owner lets visitors add, rename or
 * delete files. Adds to a page that works without it.
 */
import { access } from './access.ts'
import { element } from './dom.ts'
import { addRowButtons, refreshSoon } from './listing.ts'
import { Queue } from './queue.ts'
import { forgetOld } from './resumable.ts'
import { createStrip } from './strip.ts'
import { TransfersView } from './transfers-view.ts'

function start(): void {
  addRowButtons()
  // Live reload: the list is brought up to date in place, so that no upload and no dialog is lost.
  document.addEventListener('servebar.live', event => {
    event.preventDefault()
    refreshSoon()
  })
  const form = document.querySelector('form.put')
  if (form === null || access()?.uploads === null) return
  forgetOld()
  const view: TransfersView = new TransfersView(() => queue)
  const queue: Queue = new Queue(location.pathname, () => view.draw(), refreshSoon)
  const folderName = document.querySelector('.crumbs [aria-current]')?.textContent ?? ''
  const { strip, note } = createStrip(folderName, picked => queue.add(picked))
  // In sight wherever the list is: files can be dropped at the top of a long one.
  form.replaceWith(strip, element('div', { class: 'upd' }, note, view.section))
  addEventListener('beforeunload', event => {
    if (queue.isBusy) event.preventDefault()
  })
}

start()
