import { describe, expect, it } from 'vitest'
import { crc32, crc32InScript } from '../../../electron/engine/zip/crc32.ts'
import { ZipRecords } from '../../../electron/engine/zip/zip-format.ts'
import { unzip } from '../../support/unzip.ts'

const modified = Date.UTC(2025, 2, 4, 10, 58, 3)

it('sums as PNG, gzip and ZIP do, with and without help of Node', () => {
  const bytes = Buffer.from('123456789')
  for (const sum of [crc32, crc32InScript]) {
    expect(sum(bytes, 0)).toBe(0xcbf43926)
    expect(sum(bytes.subarray(4), sum(bytes.subarray(0, 4), 0))).toBe(0xcbf43926)
    expect(sum(Buffer.alloc(0), 0)).toBe(0)
  }
})

describe('records', () => {
  const content = Buffer.from('hello')
  const sums = { crc: crc32(content, 0), size: 5, compressed: 5 }

  it('of content at hand, and of content that is read while it is sent', () => {
    const records = new ZipRecords()
    const parts = [records.whole({ name: 'a/b.txt', modified, method: 'stored' }, sums), content]
    records.wrote(content.length)
    const { header, end } = records.begin({ name: 'a/ü.txt', modified, method: 'stored' }, 5)
    records.wrote(content.length)
    parts.push(header, content, end(sums), ...records.end())
    const entries = unzip(Buffer.concat(parts))
    expect(entries.map(({ name }) => name)).toEqual(['a/b.txt', 'a/ü.txt'])
    expect(entries.every(entry => entry.modified === modified / 1000 && entry.content.equals(content))).toBe(
      true,
    )
  })

  it('with wide numbers for what may be large', () => {
    const records = new ZipRecords()
    const { header, end } = records.begin({ name: 'large', modified, method: 'stored' }, 2 ** 32)
    records.wrote(content.length)
    const archive = Buffer.concat([header, content, end(sums), ...records.end()])
    expect(header.readUInt16LE(4)).toBe(45)
    expect(header.readUInt32LE(22)).toBe(0xffff_ffff)
    expect(unzip(archive)[0]?.content).toEqual(content)
  })

  it('with wide places for what stands far behind', () => {
    const records = new ZipRecords()
    records.wrote(2 ** 32)
    const header = records.whole({ name: 'far', modified, method: 'stored' }, sums)
    const rest = Buffer.concat([...records.end()])
    // The directory comes first; its only entry has the place in its Zip64 field, behind the time.
    expect(rest.readUInt32LE(42)).toBe(0xffff_ffff)
    expect(rest.readBigUInt64LE(46 + 3 + 9 + 4)).toBe(BigInt(2 ** 32))
    const end = rest.indexOf(Buffer.from([0x50, 0x4b, 6, 6]))
    expect(rest.readBigUInt64LE(end + 48)).toBe(BigInt(2 ** 32 + header.length))
  })

  it('of more entries than 16 bits count', () => {
    const records = new ZipRecords()
    const parts: Buffer[] = []
    for (let i = 0; i < 65_535; i++) {
      parts.push(
        records.whole({ name: `${i}`, modified, method: 'stored' }, { crc: 0, size: 0, compressed: 0 }),
      )
    }
    const entries = unzip(Buffer.concat([...parts, ...records.end()]))
    expect(entries).toHaveLength(65_535)
    expect(entries.at(-1)?.name).toBe('65534')
  })

  it.each([
    [Date.UTC(1970, 0, 1), (1 << 21) | (1 << 16)],
    [Date.UTC(2200, 0, 1), 0xff9fbf7d],
    [
      new Date(2025, 2, 4, 10, 58, 3).getTime(),
      ((((45 << 9) | (3 << 5) | 4) << 16) | ((10 << 11) | (58 << 5) | 1)) >>> 0,
    ],
  ])('a time that DOS knows for %i', (time, dos) => {
    const header = new ZipRecords().whole({ name: 'a', modified: time, method: 'stored' }, sums)
    expect(header.readUInt32LE(10)).toBe(dos)
  })
})
