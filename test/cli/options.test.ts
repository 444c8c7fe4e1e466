/** Each option of the terminal command that changes what is answered, seen over a real socket. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import qrcode from 'qrcode-generator'
import { beforeAll, describe, expect, it } from 'vitest'
import { bundleTerminal } from '../support/bundle.ts'
import { runNode } from '../support/process.ts'
import { tempFolder } from '../support/temp.ts'
import { until } from '../support/until.ts'
import { unzip } from '../support/unzip.ts'

let command: string
const site = {
  'index.html': '<!doctype html><title>home</title><p>home',
  'about.html': 'about',
  'docs/a.txt': 'a',
  'docs/b/c.txt': 'c',
}
const isOnNetwork = Object.values(networkInterfaces()).some(list =>
  list?.some(({ family, internal }) => family === 'IPv4' && !internal),
)

beforeAll(async () => {
  command = await bundleTerminal()
}, 60_000)

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly content: Buffer
}

interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly content?: string | Buffer
}

/** As curl asks: without the fields by which browsers tell where a request comes from. */
async function ask(url: URL, { method = 'GET', headers = {}, content }: Asked = {}): Promise<Answer> {
  const asked = request(url, { method, headers: { 'User-Agent': 'curl/8', Accept: '*/*', ...headers } })
  asked.end(content)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part)
  return { status: answer.statusCode, headers: answer.headers, content: Buffer.concat(parts) }
}

async function servebar(options: readonly string[], files: Parameters<typeof tempFolder>[0] = site) {
  const folder = tempFolder(files)
  const started = runNode([command, folder, '--port', '0', ...options])
  const address = new URL(await started.prints(/^http\S+(?=\n)/m))
  return { ...started, folder, at: (path: string) => new URL(path, address) }
}

const document = {
  headers: { Accept: 'text/html', 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Mode': 'navigate' },
}

describe('pages', () => {
  it('--spa and --clean-urls', async () => {
    const { at } = await servebar(['--spa', '--clean-urls'])
    expect((await ask(at('/no/such'), document)).content.toString()).toBe(site['index.html'])
    expect((await ask(at('/no/such.js'))).status).toBe(404)
    expect((await ask(at('/about'))).content.toString()).toBe('about')
    expect((await ask(at('/about.html'))).headers.location).toBe('/about')
  })

  it('--live adds its script to a page, whose stream tells of a change', async () => {
    const { at, folder } = await servebar(['--live'])
    const page = (await ask(at('/'), document)).content.toString()
    const script = /<script[^>]* src="?([^" >]+)/.exec(page)?.[1] ?? ''
    expect(script).toMatch(/^\/\.servebar\//)
    expect((await ask(at(script))).headers['content-type']).toMatch(/javascript/)
    expect((await ask(at('/docs/a.txt'))).content.toString()).toBe('a')
    const plain = await servebar([])
    expect((await ask(plain.at('/'), document)).content.toString()).toBe(site['index.html'])

    const events = request(at('/.servebar/live'), { headers: { Accept: 'text/event-stream' } }).end()
    const [stream] = (await once(events, 'response')) as [IncomingMessage]
    expect(stream.headers['content-type']).toMatch(/^text\/event-stream/)
    let told = ''
    stream.setEncoding('utf8').on('data', (text: string) => {
      told += text
    })
    await until(() => told !== '', 'the first word of the stream')
    writeFileSync(join(folder, 'style.css'), 'p { color: red }')
    await until(() => told.includes('style.css'), 'the change')
    events.destroy()
  })

  it('--live says which page does not reload, and why, once', async () => {
    const { at, stderr } = await servebar(['--live'], {
      'index.html': Buffer.from('\uFEFF<!doctype html><p>home', 'utf16le'),
      'closed.html': `<!doctype html><meta http-equiv="Content-Security-Policy" content="script-src 'none'"><p>x`,
    })
    for (const path of ['/closed.html', '/closed.html']) await ask(at(path), document)
    await until(() => stderr().includes('closed.html'), 'the remark')
    expect(stderr()).toBe(
      'servebar: closed.html does not reload by itself: its Content-Security-Policy allows no script of this server\n',
    )
  })

  it('--rules applies them, and prints what is wrong with them by file and line', async () => {
    const { at, stderr } = await servebar(['--rules'], {
      ...site,
      _redirects: '/old /about.html 302\n/broken\n',
      _headers: '/*\n  X-Rule: yes\n',
    })
    const moved = await ask(at('/old'))
    expect([moved.status, moved.headers.location]).toEqual([302, '/about.html'])
    expect((await ask(at('/about.html'))).headers['x-rule']).toBe('yes')
    await until(() => /^servebar: _redirects:2: .+\n/m.test(stderr()), 'the problem')
    const without = await servebar([], { ...site, _redirects: '/old /about.html 302' })
    expect((await ask(without.at('/old'))).status).toBe(404)
  })

  it('--zip offers a folder whole', async () => {
    const { at } = await servebar(['--zip'])
    const { headers, content } = await ask(at('/docs/?zip'))
    expect(headers['content-type']).toBe('application/zip')
    const names = unzip(content).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['docs/a.txt', 'docs/b/c.txt']))
    const without = await servebar([])
    expect((await ask(without.at('/docs/?zip'))).headers['content-type']).toMatch(/html/)
  })
})

