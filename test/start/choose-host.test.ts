/** The decisions of `npm start`. */
import { describe, expect, it } from 'vitest'
import { chooseHost, parseStartArguments } from '../../electron/start/choose-host.ts'

const plain = { folders: [], panel: false, noSandbox: false }

describe('parseStartArguments', () => {
  it.each([
    [[], plain],
    [['--panel', 'site'], { ...plain, panel: true, folders: ['site'] }],
    [['a', '--no-sandbox', 'b'], { ...plain, noSandbox: true, folders: ['a', 'b'] }],
    [['--', '--panel'], { ...plain, folders: ['--panel'] }],
  ])('%j', (argv, expected) => {
    expect(parseStartArguments(argv)).toEqual(expected)
  })

  it('names an option that there is not', () => {
    expect(parseStartArguments(['--pannel'])).toEqual({ problem: 'There is no option --pannel' })
  })
})

describe('chooseHost', () => {
  const usual = { panelAsked: false, hasDisplay: true, isLinuxRoot: false, noSandbox: false }
  it.each([
    ['a desktop', usual, { host: 'desktop' }],
    [
      'the panel was asked for',
      { ...usual, panelAsked: true, hasDisplay: false },
      { host: 'panel', reason: undefined },
    ],
    ['no display', { ...usual, hasDisplay: false }, { host: 'panel', reason: 'There is no display' }],
    [
      'root',
      { ...usual, isLinuxRoot: true },
      { host: 'panel', reason: 'Electron does not run as root without --no-sandbox' },
    ],
    ['root who asked for no sandbox', { ...usual, isLinuxRoot: true, noSandbox: true }, { host: 'desktop' }],
  ])('%s', (_name, circumstances, expected) => {
    expect(chooseHost(circumstances)).toEqual(expected)
  })
})
