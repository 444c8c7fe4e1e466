/**
 * Draws every icon file from the SVGs in assets/: the app icon as PNG, ICNS and
 * ICO, the tray glyphs as PNGs. Run by hand after an SVG changed (needs
 * rsvg-convert); what it writes is committed, so that a build needs no tools.
 *
 * Tray glyphs: macOS tints template images itself. Other systems draw them as
 * they are, on bars that may be light or dark, so those use colours in the
 * middle: at least 3:1 against white and against #242424.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const assets = fileURLToPath(new URL('../assets/', import.meta.url))
const trayColors = { idle: '#808080', running: '#0e9162', failed: '#dc4b41' }
/** Suffix of the file name (Electron's scale factor) -> size in px. */
const templateSizes = { '': 16, '@2x': 32 }
const coloredSizes = { '': 16, '@1.5x': 24, '@2x': 32, '-large': 32 }

function rasterize(svg, size) {
  return execFileSync('rsvg-convert', ['-w', size, '-h', size], { input: svg, maxBuffer: 1 << 24 })
}

/** ICNS: a header, then chunks of type, length and (here always) a PNG. */
function icns(pngOf) {
  const types = { icp4: 16, icp5: 32, ic07: 128, ic08: 256, ic09: 512, ic10: 1024, ic11: 32, ic12: 64 }
  const chunks = Object.entries(types).map(([type, size]) => chunk(type, pngOf(size)))
  return chunk('icns', Buffer.concat(chunks))
}

function chunk(type, data) {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(data.length + 8, 4)
  return Buffer.concat([header, data])
}

/** ICO: a directory of 16-byte entries, then the PNGs (allowed since Windows Vista). */
function ico(pngOf) {
  const images = [16, 24, 32, 48, 64, 256].map(size => ({ size, png: pngOf(size) }))
  const directory = Buffer.alloc(6 + 16 * images.length)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(images.length, 4)
  let offset = directory.length
  for (const [index, { size, png }] of images.entries()) {
    const at = 6 + 16 * index
    directory[at] = size % 256 // 0 stands for 256
    directory[at + 1] = size % 256
    directory.writeUInt16LE(1, at + 4) // planes
    directory.writeUInt16LE(32, at + 6) // bits per pixel
    directory.writeUInt32LE(png.length, at + 8)
    directory.writeUInt32LE(offset, at + 12)
    offset += png.length
  }
  return Buffer.concat([directory, ...images.map(({ png }) => png)])
}

const appIcon = readFileSync(`${assets}icon.svg`)
const drawn = new Map()
function appPng(size) {
  const png = drawn.get(size) ?? rasterize(appIcon, size)
  drawn.set(size, png)
  return png
}

mkdirSync(`${assets}icons`, { recursive: true })
mkdirSync(`${assets}tray`, { recursive: true })
// Linux looks icons up by their size; the largest is also what the window shows.
for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) {
  writeFileSync(`${assets}icons/${size}x${size}.png`, appPng(size))
}
writeFileSync(`${assets}icon.png`, appPng(1024))
writeFileSync(`${assets}icon.icns`, icns(appPng))
writeFileSync(`${assets}icon.ico`, ico(appPng))

for (const [glyph, color] of Object.entries(trayColors)) {
  const svg = readFileSync(`${assets}tray-${glyph}.svg`, 'utf8')
  for (const [suffix, size] of Object.entries(templateSizes)) {
    writeFileSync(`${assets}tray/${glyph}Template${suffix}.png`, rasterize(svg, size))
  }
  for (const [suffix, size] of Object.entries(coloredSizes)) {
    writeFileSync(`${assets}tray/${glyph}${suffix}.png`, rasterize(svg.replaceAll('#000', color), size))
  }
}