describe('answers', () => {
  it('--isolate, --cache, --cors and --header', async () => {
    const { at } = await servebar(['--isolate', '--cache', '60', '--cors', '-H', 'X-A: 1', '-H', 'X-B: 2'])
    expect((await ask(at('/'), { headers: { Origin: 'https://app.example' } })).headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': expect.stringContaining('max-age=60'),
      'access-control-allow-origin': '*',
      'x-a': '1',
      'x-b': '2',
    })
  })

  it('--throttle makes answers late, and says so', async () => {
    const { at, prints } = await servebar(['--throttle', '1000,300'])
    const began = performance.now()
    expect((await ask(at('/'))).status).toBe(200)
    // Never sooner; how much later is for the tests of the throttle.
    expect(performance.now() - began).toBeGreaterThanOrEqual(290)
    await prints(/servebar: the network is slowed down: 1000 kbit\/s down and 1000 up, 300 ms later\n/)
  })

  it('--auth', async () => {
    const { at } = await servebar(['--auth', 'ann:secret'])
    expect((await ask(at('/'))).status).toBe(401)
    const headers = { Authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}` }
    expect((await ask(at('/'), { headers })).status).toBe(200)
  })
})

describe('writes', () => {
  it('are refused where nobody asked for them', async () => {
    const { at, folder } = await servebar([])
    for (const method of ['PUT', 'DELETE', 'MOVE']) {
      expect([405, 501]).toContain((await ask(at('/docs/a.txt'), { method, content: 'x' })).status)
    }
    expect(readFileSync(join(folder, 'docs/a.txt'), 'utf8')).toBe('a')
  })

  it('--upload takes new files only, up to --max-upload', async () => {
    const { at, folder } = await servebar(['--upload', '--max-upload', '1K'])
    expect((await ask(at('/docs/new.txt'), { method: 'PUT', content: 'new' })).status).toBe(201)
    expect(readFileSync(join(folder, 'docs/new.txt'), 'utf8')).toBe('new')
    expect((await ask(at('/docs/a.txt'), { method: 'PUT', content: 'x' })).status).toBeGreaterThanOrEqual(400)
    expect(readFileSync(join(folder, 'docs/a.txt'), 'utf8')).toBe('a')
    const large = await ask(at('/large.bin'), { method: 'PUT', content: Buffer.alloc(1025) })
    expect(large.status).toBe(413)
    expect(existsSync(join(folder, 'large.bin'))).toBe(false)
    expect((await ask(at('/docs/a.txt'), { method: 'DELETE' })).status).toBe(405)
  })

  it('--upload=overwrite replaces; a large file arrives whole', async () => {
    const { at, folder } = await servebar(['--upload=overwrite'])
    const content = Buffer.alloc(5_000_000, 'servebar ')
    const { status } = await ask(at('/docs/a.txt'), { method: 'PUT', content })
    expect([200, 204]).toContain(status)
    const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    expect(hash(readFileSync(join(folder, 'docs/a.txt')))).toBe(hash(content))
  })

  it('--manage deletes and renames, and says that there is no Trash', async () => {
    const { at, folder, prints } = await servebar(['--manage'])
    await prints(/servebar: what visitors delete is gone: in the terminal there is no Trash\n/)
    const moved = await ask(at('/about.html'), {
      method: 'MOVE',
      headers: { Destination: at('/new.html').href },
    })
    expect([201, 204]).toContain(moved.status)
    expect(readFileSync(join(folder, 'new.html'), 'utf8')).toBe('about')
    expect([200, 204]).toContain((await ask(at('/new.html'), { method: 'DELETE' })).status)
    expect(existsSync(join(folder, 'new.html'))).toBe(false)
  })

  it.skipIf(!isOnNetwork)(
    'an open share that takes files is warned of, one with a password is not',
    async () => {
      const open = await servebar(['--upload', '--manage', '--lan'])
      await open.prints(/everyone on the network can add files, and delete and rename them; --auth asks/)
      const closed = await servebar(['--upload', '--lan', '--auth', 'ann:secret'])
      await closed.prints(/on the network at/)
      expect((await ask(closed.at('/'))).status).toBe(401)
      expect(closed.stderr()).not.toContain('everyone')
    },
  )
})

it.skipIf(!isOnNetwork)('--qr shows the address on the network', async () => {
  const { prints } = await servebar(['--lan', '--qr'])
  const url = /http\S+/.exec(await prints(/on the network at \S+(?=\n)/))?.[0] ?? ''
  const lines = (await prints(/(?:^[ ▀▄█]+\n){10,}/m)).split('\n').slice(0, -1)
  const code = qrcode(0, 'M')
  code.addData(url)
  code.make()
  const size = code.getModuleCount()
  expect(lines).toHaveLength(Math.ceil((size + 8) / 2))
  const isDark = (row: number, column: number): boolean => {
    const character = lines[Math.floor(row / 2)]?.[column] ?? ''
    return (row % 2 === 0 ? '▀█' : '▄█').includes(character)
  }
  for (let row = 0; row < size + 8; row++) {
    for (let column = 0; column < size + 8; column++) {
      const [y, x] = [row - 4, column - 4]
      const expected = y >= 0 && x >= 0 && y < size && x < size && code.isDark(y, x)
      expect(isDark(row, column), `${row},${column}`).toBe(expected)
    }
  }
})

it('--config says it all from a file', async () => {
  const folder = tempFolder({
    'servebar.json': '{ "no-listing": true, "header": ["X-A: 1"], "spa": true, "quiet": true, // so\n }',
  })
  const { at, stdout } = await servebar(['--config', join(folder, 'servebar.json'), '--no-spa'])
  expect((await ask(at('/docs/'))).status).toBe(404)
  const { status, headers } = await ask(at('/no/such'), document)
  expect([status, headers['x-a']]).toEqual([404, '1'])
  expect(stdout()).toMatch(/^\S+\n$/)
  writeFileSync(join(folder, 'servebar.json'), '{\n  "liv": true\n}')
  const wrong = runNode([command, folder, '--config', join(folder, 'servebar.json')])
  expect(await wrong.ended).toBe(2)
  expect(wrong.stderr()).toContain('servebar.json:2: unknown key "liv"; did you mean "live"?\n')
})
