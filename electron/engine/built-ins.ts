/**
 * Node's own modules that take a millisecond and more to load, and that many a
 * run never needs: each is loaded when it is first called for, so that a server
 * is up the sooner.
 */
import { createRequire } from 'node:module'

let require: NodeJS.Require | undefined

/** Only who serves HTTPS needs it, and what it brings with it. */
export function http2(): typeof import('node:http2') {
  require ??= createRequire(process.execPath)
  return require('node:http2')
}

/** For HTTPS, too. */
export function tls(): typeof import('node:tls') {
  require ??= createRequire(process.execPath)
  return require('node:tls')
}

export function crypto(): typeof import('node:crypto') {
  // A bundle is no ES module and has no import.meta; what is built in is found from any path.
  require ??= createRequire(process.execPath)
  return require('node:crypto')
}
