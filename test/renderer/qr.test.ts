import { describe, expect, it } from 'vitest'
import { qrCodeOf } from '../../renderer/qr.ts'

describe('qrCodeOf', () => {
  it('draws finder patterns in three corners and nothing outside', () => {
    const { size, path } = qrCodeOf('http://192.168.1.24:8080')
    expect(size).toBe(25)
    expect(path.startsWith('M0 0h7v1h-7z')).toBe(true)
    expect(path).toContain('M18 0h7v1h-7z')
    expect(path).toContain('M0 24h7v1h-7z')
    for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      expect(Number(x) + Number(run)).toBeLessThanOrEqual(size)
      expect(Number(y)).toBeLessThan(size)
    }
  })

  it('grows with a long address', () => {
    expect(qrCodeOf(`http://[fe80::1c3a:52ff:fe12:9a8b]:65535/${'x'.repeat(60)}`).size).toBeGreaterThan(25)
  })
})
