/** HTTPS of the terminal command, judged by clients that verify it: our own authority, and a certificate of the owner's. */
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { get } from 'node:https'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { canonical, createNameCheck, permittedSubtrees } from '../../electron/app/certificates/names.ts'
import { bundleTerminal } from '../support/bundle.ts'
import { inDays, makeAuthority, makeLeaf } from '../support/certificates.ts'
import { type NodeProcess, runNode } from '../support/process.ts'
import { tempFolder, writeFiles } from '../support/temp.ts'

let command: string
const addresses = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .flatMap(({ address, internal }) => (internal || /^fe80:/i.test(address) ? [] : [canonical(address)]))
/** Whom it may certify on any computer; nobody for an address of the Internet. */
const permits = createNameCheck(permittedSubtrees([]))

beforeAll(async () => {
  command = await bundleTerminal()
}, 60_000)

/** `home`: of a user who has no browsers, so that nothing of this computer's own is looked at. */
function servebar(options: readonly string[], home = tempFolder()): NodeProcess & { url(): Promise<URL> } {
  const folder = tempFolder({ 'index.html': 'home' })
  const env = {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: undefined,
    SERVEBAR_USER_DATA: join(home, 'data'),
  }
  const started = runNode([command, folder, '--port', '0', ...options], { env })
  return { ...started, url: async () => new URL(await started.prints(/^https?:\S+(?=\n)/m)) }
}

/** The certificate that a phone would be given, by plain HTTP. */
async function authorityOf({ port }: URL): Promise<string> {
  const [answer] = (await once(
    getPlain({ host: '127.0.0.1', port, path: '/.servebar/ca.pem' }),
    'response',
  )) as [IncomingMessage]
  expect(answer.statusCode).toBe(200)
  return textOf(answer)
}

async function textOf(answer: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const part of answer) text += String(part)
  return text
}

async function fetchSecurely(url: URL | string, ca: string): Promise<string> {
  const [answer] = (await once(get(url, { ca, agent: false }), 'response')) as [IncomingMessage]
  return textOf(answer)
}

describe('--https', () => {
  it('has a certificate that the authority vouches for, by name and by address', async () => {
    const { url } = servebar(['--https'])
    const address = await url()
    expect(address.href).toMatch(/^https:\/\/localhost:\d+\/$/)
    const ca = await authorityOf(address)
    expect(await fetchSecurely(address, ca)).toBe('home')
    expect(await fetchSecurely(`https://127.0.0.1:${address.port}/`, ca)).toBe('home')
    await expect(fetchSecurely(address, makeAuthority().cert)).rejects.toThrow()
  })

  it('speaks HTTP/2', async () => {
    const { url, stdout, prints } = servebar(['--https'])
    const address = await url()
    const session = connectHttp2(address, { ca: await authorityOf(address) })
    onTestFinished(() => session.destroy())
    const stream = session.request({ ':path': '/' })
    const [headers] = await once(stream, 'response')
    expect(headers[':status']).toBe(200)
    expect(await textOf(stream)).toBe('home')
    expect((session.socket as TLSSocket).alpnProtocol).toBe('h2')
    await prints(/"GET \/ HTTP\/2(?:\.0)?" 200/)
    expect(stdout()).toContain('GET /')
  })

  it('shows the way to who comes by plain HTTP', async () => {
    const { url } = servebar(['--https'])
    const { port } = await url()
    const asked = getPlain({ host: 'localhost', port, path: '/a?b=c' })
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(308)
    expect(answer.headers.location).toBe(`https://localhost:${port}/a?b=c`)
  })

  it('says at the first time how to trust it, and keeps its authority for the next', async () => {
    const home = tempFolder()
    const first = servebar(['--https'], home)
    const ca = await authorityOf(await first.url())
    await first.prints(/servebar: .*browsers warn until they trust them: servebar --trust changes that/)
    const folder = join(home, 'data', 'certificates')
    const [secret = ''] = readdirSync(folder).filter(name => name.startsWith('authority-'))
    if (process.platform !== 'win32') expect(statSync(join(folder, secret)).mode & 0o077).toBe(0)
    const second = servebar(['--https'], home)
    expect(await fetchSecurely(await second.url(), ca)).toBe('home')
    expect(second.stderr()).not.toContain('certificates are kept in')
    const key = readFileSync(join(folder, secret), 'utf8').split('\n')[1] ?? ''
    expect(key.length).toBeGreaterThan(20)
    expect(first.output() + second.output()).not.toContain(key)
  })

  it.skipIf(addresses.length === 0)(
    'with --lan is right for addresses of local networks, and says of others that it is not',
    async () => {
      const { url, prints } = servebar(['--https', '--lan'])
      const address = await url()
      await prints(/learn to trust it at http:\/\/\S+\/\.servebar\/ca\n/)
      const ca = await authorityOf(address)
      for (const name of addresses) {
        const host = isIP(name) === 6 ? `[${name}]` : name
        const literally = host.replace(/[.[\]]/g, '\\$&')
        await prints(new RegExp(`on the network at https://${literally}:${address.port}/\\n`))
        if (permits(name)) expect(await fetchSecurely(`https://${host}:${address.port}/`, ca)).toBe('home')
        else await prints(new RegExp(`the certificate is not for ${literally}: browsers warn of it there`))
      }
    },
  )

  it.each([['--https'], ['--trust']])('%s with a folder that cannot be written ends with 1', async option => {
    const home = tempFolder({ data: 'a file' })
    const env = { HOME: home, USERPROFILE: home, SERVEBAR_USER_DATA: join(home, 'data') }
    const { ended, stdout, stderr } = runNode([command, option], { env })
    expect(await ended).toBe(1)
    expect(stdout()).toBe('')
    expect(stderr()).toMatch(
      /^servebar: The certificate authority of Servebar could not be (?:saved|read)\. .+\n$/,
    )
  })
})

