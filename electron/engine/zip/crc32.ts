/**
 * CRC-32 as ZIP has it. Node's own (20.15) is fifteen times as fast as what
 * JavaScript can do, so a table is only what older ones fall back to.
 */
import * as zlib from 'node:zlib'

/** `before`: the sum of what came before; 0 at the start. */
export function crc32(bytes: Buffer, before: number): number {
  return typeof zlib.crc32 === 'function' ? zlib.crc32(bytes, before) : crc32InScript(bytes, before)
}

let table: Uint32Array | null = null

export function crc32InScript(bytes: Buffer, before: number): number {
  table ??= makeTable()
  let crc = ~before
  // The index has eight bits, and so is in the table.
  for (let i = 0; i < bytes.length; i++)
    crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 0xff] as number)
  return ~crc >>> 0
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? 0xedb8_8320 ^ (crc >>> 1) : crc >>> 1
    return crc
  })
}
