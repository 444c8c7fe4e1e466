#!/usr/bin/env node
/**
 * What the command `servebar` starts: the program of main.ts, which the build
 * puts beside this file together with what V8 made of it (build/terminal.mjs).
 * To take that over saves a start a tenth of its time. V8 itself refuses it
 * when it is another version, and then compiles as ever.
 */
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

const filename = `${__dirname}/terminal.js`

function compiled(): { readonly cachedData?: Buffer } {
  try {
    return { cachedData: readFileSync(`${filename}.v8`) }
  } catch {
    return {}
  }
}

const script = new Script(readFileSync(filename, 'utf8'), { filename, ...compiled() })
const run = script.runInThisContext() as (load: NodeJS.Require) => void
run(require)
