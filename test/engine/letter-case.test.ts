import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differsInCase, isFoundByFolding } from '../../electron/engine/letter-case.ts'
import { respond } from '../../electron/engine/respond.ts'
import { siteOf } from '../support/site.ts'
import { tempFolder } from '../support/temp.ts'

describe('differsInCase', () => {
  it.each([
    ['/srv/logo.png', '/srv/Logo.PNG', true],
    ['/srv/IMG/a.png', '/srv/img/a.png', true],
    ['/srv/\u00e9.txt', '/srv/e\u0301.txt', true],
    ['/srv/\u00c9.txt', '/srv/e\u0301.txt', true],
    ['C:\\srv/Logo.png', 'C:\\srv\\logo.png', true],
    ['C:\\srv/logo.png', 'C:\\srv\\logo.png', false],
    ['/srv/logo.png', '/srv/logo.png', false],
    // Behind a link: another name, and not a matter of case.
    ['/srv/logo.png', '/srv/v2/logo.png', false],
    ['/srv/logo.png', '/srv/logos.png', false],
  ])('%s, on disk %s: %s', (asked, real, expected) => {
    expect(differsInCase(asked, real)).toBe(expected)
  })
})

describe('isFoundByFolding', () => {
  // A link that differs in case only: to the engine, what a folding file system does.
  const files = { 'Logo.PNG': 'x', 'logo.png': { link: 'Logo.PNG' } }

  it.each([
    ['darwin', 'logo.png', true],
    ['win32', 'logo.png', true],
    ['darwin', 'Logo.PNG', false],
    ['darwin', 'gone.png', false],
    ['linux', 'logo.png', false],
  ] as const)('%s, %s: %s', async (platform, name, expected) => {
    expect(await isFoundByFolding({ path: join(tempFolder(files), name) }, platform)).toBe(expected)
  })
})

describe('the pipeline', () => {
  const files = {
    'Logo.PNG': 'x',
    'logo.png': { link: 'Logo.PNG' },
    'Sub/index.html': 's',
    sub: { link: 'Sub' },
  }

  it.each([
    ['/logo.png', 'darwin', {}, 200, 'letter-case'],
    ['/sub/', 'darwin', {}, 200, 'letter-case'],
    ['/logo.png', 'darwin', { 'if-none-match': '*' }, 304, 'letter-case'],
    ['/logo.png', 'darwin', { range: 'bytes=0-0' }, 206, 'letter-case'],
    ['/Logo.PNG', 'darwin', {}, 200, null],
    ['/none', 'darwin', {}, 404, null],
    ['/logo.png', 'linux', {}, 200, null],
  ] as const)('%s on %s %j: %i, note %s', async (target, platform, fields, status, note) => {
    const site = siteOf(tempFolder(files), {}, { platform })
    const request = {
      method: 'GET',
      target,
      fields,
      hosts: ['localhost'],
      httpVersion: '1.1',
      clientIsLocal: true,
      client: '127.0.0.1',
    }
    const response = await respond(request, site)
    response.file?.close()
    expect(response).toMatchObject({ status, note })
  })
})
