/**
 * node compile-terminal.mjs PROGRAM: runs the terminal command's program until
 * it has answered a request, and writes beside it what V8 has compiled by then.
 * What V8 compiles later is not in it, as every start would have to read it.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'

const [filename = ''] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'servebar-build-'))
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>The first page</title>')

const script = new Script(readFileSync(filename, 'utf8'), { filename })

// However it ends, also where nothing may listen: what was compiled until then is of use.
process.once('exit', () => {
  writeFileSync(`${filename}.v8`, script.createCachedData())
  rmSync(folder, { recursive: true, force: true })
  process.exitCode = 0
})
setTimeout(() => process.exit(), 10_000).unref()

let isUp = false
process.stdout.write = (line, done) => {
  // The first line is its address, the second the one of its log.
  if (!isUp) get(line.trim(), response => response.resume().once('end', () => process.exit()))
  isUp = true
  done?.()
  return true
}
process.argv.splice(1, Infinity, filename, folder, '--port', '0')
script.runInThisContext()(createRequire(import.meta.url))
