import { describe, expect, it } from 'vitest'
import { createVerifier } from '../../electron/engine/authentication.ts'
import { hashPassword, isPasswordHash, matchesHash } from '../../electron/engine/password-hash.ts'

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

describe('the hash of a password', () => {
  it('has another salt each time, nothing of the password in it, and is true of it alone', async () => {
    const [one, other] = await Promise.all([hashPassword('wörd'), hashPassword('wörd')])
    expect(one).not.toBe(other)
    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
    expect(isPasswordHash(one)).toBe(true)
    expect(await matchesHash('wörd'.normalize('NFC'), one)).toBe(true)
    expect(await matchesHash('word', one)).toBe(false)
  })

  it('is asked once, and then known', async () => {
    const verify = createVerifier({ user: 'ann', hash: await hashPassword('pass') })
    const first = verify(basic('ann:pass'), '192.0.2.1')
    expect(first).toBeInstanceOf(Promise)
    // A page asks for its parts at once.
    expect(verify(basic('ann:pass'), '192.0.2.1')).toBe(first)
    expect(await first).toBe(true)
    expect(verify(basic('ann:pass'), '192.0.2.2')).toBe(true)
    expect(await verify(basic('ann:wrong'), '192.0.2.2')).toBe(false)
  })

  it.each([
    ['nothing', ''],
    ['a password', 'pass'],
    ['another algorithm', '$argon2id$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
    ['more memory than ours', '$scrypt$ln=20,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
    ['endless work', '$scrypt$ln=15,r=8,p=99$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
    ['no cost', '$scrypt$ln=0,r=8,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'],
    ['no salt', '$scrypt$ln=15,r=8,p=3$$aGFzaGhhc2hoYXNoaGFzaA'],
    ['more', '$scrypt$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA\n'],
  ])('is not %s', async (_, text) => {
    expect(isPasswordHash(text)).toBe(false)
    expect(await matchesHash('pass', text)).toBe(false)
  })
})
