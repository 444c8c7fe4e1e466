/**
 * Uploads that have begun and not ended, kept in this browser: who closes the
 * page, or the lid, goes on where it was. Where nothing can be kept (a private
 * window), they go on as long as the page is open.
 */

const PREFIX = 'servebar.upload '
/** The server forgets them after a day. */
const LIFETIME = 24 * 60 * 60 * 1000

interface Kept {
  readonly address: string
  readonly time: number
}

export function known(key: string): string | null {
  return read(PREFIX + key)?.address ?? null
}

/** `address` null: there is nothing to go on with. */
export function remember(key: string, address: string | null): void {
  try {
    if (address === null) localStorage.removeItem(PREFIX + key)
    else localStorage.setItem(PREFIX + key, JSON.stringify({ address, time: Date.now() } satisfies Kept))
  } catch {
    // Full, or forbidden.
  }
}

/** Removes what the server has forgotten. */
export function forgetOld(): void {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX) && read(key) === null) localStorage.removeItem(key)
    }
  } catch {
    // Forbidden.
  }
}

function read(key: string): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? 'null') as Kept | null
    return kept !== null && Date.now() - kept.time < LIFETIME ? kept : null
  } catch {
    return null
  }
}
