/**
 * What a real Chromium makes of the authority: a warning before it is trusted,
 * none after, and again none of that for names that it may not certify. The
 * browser has a home of its own, so the user's list of authorities stays as it is.
 */
import { spawnSync } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { type Browser, chromium } from 'playwright-core'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openAuthority } from '../../electron/app/certificates/authority.ts'
import { secretFile } from '../../electron/app/certificates/authority-files.ts'
import { keepLeaf } from '../../electron/app/certificates/leaf.ts'
import { anchorOf, installTrust, removeTrust, trustOfThisComputer } from '../../electron/app/trust.ts'
import type { TrustContext } from '../../electron/app/trust-store.ts'
import { browserPath } from '../support/browser.ts'
import { makeLeaf, type Pair } from '../support/certificates.ts'
import { tempFolder } from '../support/temp.ts'

const hasCertutil = process.platform === 'linux' && !spawnSync('certutil', ['-H']).error
const names = ['localhost', '127.0.0.1', '::1', 'annas-mac', 'annas-mac.local', '192.168.1.24']
const outside = 'www.example.com'

async function launch(home: string): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: browserPath,
    env: { ...process.env, HOME: home, XDG_DATA_HOME: '', XDG_CONFIG_HOME: '' },
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      // As if these led to this computer.
      `--host-resolver-rules=${['annas-mac', 'annas-mac.local', outside].map(name => `MAP ${name} 127.0.0.1`).join()}`,
    ],
  })
  onTestFinished(() => browser.close())
  return browser
}

/** This one but for its home and its system's list of authorities, which are not for a test to change. */
function computerAt(home: string): TrustContext {
  const root = join(home, 'nothing-here')
  return { ...trustOfThisComputer(false), home, root, environment: {}, isAdministrator: false }
}

/** What a visitor sees at `https://<name>`: the page, or the browser's warning. */
async function visit(browser: Browser, name: string, port: number): Promise<string> {
  const page = await browser.newPage()
  try {
    await page.goto(`https://${name}:${port}/`)
    return await page.evaluate(() => `${document.title}, ${isSecureContext ? 'secure' : 'not secure'}`)
  } catch (error) {
    return /ERR_\w+/.exec(String(error))?.[0] ?? String(error)
  } finally {
    await page.close()
  }
}

async function serve(options: Parameters<typeof createSecureServer>[0]): Promise<number> {
  const server = createSecureServer({ ...options, allowHTTP1: true }, (request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.end(`<!doctype html><title>HTTP/${request.httpVersion}</title>`)
  })
  onTestFinished(() => void server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

const whyNot = browserPath ? (hasCertutil ? '' : 'no certutil of NSS: install libnss3-tools') : 'no Chromium'

describe.skipIf(whyNot)(`a page over HTTPS in Chromium${whyNot && ` (${whyNot})`}`, () => {
  it('has no warning once the authority is trusted, and only then', async () => {
    const home = tempFolder()
    const folder = join(home, 'certificates')
    const authority = await openAuthority(folder, { names })
    const keeper = await keepLeaf(authority, names)
    const port = await serve({
      ...keeper.current.tls(),
      SNICallback(name, done) {
        keeper
          .forServerName(name)
          .then(leaf => done(null, leaf ? createSecureContext(leaf.tls()) : undefined), done)
      },
    })
    const [anchor, context] = [await anchorOf(authority), computerAt(home)]
    const visited = [...names.filter(name => !/^192|:/.test(name)), 'blog.localhost']

    const before = await launch(home)
    for (const name of visited)
      expect([name, await visit(before, name, port)]).toEqual([name, 'ERR_CERT_AUTHORITY_INVALID'])
    const installed = await installTrust(anchor, context)
    expect(installed.places).toMatchObject([{ done: 'installed', trusted: true }])
    // It need not even be started anew.
    for (const browser of [before, await launch(home)])
      for (const name of visited)
        expect([name, await visit(browser, name, port)]).toEqual([name, 'HTTP/2.0, secure'])

    // Somebody who has stolen its key gains nothing on other sites.
    const secret = readFileSync(secretFile(folder, 1), 'utf8')
    const key = createPrivateKey(secret)
    const stolen = {
      der: Buffer.from(new X509Certificate(secret.slice(secret.indexOf('-----BEGIN CERT'))).raw),
      keys: { privateKey: key, publicKey: key },
    }
    const forge = (...forged: string[]): Pair => makeLeaf(stolen, { names: forged })
    const after = await launch(home)
    expect(await visit(after, 'localhost', await serve(forge('localhost')))).toBe('HTTP/2.0, secure')
    expect(await visit(after, outside, await serve(forge(outside)))).toBe('ERR_CERT_INVALID')
    expect(await visit(after, 'localhost', await serve(forge('localhost', outside)))).toBe('ERR_CERT_INVALID')

    const removed = await removeTrust(anchor, context)
    expect(removed.places).toMatchObject([{ done: 'removed' }])
    expect(await visit(await launch(home), 'localhost', port)).toBe('ERR_CERT_AUTHORITY_INVALID')
  })
})