describe('--cert and --key', () => {
  const authority = makeAuthority()
  const files = (names: readonly string[] = ['localhost']) => {
    const { cert, key } = makeLeaf(authority, { names })
    return { 'cert.pem': cert, 'key.pem': key }
  }
  const own = (folder: string) => ['--cert', join(folder, 'cert.pem'), '--key', join(folder, 'key.pem')]
  const ownFolder = (content: Record<string, string>) => {
    const folder = tempFolder(content)
    chmodSync(join(folder, 'key.pem'), 0o600)
    return folder
  }

  it('are what it shows, without any authority', async () => {
    const home = tempFolder()
    const { url, stderr } = servebar(own(ownFolder(files())), home)
    expect(await fetchSecurely(await url(), authority.cert)).toBe('home')
    expect(stderr()).toBe('')
    expect(readdirSync(home)).toEqual([])
  })

  it('are taken over when they are renewed', { timeout: 30_000 }, async () => {
    const folder = ownFolder(files())
    const { url } = servebar(own(folder))
    const { port } = await url()
    writeFiles(folder, files(['localhost', 'renewed.localhost']))
    await expect
      .poll(
        async () => {
          const socket = connect({ port: Number(port), servername: 'localhost', ca: authority.cert })
          await once(socket, 'secureConnect')
          const { subjectaltname } = socket.getPeerCertificate()
          socket.destroy()
          return subjectaltname
        },
        { timeout: 20_000, interval: 200 },
      )
      .toContain('renewed.localhost')
  })

  it.skipIf(process.platform === 'win32')('a key that others can read is said', async () => {
    const folder = ownFolder(files())
    chmodSync(join(folder, 'key.pem'), 0o644)
    const { url, prints } = servebar(own(folder))
    await url()
    await prints(/chmod 600 \S+key\.pem/)
  })

  it.each([
    ['one that is missing', () => ({ 'key.pem': '' }), /^servebar: No certificate at \S+cert\.pem\. /],
    [
      'two that do not belong together',
      () => ({ ...files(), 'key.pem': files()['key.pem'] }),
      /^servebar: The key in \S+key\.pem does not belong to the certificate in \S+cert\.pem\. /,
    ],
    [
      'one that is over',
      () => {
        const { cert, key } = makeLeaf(authority, { notBefore: inDays(-20), notAfter: inDays(-10) })
        return { 'cert.pem': cert, 'key.pem': key }
      },
      /^servebar: The certificate in \S+cert\.pem expired on \d{4}-\d\d-\d\d\. /,
    ],
  ])('%s: ends with 1 and says why', async (_, content, words) => {
    const { ended, stdout, stderr } = servebar(own(ownFolder(content())))
    expect(await ended).toBe(1)
    expect(stdout()).toBe('')
    expect(stderr()).toMatch(words)
    expect(stderr()).not.toContain('PRIVATE')
  })

  it('are for their names alone, which is said of the address', async () => {
    const { url, prints } = servebar(own(ownFolder(files(['site.localhost']))))
    await url()
    await prints(/the certificate is not for localhost: browsers warn of it there\n/)
  })

  it('can be one file, named in the file of --config, beside it', async () => {
    const { 'cert.pem': cert, 'key.pem': key } = files()
    const folder = tempFolder({ 'both.pem': `${cert}${key}` })
    chmodSync(join(folder, 'both.pem'), 0o600)
    writeFileSync(join(folder, 'site.json'), '{ "cert": "both.pem", "key": "both.pem" }')
    const { url } = servebar(['--config', join(folder, 'site.json')])
    expect(await fetchSecurely(await url(), authority.cert)).toBe('home')
  })
})
