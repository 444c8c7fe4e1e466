/**
 * Reads a ZIP archive back, and believes nothing: the directory at its end, the
 * header before each entry and the sums behind it must say the same, entries
 * must touch, and the content must have the sum that is told of it.
 */
import { strictEqual as equal } from 'node:assert'
import { inflateRawSync } from 'node:zlib'
import { crc32InScript } from '../../electron/engine/zip/crc32.ts'

export interface Unzipped {
  readonly name: string
  readonly content: Buffer
  /** s since the epoch. */
  readonly modified: number
  readonly method: 'stored' | 'deflated'
  readonly mode: number
}

export function unzip(archive: Buffer): Unzipped[] {
  const { count, size, start } = readEnd(archive)
  const entries: Unzipped[] = []
  let at = start
  let expected = 0
  for (let i = 0; i < count; i++) {
    equal(archive.readUInt32LE(at), 0x02014b50)
    const nameLength = archive.readUInt16LE(at + 28)
    const extraLength = archive.readUInt16LE(at + 30)
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const extra = readExtra(archive.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength))
    const numbers = extra.zip64.values()
    const wide = (value: number): number => (value === 0xffff_ffff ? Number(numbers.next().value) : value)
    const flags = archive.readUInt16LE(at + 8)
    const method = archive.readUInt16LE(at + 10)
    const crc = archive.readUInt32LE(at + 16)
    const length = wide(archive.readUInt32LE(at + 24))
    const compressed = wide(archive.readUInt32LE(at + 20))
    const offset = wide(archive.readUInt32LE(at + 42))
    equal(flags & ~8, 1 << 11, `${name}: its name is UTF-8`)
    equal(offset, expected, `${name}: follows the entry before`)

    equal(archive.readUInt32LE(offset), 0x04034b50)
    equal(archive.readUInt16LE(offset + 6), flags)
    equal(archive.readUInt16LE(offset + 8), method)
    equal(archive.readUInt32LE(offset + 10), archive.readUInt32LE(at + 12))
    const localNameLength = archive.readUInt16LE(offset + 26)
    const localExtraLength = archive.readUInt16LE(offset + 28)
    const data = offset + 30 + localNameLength + localExtraLength
    equal(archive.toString('utf8', offset + 30, offset + 30 + localNameLength), name)
    const localExtra = readExtra(archive.subarray(data - localExtraLength, data))
    equal(localExtra.modified, extra.modified)
    expected = data + compressed
    if (flags & 8) {
      const large = localExtra.zip64.length > 0
      equal(archive.readUInt32LE(expected), 0x08074b50)
      equal(archive.readUInt32LE(expected + 4), crc)
      equal(
        large ? Number(archive.readBigUInt64LE(expected + 8)) : archive.readUInt32LE(expected + 8),
        compressed,
      )
      equal(
        large ? Number(archive.readBigUInt64LE(expected + 16)) : archive.readUInt32LE(expected + 12),
        length,
      )
      expected += large ? 24 : 16
    } else {
      equal(archive.readUInt32LE(offset + 14), crc)
      equal(archive.readUInt32LE(offset + 18), compressed)
      equal(archive.readUInt32LE(offset + 22), length)
    }
    const kept = archive.subarray(data, data + compressed)
    const content = method === 8 ? inflateRawSync(kept) : Buffer.from(kept)
    equal(content.length, length, `${name}: its length`)
    equal(crc32InScript(content, 0), crc, `${name}: its sum`)
    entries.push({
      name,
      content,
      modified: extra.modified,
      method: method === 8 ? 'deflated' : 'stored',
      mode: archive.readUInt32LE(at + 38) >>> 16,
    })
    at += 46 + nameLength + extraLength
  }
  equal(at, start + size, 'the directory ends where it says')
  equal(expected, start, 'the directory follows the last entry')
  return entries
}

function readEnd(archive: Buffer): { count: number; size: number; start: number } {
  const end = archive.length - 22
  equal(archive.readUInt32LE(end), 0x06054b50)
  const plain = {
    count: archive.readUInt16LE(end + 10),
    size: archive.readUInt32LE(end + 12),
    start: archive.readUInt32LE(end + 16),
  }
  if (plain.count !== 0xffff && plain.size !== 0xffff_ffff && plain.start !== 0xffff_ffff) return plain
  equal(archive.readUInt32LE(end - 20), 0x07064b50)
  const at = Number(archive.readBigUInt64LE(end - 12))
  equal(archive.readUInt32LE(at), 0x06064b50)
  return {
    count: Number(archive.readBigUInt64LE(at + 32)),
    size: Number(archive.readBigUInt64LE(at + 40)),
    start: Number(archive.readBigUInt64LE(at + 48)),
  }
}

function readExtra(extra: Buffer): { modified: number; zip64: bigint[] } {
  let modified = Number.NaN
  const zip64: bigint[] = []
  for (let at = 0; at < extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const id = extra.readUInt16LE(at)
    const length = extra.readUInt16LE(at + 2)
    if (id === 0x5455) modified = extra.readInt32LE(at + 5)
    if (id === 1) for (let i = 0; i < length; i += 8) zip64.push(extra.readBigUInt64LE(at + 4 + i))
  }
  return { modified, zip64 }
}
