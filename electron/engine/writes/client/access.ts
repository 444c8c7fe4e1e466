/**
 * What the page says of this folder and of what may be done with it. The token is
 * the server's, and new with each of its starts: a page that is older gets the
 * new one from the page as it is now.
 */

/** As access-page.ts writes it. */
export interface Access {
  readonly token: string
  /** Null: nothing can be added. */
  readonly uploads: { readonly maxSize: number | null; readonly overwrite: boolean } | null
  /** Files can be deleted and renamed. */
  readonly manage: boolean
  /** What is deleted can be found again, by the owner. */
  readonly trash: boolean
  /** Names that begin with a dot are shown. */
  readonly hidden: boolean
}

const ATTRIBUTE = 'data-access'

function readAccess(page: Document): Access | null {
  const text = page.querySelector(`[${ATTRIBUTE}]`)?.getAttribute(ATTRIBUTE)
  return text ? (JSON.parse(text) as Access) : null
}

let current = readAccess(document)

export const access = (): Access | null => current

/** The page as the server sends it now. Rejects when it cannot be had. */
export async function fetchPage(): Promise<Document> {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' })
  if (!answer.ok) throw new Error(String(answer.status))
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  current = readAccess(page) ?? current
  return page
}
