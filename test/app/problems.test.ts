import { describe, expect, it } from 'vitest'
import {
  badInput,
  badPath,
  folderProblem,
  internalProblem,
  isListenError,
  listenProblem,
  loginItemRefused,
  type ProblemContext,
  settingsUnwritable,
} from '../../electron/app/problems.ts'

function listenError(code: string): Error {
  return Object.assign(new Error(code), { code, syscall: 'listen' })
}
function folderError(code: string, syscall = 'opendir'): Error {
  return Object.assign(new Error(code), { code, syscall, path: '/secret/place' })
}

const use5174 = { action: 'use-port', label: 'Use port 5174', port: 5174 }
const locate = { action: 'locate', label: 'Locate…' }
const remove = { action: 'remove', label: 'Remove' }
const tryAgain = { action: 'try-again', label: 'Try again' }

/** As the callers choose: a port and a folder are opened in one go. */
const describeError = (error: unknown, context: ProblemContext) =>
  isListenError(error) ? listenProblem(error, context) : folderProblem(error, context)

describe('listenProblem and folderProblem', () => {
  it.each([
    [
      'the port is taken, the owner known',
      listenError('EADDRINUSE'),
      { port: 5173, portOwner: 'node', freePort: 5174 },
      'port-in-use',
      'Port 5173 is in use by node',
      [use5174, { action: 'try-again', label: 'Try 5173 again' }],
    ],
    [
      'the port is taken, the owner unknown, nothing free',
      listenError('EADDRINUSE'),
      { port: 5173, portOwner: null, freePort: null },
      'port-in-use',
      'Port 5173 is in use by another app',
      [{ action: 'try-again', label: 'Try 5173 again' }],
    ],
    [
      'a low port',
      listenError('EACCES'),
      { port: 80, freePort: 8080 },
      'port-forbidden',
      'Port 80 needs an administrator',
      [{ action: 'use-port', label: 'Use port 8080', port: 8080 }],
    ],
    [
      'a high port that Windows keeps',
      listenError('EACCES'),
      { port: 50_000, freePort: 5174 },
      'port-forbidden',
      'Port 50000 is kept by the system',
      [use5174],
    ],
    [
      'a foreign address',
      listenError('EADDRNOTAVAIL'),
      { host: '192.0.2.1' },
      'address-unavailable',
      '192.0.2.1 is not an address of this computer',
      [],
    ],
    [
      'the folder is gone',
      folderError('ENOENT'),
      {},
      'folder-missing',
      'The folder was moved or deleted',
      [locate, remove],
    ],
    [
      'a file took its place',
      folderError('ENOTDIR'),
      {},
      'not-a-folder',
      'There is a file in the place of the folder',
      [locate, remove],
    ],
    [
      'macOS guards the folder',
      folderError('EPERM'),
      { os: 'darwin', canAllowAccess: true },
      'folder-unreadable',
      'macOS does not let Servebar read it',
      [{ action: 'allow-access', label: 'Allow Access…' }],
    ],
    [
      'macOS guards it and this host cannot open the privacy settings',
      folderError('EPERM'),
      { os: 'darwin' },
      'folder-unreadable',
      'macOS does not let Servebar read it',
      [tryAgain, locate],
    ],
    [
      'no permission elsewhere',
      folderError('EACCES', 'access'),
      { os: 'linux', canAllowAccess: true },
      'folder-unreadable',
      'Servebar is not allowed to read it',
      [tryAgain, locate],
    ],
  ] as const)('%s', (_, error, context, type, title, remedies) => {
    expect(describeError(error, context)).toEqual({ type, title, remedies })
  })

  it.each([
    new Error('boom'),
    'boom',
    null,
    undefined,
    42,
    { code: 'constructor' },
    Object.assign(new Error('odd'), { code: '__proto__' }),
  ])('calls anything else internal: %s', error => {
    for (const problem of [listenProblem(error), folderProblem(error)]) {
      expect(problem).toEqual(internalProblem(error))
      expect(problem).toMatchObject({ type: 'internal', title: 'Servebar could not do that' })
    }
  })

  it('is not asked of what has to do with neither', () => {
    const error = Object.assign(new Error('EACCES: permission denied, mkdir'), { code: 'EACCES' })
    expect(loginItemRefused(error)).toEqual({
      type: 'internal',
      title: 'Start at login could not be changed',
      detail: 'EACCES: permission denied, mkdir',
      field: 'startAtLogin',
      remedies: [],
    })
  })
})

describe('badInput', () => {
  it.each([
    ['port', 'Use a number from 1 to 65535'],
    ['defaultPort', 'Use a number from 1 to 65535'],
    ['name', 'Use a name of 1 to 100 characters'],
    ['constructor', 'Servebar does not know this request'],
  ])('names the field %s', (field, title) => {
    expect(badInput(field)).toEqual({ type: 'bad-input', title, field, remedies: [] })
  })
})

describe('badPath', () => {
  it('says where there is no folder', () => {
    expect(badPath(folderError('ENOENT'), 'path', '~/Sites/typo')).toEqual({
      type: 'folder-missing',
      title: 'No folder at ~/Sites/typo',
      field: 'path',
      remedies: [],
    })
  })
  it('keeps other reasons', () => {
    expect(badPath(folderError('EACCES'), 'path', '/root').title).toBe('Servebar is not allowed to read it')
  })
})

describe('settingsUnwritable', () => {
  it('tells a full disk from a lack of rights', () => {
    expect(settingsUnwritable({ code: 'ENOSPC' }, '/x').detail).toMatch(/^The disk is full\./)
    expect(settingsUnwritable({ code: 'EACCES' }, '/x').detail).toMatch(/^Servebar cannot write to \/x\./)
  })
})
