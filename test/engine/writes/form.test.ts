import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Answer, ask } from '../../support/put.ts'
import { get, RawConnection, rawRequest } from '../../support/raw-request.ts'
import { type Served, serve } from '../../support/serve.ts'
import type { Files } from '../../support/temp.ts'
import { until } from '../../support/until.ts'

interface Form {
  readonly served: Served
  readonly token: string
  send(
    parts: readonly (readonly [name: string, content: string | Buffer, fileName?: string])[],
    path?: string,
    fields?: object,
  ): Promise<Answer>
}

const BOUNDARY = '----WebKitFormBoundaryABC'

async function open(files: Files = {}, options = {}): Promise<Form> {
  const served = await serve(files, { uploads: {}, ...options })
  const { text } = await rawRequest(served.port, get('/'))
  const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? ''
  return {
    served,
    token,
    send: (parts, path = '/', fields = {}) => {
      const content = Buffer.concat([
        ...parts.map(([name, content, fileName]) =>
          Buffer.concat([
            Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"`),
            Buffer.from(
              fileName === undefined
                ? ''
                : `; filename="${fileName}"\r\nContent-Type: application/octet-stream`,
            ),
            Buffer.from('\r\n\r\n'),
            Buffer.from(content),
            Buffer.from('\r\n'),
          ]),
        ),
        Buffer.from(`--${BOUNDARY}--\r\n`),
      ])
      const type = `multipart/form-data; boundary=${BOUNDARY}`
      const origin = `http://127.0.0.1:${served.port}`
      return ask(served.port, path, {
        method: 'POST',
        content,
        fields: { 'Content-Type': type, Origin: origin, ...fields },
      })
    },
  }
}

describe('a form', () => {
  it('adds its files to the folder, and shows the folder again', async () => {
    const { served, token, send } = await open({ 'my files/x': 'x' })
    const large = Buffer.alloc(3_000_000, 'ab')
    const { status, fields } = await send(
      [
        ['token', token],
        ['files', 'alpha', 'a.txt'],
        ['files', large, 'naïve 日本.bin'],
        ['files', '', 'empty.txt'],
      ],
      '/my%20files/',
    )
    expect([status, fields.location]).toEqual([303, '/my%20files/'])
    const folder = join(served.root, 'my files')
    expect(readdirSync(folder).sort()).toEqual(['a.txt', 'empty.txt', 'naïve 日本.bin', 'x'])
    expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('alpha')
    expect(readFileSync(join(folder, 'naïve 日本.bin')).equals(large)).toBe(true)
  })

  it('keeps both where a name is taken, and makes names safe', async () => {
    const { served, token, send } = await open({ 'a.txt': 'old' }, { uploads: { overwrite: true } })
    const sent = await send([
      ['token', token],
      ['files', 'new', 'a.txt'],
      ['files', 'b', 'what?.txt'],
      ['files', 'c', '..\\..\\c.txt'],
      ['files', 'd', '../d.txt'],
    ])
    expect(sent.status).toBe(303)
    expect(readFileSync(join(served.root, 'a.txt'), 'utf8')).toBe('old')
    expect(readFileSync(join(served.root, 'a (2).txt'), 'utf8')).toBe('new')
    expect(
      readdirSync(served.root)
        .filter(name => !name.startsWith('.'))
        .sort(),
    ).toEqual(['a (2).txt', 'a.txt', 'c.txt', 'd.txt', 'what_.txt'])
  })

  it('without a chosen file changes nothing', async () => {
    const { served, token, send } = await open()
    expect(
      (
        await send([
          ['token', token],
          ['files', '', ''],
        ])
      ).status,
    ).toBe(303)
    expect(readdirSync(served.root)).toEqual([])
  })

  it('of another site, without its token or with the token behind, is refused', async () => {
    const { served, token, send } = await open()
    const file = ['files', 'x', 'a.txt'] as const
    for (const answer of [
      await send([file]),
      await send([['token', 'wrong'], file]),
      await send([file, ['token', token]]),
      await send([['token', token], file], '/', { Origin: 'http://evil.test' }),
      await send([['token', token], file], '/', { Origin: 'null' }),
      await send([['token', token], file], '/', { 'Sec-Fetch-Site': 'cross-site' }),
    ]) {
      expect(answer.status).toBe(403)
      expect(answer.fields['content-type']).toBe('text/html; charset=utf-8')
    }
    expect(readdirSync(served.root)).toEqual([])
  })

  it('says which of its files were not added', async () => {
    const { served, token, send } = await open({}, { uploads: { maxSize: 10 } })
    const { status, text } = await send([
      ['token', token],
      ['files', 'x'.repeat(11), '<large>.bin'],
      ['files', 'ok', 'small.txt'],
    ])
    expect(status).toBe(413)
    expect(text).toContain('One file was not added')
    expect(text).toContain('&lt;large&gt;.bin')
    expect(text).not.toContain('<large>')
    expect(readdirSync(served.root).filter(name => !name.startsWith('.'))).toEqual(['small.txt'])
  })

  it('that breaks off leaves the files that were whole', async () => {
    const { served, token } = await open()
    const connection = new RawConnection(served.port)
    const part = (rest: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${rest}`
    connection.send(
      get(
        '/',
        { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, 'Content-Length': '100000' },
        'POST',
      ) +
        part(`name="token"\r\n\r\n${token}\r\n`) +
        part('name="files"; filename="a.txt"\r\n\r\nwhole\r\n') +
        part(`name="files"; filename="b.txt"\r\n\r\n${'half'.repeat(1_000)}`),
    )
    await until(() => existsSync(join(served.root, 'a.txt')), 'the first file')
    connection.reset()
    await until(
      () => readdirSync(join(served.root, '.servebar/uploads')).length === 0,
      'the rest to be removed',
    )
    expect(readdirSync(served.root).sort()).toEqual(['.servebar', 'a.txt'])
  })

  it.each([
    ['text/plain', 'x'],
    ['multipart/form-data', 'x'],
    [`multipart/form-data; boundary=${BOUNDARY}`, 'no boundary in here'],
    [
      `multipart/form-data; boundary=${BOUNDARY}`,
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nabc`,
    ],
  ])('that is none is refused: %s %j', async (type, content) => {
    const { served } = await open()
    const { status } = await ask(served.port, '/', {
      method: 'POST',
      content,
      fields: { 'Content-Type': type },
    })
    expect([400, 403]).toContain(status)
    expect(readdirSync(served.root).filter(name => name !== '.servebar')).toEqual([])
  })

  it('is not taken where nothing may be added', async () => {
    const { port } = await serve({})
    expect((await ask(port, '/', { method: 'POST', content: 'x' })).status).toBe(405)
  })
})
