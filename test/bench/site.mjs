/**
 * The folder that every contender serves: the same bytes in each run, so that
 * runs can be compared. Large parts are made only for the works that need them.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const KiB = 1024
const MiB = 1024 * KiB

export const SMALL = '/page.html'
export const DOWNLOAD = '/download.bin'
export const DOWNLOAD_SIZE = 1024 * MiB
export const FOLDER = '/folder/'
const FOLDER_ENTRIES = 5_000
/** One to be compressed once and asked for often, and others that nobody asked for yet. */
export const SCRIPT = '/scripts/app.js'
export const FRESH_SCRIPTS = Array.from({ length: 10 }, (_, n) => `/scripts/fresh-${n}.js`)
export const READ_SLOWLY = '/slowly.bin'
const SCRIPT_SIZE = 200 * KiB
const READ_SLOWLY_SIZE = 64 * MiB

/** Sizes from 1 to 64 KiB, evenly spread on a logarithmic scale: most files of a site are small. */
export const FILES = Array.from({ length: 500 }, (_, n) => ({
  target: `/files/${n}.${['html', 'css', 'js', 'png', 'json'][n % 5]}`,
  size: Math.round(KiB * 64 ** (n / 499)),
}))

/** A small generator of pseudo-random numbers (mulberry32), 0 to below 2^32. */
export function randomNumbers(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** Text that compresses about as much as a script does. */
function textOf(length, seed) {
  const next = randomNumbers(seed)
  const words = Array.from({ length: 400 }, () => (next() % 36 ** (2 + (next() % 4))).toString(36))
  const parts = []
  for (let size = 0; size < length; ) {
    const part = `${words[next() % words.length]}${['(', ') ', ' = ', '.', ';\n', ', '][next() % 6]}`
    parts.push(part)
    size += part.length
  }
  return parts.join('').slice(0, length)
}

/** @type {Record<string, (root: string) => void>} */
const PARTS = {
  small(root) {
    writeFileSync(join(root, SMALL), textOf(KiB, 1))
  },
  files(root) {
    mkdirSync(join(root, 'files'))
    for (const [n, { target, size }] of FILES.entries()) writeFileSync(join(root, target), textOf(size, n))
  },
  scripts(root) {
    mkdirSync(join(root, 'scripts'))
    for (const [n, target] of [SCRIPT, ...FRESH_SCRIPTS].entries()) {
      writeFileSync(join(root, target), textOf(SCRIPT_SIZE, n))
    }
  },
  folder(root) {
    mkdirSync(join(root, FOLDER))
    for (let n = 0; n < FOLDER_ENTRIES; n++) writeFileSync(join(root, FOLDER, nameOfEntry(n)), '')
  },
  slowly(root) {
    writeNumbered(join(root, READ_SLOWLY), READ_SLOWLY_SIZE)
  },
  download(root) {
    writeNumbered(join(root, DOWNLOAD), DOWNLOAD_SIZE)
  },
}

export function nameOfEntry(n) {
  return `entry-${String(n).padStart(4, '0')}.txt`
}

/** No two pieces of 4 KiB are the same, so that a wrong offset shows. On the disk before anything is measured. */
function writeNumbered(path, size) {
  const block = Buffer.from(textOf(MiB, 1))
  const file = openSync(path, 'w')
  for (let at = 0; at < size; at += MiB) {
    for (let piece = 0; piece < MiB; piece += 4 * KiB) block.writeDoubleBE(at + piece, piece)
    writeSync(file, block)
  }
  fsyncSync(file)
  closeSync(file)
}

/**
 * Makes these parts in an empty folder.
 * @param {string} root
 * @param {ReadonlySet<string>} parts
 */
export function makeSite(root, parts) {
  for (const part of parts) PARTS[part](root)
}
