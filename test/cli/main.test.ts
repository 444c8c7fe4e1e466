import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { usage } from '../../electron/cli/usage.ts'
import { version } from '../../package.json'
import { bundleTerminal } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { RawConnection } from '../support/raw-request.ts'
import { freePort } from '../support/start-app.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'

let command: string
const site = {
  'index.html': '<h1>home</h1>',
  'big.bin': Buffer.alloc(30_000_000),
  '.secret': 'x',
  'docs/a.txt': 'a',
}

const addresses = Object.values(networkInterfaces()).flatMap(list => list ?? [])
const hasIpv6 = addresses.some(({ address }) => address === '::1')
const networkAddresses = addresses
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => address)

beforeAll(async () => {
  command = await bundleTerminal()
}, 60_000)

function servebar(options: readonly string[], folder: string | null = tempFolder(site), env = {}) {
  const started = runNode([command, ...(folder === null ? [] : [folder]), ...options], { env })
  return {
    ...started,
    /** The first line, as soon as it is there. */
    url: async () => new URL(await started.prints(/^.+(?=\n)/)),
  }
}

/** A started download that its reader has stopped reading. */
async function slowDownload({ port }: URL): Promise<RawConnection> {
  const connection = new RawConnection(Number(port))
  onTestFinished(() => connection.destroy())
  connection.send('GET /big.bin HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await once(connection.socket, 'data')
  connection.socket.pause()
  return connection
}

describe('serving', () => {
  it('prints the URL alone, then a line per request', async () => {
    const { url, stdout, stderr } = servebar(['--port', '0'])
    const address = await url()
    expect(stdout()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\n$/)
    expect(await (await fetch(address)).text()).toBe('<h1>home</h1>')
    expect((await fetch(new URL('/missing', address))).status).toBe(404)
    await until(() => stdout().split('\n').length === 4, 'two lines')
    const [, one, two] = stdout().split('\n')
    expect(one).toMatch(/^127\.0\.0\.1 - - \[.+\] "GET \/ HTTP\/1\.1" 200 13 /)
    expect(two).toMatch(/"GET \/missing HTTP\/1\.1" 404 /)
    expect(stderr()).toBe('')
  })

  it('serves the current folder without arguments, on 8080 or the next free port', async () => {
    const { prints } = runNode([command], { cwd: tempFolder(site) })
    const address = new URL(await prints(/^.+(?=\n)/))
    expect(Number(address.port)).toBeGreaterThanOrEqual(8080)
    expect(Number(address.port)).toBeLessThanOrEqual(8180)
    expect(await (await fetch(address)).text()).toBe('<h1>home</h1>')
  })

  it('answers on 127.0.0.1, and where there is IPv6 on ::1, as localhost may mean either', async () => {
    const { port } = await servebar(['--port', '0']).url()
    const answer = (host: string) => fetch(`http://${host}:${port}/`).then(({ status }) => status)
    expect(await answer('127.0.0.1')).toBe(200)
    if (hasIpv6) expect(await answer('[::1]')).toBe(200)
    else await expect(answer('[::1]')).rejects.toThrow()
  })

  it('logs JSON when asked, and nothing with --quiet', async () => {
    const json = servebar(['--port', '0', '--log', 'json'])
    await fetch(await json.url())
    await until(() => json.stdout().split('\n').length === 3, 'the line')
    expect(JSON.parse(json.stdout().split('\n')[1] ?? '')).toMatchObject({
      method: 'GET',
      target: '/',
      status: 200,
    })

    const quiet = servebar(['--quiet', '--port', '0'])
    await fetch(await quiet.url())
    quiet.child.kill('SIGTERM')
    expect(await quiet.ended).toBe(0)
    expect(quiet.stdout()).toMatch(/^\S+\n$/)
    expect(quiet.stderr()).toBe('')
  })

  it('has no listing with --no-listing, and dotfiles with --dotfiles', async () => {
    const plain = await servebar(['--port', '0']).url()
    expect((await fetch(new URL('/docs/', plain))).status).toBe(200)
    expect((await fetch(new URL('/.secret', plain))).status).toBe(403)
    const other = await servebar(['--port', '0', '--no-listing', '--dotfiles']).url()
    expect((await fetch(new URL('/docs/', other))).status).toBe(404)
    expect((await fetch(new URL('/.secret', other))).status).toBe(200)
  })

  it('with --lan prints the address of this computer first', async () => {
    const { url, stdout } = servebar(['--lan', '--port', '0'])
    const address = await url()
    expect(address.hostname).toBe('127.0.0.1')
    expect((await fetch(address)).status).toBe(200)
    expect(stdout().split('\n')[0]).toBe(address.href)
  })

  it.skipIf(networkAddresses.length === 0)(
    'with --lan listens on the addresses of the network, and names them on standard error',
    async () => {
      const { url, stderr } = servebar(['--lan', '--port', '0'])
      const { port } = await url()
      for (const address of networkAddresses) {
        const origin = `http://${address}:${port}/`
        await until(() => stderr().includes(`servebar: on the network at ${origin}\n`), origin)
        expect((await fetch(origin)).status).toBe(200)
      }
    },
  )

  it('listens on the address of --host alone, and prints that', async () => {
    const { url } = servebar(['--host', '127.0.0.2', '--port', '0'])
    const address = await url()
    expect(address.hostname).toBe('127.0.0.2')
    expect((await fetch(address)).status).toBe(200)
    await expect(fetch(`http://127.0.0.1:${address.port}/`)).rejects.toThrow()
  })

  it.skipIf(process.platform === 'win32')('opens the browser with --open', async () => {
    const folder = tempFolder({
      'bin/xdg-open': '#!/bin/sh\necho "$1" > "$0.called"\n',
      'bin/open': '#!/bin/sh\necho "$1" > "$0.called"\n',
    })
    for (const name of ['xdg-open', 'open']) chmodSync(join(folder, 'bin', name), 0o755)
    const { url } = servebar(['--open', '--dotfiles', '--port', '0'], folder, {
      BROWSER: '',
      PATH: `${folder}/bin:${process.env.PATH}`,
    })
    const address = await url()
    const name = process.platform === 'darwin' ? 'open' : 'xdg-open'
    await expect
      .poll(async () => (await fetch(new URL(`/bin/${name}.called`, address))).text(), { timeout: 5000 })
      .toBe(`${address.href}\n`)
  })
})

describe('what cannot be done', () => {
  it('a taken port ends with 1 and one line that names the program and a free port', async () => {
    const taken = createServer()
    const port = await freePort()
    taken.listen(port, '127.0.0.1')
    await once(taken, 'listening')
    onTestFinished(() => void taken.close())
    const { ended, stdout, stderr } = servebar(['--port', String(port)])
    expect(await ended).toBe(1)
    expect(stdout()).toBe('')
    expect(stderr()).toMatch(
      new RegExp(`^servebar: Port ${port} is in use by .+; port \\d+ is free: --port \\d+\\n$`),
    )
  })

  it('without --port a taken port is passed over', async () => {
    const first = await servebar([]).url()
    const second = await servebar([]).url()
    expect(Number(second.port)).toBeGreaterThan(Number(first.port))
  })

  it.each([
    ['a missing folder', 'missing', 'No folder at missing'],
    ['a file', join(import.meta.dirname, 'main.test.ts'), 'No folder at '],
  ])('%s ends with 1', async (_, folder, words) => {
    const { ended, stdout, stderr } = servebar(['--port', '0'], folder)
    expect(await ended).toBe(1)
    expect(stdout()).toBe('')
    expect(stderr()).toContain(`servebar: ${words}`)
    expect(stderr().trimEnd().split('\n')).toHaveLength(1)
  })

  it('an address of another computer ends with 1', async () => {
    const { ended, stderr } = servebar(['--host', '192.0.2.1', '--port', '0'])
    expect(await ended).toBe(1)
    expect(stderr()).toBe('servebar: 192.0.2.1 is not an address of this computer\n')
  })

  it('what would steer the terminal is not passed on', async () => {
    const { ended, stderr } = servebar([], '\u001b[31mred\u0007\u009b2J')
    expect(await ended).toBe(1)
    expect(stderr()).toBe('servebar: No folder at \uFFFD[31mred\uFFFD\uFFFD2J\n')
    const refused = servebar(['--log', 'a\u001b[2J'])
    expect(await refused.ended).toBe(2)
    expect(refused.stderr()).toContain('not "a\uFFFD[2J"\n')
  })

  it.skipIf(process.platform === 'win32')('a current folder that was deleted is said', async () => {
    const served = tempFolder(site)
    const script = (folder: string) =>
      `const gone = require('fs').mkdtempSync('/tmp/servebar-test-')
       process.chdir(gone); require('fs').rmdirSync(gone)
       process.argv.push('servebar', '--port', '0', ...${JSON.stringify(folder ? [folder] : [])})
       require(${JSON.stringify(command)})`
    const { ended, stderr } = runNode(['-e', script('')])
    expect(await ended).toBe(1)
    expect(stderr()).toBe('servebar: The current folder was deleted\n')
    const other = runNode(['-e', script(served)])
    expect((await fetch(await other.prints(/^.+(?=\n)/))).status).toBe(200)
  })

  it.runIf(process.platform === 'linux')('an output that takes nothing ends with 1', async () => {
    for (const [args, code] of [
      ['--help', 1],
      ['--version', 1],
      ['--port 0 /tmp', 1],
    ] as const) {
      const shell = `spawnSync('sh', ['-c', '"$0" ${command} ${args} > /dev/full', process.execPath], { encoding: 'utf8' })`
      const { ended, stdout } = runNode([
        '-e',
        `const { status, stderr } = require('child_process').${shell}; console.log(status, stderr)`,
      ])
      await ended
      expect(stdout()).toBe(`${code} servebar: standard output cannot be written (ENOSPC)\n\n`)
    }
  })

  it('bad arguments end with 2 and the reason, which no usage pushes out of the terminal', async () => {
    const { ended, stdout, stderr } = servebar(['--prot', '8080'])
    expect(await ended).toBe(2)
    expect(stdout()).toBe('')
    expect(stderr()).toBe(
      'servebar: Unknown option --prot; did you mean --port?\nservebar: servebar --help tells of all options\n',
    )
  })
})

it.each([
  ['--help', usage],
  ['--version', `${version}\n`],
])('%s goes to standard output, with 0', async (option, text) => {
  const { ended, stdout, stderr } = servebar([option], null)
  expect(await ended).toBe(0)
  expect(stdout()).toBe(text)
  expect(stderr()).toBe('')
})

describe('the end', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    '%s with nothing under way: 0, and nobody listens any more',
    async signal => {
      const { child, ended, url } = servebar(['--port', '0'])
      const address = await url()
      await (await fetch(address)).text() // leaves an idle connection
      child.kill(signal)
      expect(await ended).toBe(0)
      await expect(fetch(address)).rejects.toThrow()
    },
  )

  it('lets a download end, and logs it', async () => {
    const { child, ended, url, stdout } = servebar(['--port', '0'])
    const [response] = (await once(get(new URL('/big.bin', await url())), 'response')) as [IncomingMessage]
    child.kill('SIGTERM')
    let received = 0
    for await (const chunk of response) received += chunk.length
    expect(received).toBe(30_000_000)
    expect(await ended).toBe(0)
    expect(stdout()).toMatch(/"GET \/big\.bin HTTP\/1\.1" 200 30000000 /)
  })

  it('cuts a download that takes too long, and still exits with 0', async () => {
    const { child, ended, url, stdout } = servebar(['--port', '0'])
    await slowDownload(await url())
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    expect(stdout()).toContain('GET /big.bin')
  })

  it('comes at once with a second signal', async () => {
    const { child, ended, url, stdout } = servebar(['--port', '0'])
    const address = await url()
    await slowDownload(address)
    child.kill('SIGINT')
    await expect
      .poll(() =>
        fetch(address).then(
          () => 'serves',
          () => 'stopped',
        ),
      )
      .toBe('stopped')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
    // Not cut after a while as above: then it would have been logged.
    expect(stdout()).not.toContain('GET /big.bin')
  })

  it('comes quietly when nobody reads the output any more', async () => {
    const { child, ended, url, stderr } = servebar(['--port', '0'])
    const address = await url()
    child.stdout?.destroy()
    await (await fetch(address)).text()
    expect(await ended).toBe(0)
    expect(stderr()).toBe('')
  })

  it('comes also while the reader of the log stalls; the server answered all the while', async () => {
    const { child, ended, url } = servebar(['--port', '0'])
    const address = await url()
    child.stdout?.pause()
    const target = new URL(`/${'x'.repeat(6000)}`, address)
    for (let n = 0; n < 60; n++) expect((await fetch(target)).status).toBe(404)
    child.kill('SIGTERM')
    await once(child, 'exit')
    expect(child.exitCode).toBe(0)
    child.stdout?.resume()
    await ended
  })
})

it('ends with 70 and the stack on a bug', async () => {
  const folder = tempFolder({ 'bug.cjs': "setTimeout(() => { throw new Error('planted') })" })
  const { ended, stderr } = servebar(['--port', '0'], folder, { NODE_OPTIONS: `--require ${folder}/bug.cjs` })
  expect(await ended).toBe(70)
  expect(stderr()).toMatch(/^servebar: a bug in Servebar\nError: planted\n {4}at /)
})
