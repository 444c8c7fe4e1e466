/** The words of own certificates are tested with their faults, in own.test.ts. */
import { describe, expect, it } from 'vitest'
import type {
  AuthorityNotice,
  CertificateFault,
  OwnWarning,
} from '../../../electron/app/certificates/faults.ts'
import { faultWords, noticeWords, shell } from '../../../electron/app/certificates/words.ts'

const file = '/home/anna/certificates/authority-1.pem'

describe('faultWords', () => {
  const faults: readonly [CertificateFault, RegExp][] = [
    [
      { kind: 'authority-unreadable', file, code: 'EACCES' },
      /authority-1\.pem \(EACCES\)\. Let your user read it, or delete it/,
    ],
    [{ kind: 'authority-unwritable', file, code: 'ENOSPC' }, /disk of .*authority-1\.pem is full/],
    [{ kind: 'authority-unwritable', file, code: 'EROFS' }, /cannot write to .*authority-1\.pem \(EROFS\)/],
  ]
  it.each(faults)('%j', (fault, words) => {
    expect(faultWords(fault).detail).toMatch(words)
  })
})

describe('noticeWords', () => {
  const notices: readonly [AuthorityNotice | OwnWarning, RegExp][] = [
    [{ kind: 'authority-replaced', file, why: 'damaged' }, /^Its file was damaged\. Trust the new one/],
    [{ kind: 'authority-replaced', file, why: 'mismatched' }, /did not belong together/],
    [{ kind: 'authority-replaced', file, why: 'not-ours' }, /something else/],
    [{ kind: 'authority-replaced', file, why: 'expired' }, /near its end/],
    [{ kind: 'authority-exposed', file, closed: true }, /has closed it/],
    [{ kind: 'authority-exposed', file, closed: false }, /cannot be closed/],
    [{ kind: 'authority-early', file, at: new Date(0) }, /clock .*delete \/home/],
    [{ kind: 'key-exposed', file }, /chmod 600 /],
    [{ kind: 'no-names', file }, /subject alternative name/],
  ]
  it.each(notices)('%j', (notice, words) => {
    const { heading, detail } = noticeWords(notice)
    expect(detail).toMatch(words)
    expect(heading).not.toMatch(/\.$/)
  })
})

it.each([
  ['/a/b.pem', 'linux', '/a/b.pem'],
  ['/a b/$(c).pem', 'darwin', "'/a b/$(c).pem'"],
  ["/it's.pem", 'linux', "'/it'\\''s.pem'"],
  ['C:\\a b\\c.pem', 'win32', '"C:\\a b\\c.pem"'],
] as const)('shell(%s, %s)', (path, os, expected) => {
  expect(shell(path, os)).toBe(expected)
})
