/** Waits for what happens elsewhere: polls with a deadline, instead of sleeping for a guessed time. */
export async function until<T>(
  look: () => T | undefined | null | false,
  what: string,
  deadline = 15_000,
): Promise<T> {
  const end = Date.now() + deadline
  for (;;) {
    const found = look()
    if (found !== undefined && found !== null && found !== false) return found
    if (Date.now() > end) throw new Error(`Waited ${deadline} ms for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
