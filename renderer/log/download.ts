/** A text that this page has, as a file that the user saves. */

/** Until it is surely read: a dialog may ask where to, first. In ms. */
const KEPT = 10 * 60_000

export function download(name: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), KEPT)
}
