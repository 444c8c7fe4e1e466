/**
 * The strip under the list, where files are chosen or dropped. It takes the place
 * of the form that does the same without script.
 */
import { access } from './access.ts'
import { announce, button, counted, element, icon, sizeText } from './dom.ts'
import { type Picked, pickedByDrop, pickedIn, sift } from './picked.ts'

/** The strip, and what it says of files that are left out. `add`: what has been chosen, and can be sent. */
export function createStrip(
  folderName: string,
  add: (picked: readonly Picked[]) => void,
): { readonly strip: HTMLElement; readonly note: HTMLElement } {
  const note = element('p', { class: 'upn', hidden: true })
  const take = (picked: readonly Picked[]): void => {
    const sifted = sift(picked, access()?.uploads === null || access()?.hidden === true)
    note.hidden = sifted.private === 0
    note.textContent =
      sifted.private === 0
        ? ''
        : `${counted(sifted.private, 'file was', 'files were')} left out: names that start with a dot stay private.`
    if (sifted.private > 0) announce(note.textContent)
    if (sifted.wanted.length > 0) add(sifted.wanted)
  }
  const choose = (folder: boolean): HTMLInputElement => {
    const input = element('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1' })
    if (folder) input.webkitdirectory = true
    input.addEventListener('change', () => {
      take(pickedIn(input.files))
      // The same files can be chosen again.
      input.value = ''
    })
    return input
  }
  const [files, folder] = [choose(false), choose(true)]
  const most = access()?.uploads?.maxSize ?? null
  const hint =
    most === null ? 'Drop files or folders here' : `Drop files or folders here, up to ${sizeText(most)} each`
  const strip = element(
    'div',
    { class: 'put' },
    icon('i-plus', 'ic'),
    element('span', { class: 'hint' }, hint),
    button('Upload Files…', () => files.click()),
    // Phones have no folders to choose.
    'webkitdirectory' in files && button('Upload Folder…', () => folder.click()),
    files,
    folder,
  )
  acceptDrops(folderName, data => void pickedByDrop(data).then(take))
  return { strip, note }
}

/** The whole page is where files can be dropped. */
function acceptDrops(folderName: string, take: (data: DataTransfer) => void): void {
  const over = element(
    'div',
    { class: 'over', 'aria-hidden': 'true' },
    element('p', {}, 'Release to add to ', element('bdi', {}, folderName)),
  )
  const bringsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true
  addEventListener('dragenter', event => {
    if (bringsFiles(event) && !over.isConnected) document.body.append(over)
  })
  addEventListener('dragover', event => {
    if (!bringsFiles(event) || event.dataTransfer === null) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'copy'
  })
  addEventListener('dragleave', event => {
    // To outside of the window, and not from one element to the next.
    if (event.relatedTarget === null) over.remove()
  })
  addEventListener('drop', event => {
    over.remove()
    if (!bringsFiles(event) || event.dataTransfer === null) return
    event.preventDefault()
    take(event.dataTransfer)
  })
}
