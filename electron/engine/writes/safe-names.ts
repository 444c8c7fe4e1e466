/**
 * Which names a visitor may give to a file, and which he gets instead. A folder
 * is carried to other computers, so a name must mean the same on each: what one
 * system forbids, drops or reads as something else is refused on all.
 */
import { isReserved } from '../target.ts'

const MAX_BYTES = 255
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?= *(?:\.|$))/i
const FORBIDDEN = '\\\\/:*?"<>|'
/** Overrides and isolates of the direction of text: by them `gnp.exe` reads `exe.png`. */
const TURNING = '\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069'
/** What has no width, or ends a line. Not the joiners (U+200C and U+200D), of which scripts and emoji are made. */
const WIDTHLESS = '\\u200b\\u2028\\u2029\\u2060-\\u2064\\ufeff'
const UNSEEN = `${TURNING}${WIDTHLESS}\\p{Cc}\\p{Surrogate}\\ufffd-\\uffff`
const UNSAFE = new RegExp(`[${FORBIDDEN}${UNSEEN}]`, 'gu')
const INVISIBLE = new RegExp(`[${UNSEEN}]`, 'u')
const DROPPED_END = /[. ]+$/

/** Why a name cannot be given, as the end of a sentence that begins with the name; null when it can. */
export function faultOf(name: string): string | null {
  if (name === '') return 'is empty'
  if (isReserved(name)) return 'is kept for uploads that are under way'
  if (INVISIBLE.test(name)) return 'holds characters that cannot be seen'
  const forbidden = new RegExp(`[${FORBIDDEN}]`).exec(name)?.[0]
  if (forbidden !== undefined) return `holds ${forbidden} which not every system allows`
  if (DROPPED_END.test(name)) return 'ends in a dot or a space, which not every system keeps'
  const device = DEVICE.exec(name)?.[0]
  if (device !== undefined) return `means a device on Windows (${device})`
  if (Buffer.byteLength(name) > MAX_BYTES) return 'is too long; most systems end at 255 bytes'
  return null
}

/** The nearest name that can be given; the same where it can. */
export function safeName(name: string): string {
  let safe = name.normalize('NFC').replace(UNSAFE, '_').replace(DROPPED_END, '')
  if (safe === '' || isReserved(safe)) safe = `_${safe}`
  safe = safe.replace(DEVICE, device => `${device}_`)
  return shortened(safe, '')
}

/** `photo.jpg` -> `photo (2).jpg` */
export function numbered(name: string, number: number): string {
  return shortened(name, ` (${number})`)
}

/** `mark` stands before the extension, and what is too long is cut before the mark. */
function shortened(name: string, mark: string): string {
  const dot = name.lastIndexOf('.')
  const cut = dot > 0 && name.length - dot <= 16 ? dot : name.length
  const end = mark + name.slice(cut)
  let start = name.slice(0, cut)
  while (Buffer.byteLength(start + end) > MAX_BYTES) {
    // A character of two code units goes whole.
    start = [...start].slice(0, -1).join('')
  }
  return (start + end).replace(DROPPED_END, '')
}
