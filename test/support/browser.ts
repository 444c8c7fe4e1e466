/**
 * A real Chromium for the end-to-end tests: the one that test/run.mjs found.
 */
import { type Browser, chromium } from 'playwright-core'

/** Path of a Chromium, or empty when there is none (test/run.mjs says so). */
export const browserPath = process.env.SERVEBAR_TEST_BROWSER ?? ''

export function launchBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({
    executablePath: browserPath,
    args: [
      // Chromium's sandbox refuses to run as root, which is what a container is.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...args,
    ],
  })
}
