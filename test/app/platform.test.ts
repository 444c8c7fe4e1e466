import { describe, expect, it } from 'vitest'
import { hostInfo } from '../../electron/app/platform.ts'
import { fakePlatform } from '../support/fake-platform.ts'

describe('hostInfo', () => {
  it('lists what the host handed in, and nothing else', () => {
    expect(
      hostInfo({ kind: 'browser', os: 'linux', listFolders: true, openUrl: async () => {} }, '1.2.3'),
    ).toEqual({
      kind: 'browser',
      os: 'linux',
      version: '1.2.3',
      capabilities: ['list-folders', 'open-url'],
    })
    expect(hostInfo(fakePlatform(), '1.2.3').capabilities).toHaveLength(11)
  })
})
