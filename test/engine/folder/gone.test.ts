/**
 * What happens to the folder, and to files in it, while it is served: moved,
 * removed, replaced, unmounted (which looks like an empty folder), shrunk, grown.
 */
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { serve } from '../../support/serve.ts'
import { tempFolder } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

describe('the folder itself', () => {
  const statusOf = async (port: number, target: string) => (await rawRequest(port, get(target))).status

  it('moved away: 500 without a path, the cause in the record; back again: as before', async () => {
    const top = tempFolder({ 'site/a.txt': 'a', 'site/sub/b.txt': 'b' })
    const root = join(top, 'site')
    const served = await serve(root)
    renameSync(root, join(top, 'elsewhere'))
    let count = 0
    for (const target of ['/a.txt', '/', '/sub/', '/?json', '/none']) {
      const response = await rawRequest(served.port, get(target))
      expect([target, response.status]).toEqual([target, 500])
      expect(response.text).not.toContain(top)
      expect(await served.exchange(++count)).toMatchObject({ cause: 'ENOENT' })
    }
    renameSync(join(top, 'elsewhere'), root)
    expect(await statusOf(served.port, '/a.txt')).toBe(200)
    expect(await statusOf(served.port, '/sub/')).toBe(200)
  })

  it('replaced by another: what is there now', async () => {
    const top = tempFolder({ 'site/a.txt': 'old', 'new/a.txt': 'new', 'new/c.txt': 'c' })
    const root = join(top, 'site')
    const { port } = await serve(root)
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('old')
    renameSync(root, join(top, 'old'))
    renameSync(join(top, 'new'), root)
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('new')
    expect((await rawRequest(port, get('/'))).text).toContain('c.txt')
  })

  it('replaced by a file, or by a link to elsewhere: nothing of it is shown', async () => {
    const top = tempFolder({ 'site/a.txt': 'a', 'other/a.txt': 'SECRET', 'other/index.html': 'SECRET' })
    const root = join(top, 'site')
    const { port } = await serve(root)
    renameSync(root, join(top, 'moved'))
    symlinkSync('other', root)
    for (const target of ['/', '/a.txt', '/?json']) {
      const response = await rawRequest(port, get(target))
      expect([target, response.status]).toEqual([target, 403])
      expect(response.text).not.toContain('SECRET')
    }
    rmSync(root)
    writeFileSync(root, 'SECRET')
    for (const target of ['/', '/a.txt']) {
      const response = await rawRequest(port, get(target))
      expect(response.status).toBeGreaterThanOrEqual(400)
      expect(response.text).not.toContain('SECRET')
    }
  })

  it('removed and made anew, and emptied as by an unmount', async () => {
    const top = tempFolder({ 'site/a.txt': 'a' })
    const root = join(top, 'site')
    const { port } = await serve(root)
    rmSync(root, { recursive: true })
    expect(await statusOf(port, '/')).toBe(500)
    mkdirSync(root)
    expect((await rawRequest(port, get('/'))).text).toContain('This folder is empty')
    expect(await statusOf(port, '/a.txt')).toBe(404)
  })

  it('a root behind a link is the folder that the link named at the start', async () => {
    const top = tempFolder({ 'v1/a.txt': 'one', 'v2/a.txt': 'two' })
    symlinkSync('v1', join(top, 'current'))
    const { port } = await serve(join(top, 'current'))
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('one')
    rmSync(join(top, 'current'))
    symlinkSync('v2', join(top, 'current'))
    expect((await rawRequest(port, get('/a.txt'))).text).toBe('one')
  })
})

describe('a file while it is sent', () => {
  const SIZE = 24 * 1024 * 1024

  /** Asks for a large file and reads nothing until it has been changed. */
  async function changed(change: (path: string) => void, fields: Record<string, string> = {}) {
    const served = await serve({ 'big.bin': Buffer.alloc(SIZE, 1), 'small.txt': 'small' })
    const connection = new RawConnection(served.port)
    connection.socket.pause()
    connection.send(get('/big.bin', fields) + get('/small.txt'))
    // As soon as something has come, the answer is under way, and far from its end.
    await until(
      () => connection.socket.bytesRead > 0 || connection.socket.readableLength > 0,
      'an answer',
      5_000,
    )
    change(join(served.root, 'big.bin'))
    connection.socket.resume()
    const response = await connection.response({ deadline: 20_000 })
    return { served, connection, response }
  }

  it('shrinks: the connection ends before the length it promised, and nothing follows on it', async () => {
    const { served, connection, response } = await changed(path => truncateSync(path, 1_000))
    expect(response.fields['content-length']).toBe(String(SIZE))
    expect(response.body.length).toBeLessThan(SIZE)
    await connection.closed()
    expect(await served.exchange(1)).toMatchObject({ status: 200, aborted: true, cause: 'TRUNCATED' })
    expect((await rawRequest(served.port, get('/small.txt'))).text).toBe('small')
  })

  it.each<[string, (path: string) => void]>([
    ['grows', path => appendFileSync(path, 'more than was promised')],
    ['is removed', path => rmSync(path)],
    [
      'is replaced',
      path => {
        writeFileSync(`${path}.new`, 'other')
        renameSync(`${path}.new`, path)
      },
    ],
  ])('%s: what was opened is sent, as long as promised, and the connection goes on', async (_, change) => {
    const { connection, response } = await changed(change)
    expect(response.fields['content-length']).toBe(String(SIZE))
    expect(response.body.length).toBe(SIZE)
    expect(response.body.equals(Buffer.alloc(SIZE, 1))).toBe(true)
    expect((await connection.response()).text).toBe('small')
    connection.destroy()
  })

  it('shrinks under a range: the same', async () => {
    const { connection, response } = await changed(path => truncateSync(path, 1_000), { Range: 'bytes=100-' })
    expect(response.status).toBe(206)
    expect(response.body.length).toBeLessThan(SIZE - 100)
    await connection.closed()
  })
})
