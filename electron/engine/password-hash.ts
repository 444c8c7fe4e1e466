/**
 * The hash of a password (scrypt, RFC 7914), with its salt and its cost in one
 * text of the form that PHC strings have. Promises that neither making nor asking
 * one blocks the event loop, that one at a time is asked, and that a hash from a
 * file cannot ask for more memory than ours do.
 */
import { crypto } from './built-ins.ts'

/** What OWASP recommends where 32 MiB may be used: some 200 ms, of one core. */
const COST = { ln: 15, r: 8, p: 3 }
const SALT_LENGTH = 16
const HASH_LENGTH = 32
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w+/-]{11,88})\$([\w+/-]{22,88})$/
/** scrypt needs 128 bytes for each of N times r. */
const MAX_MEMORY = 64 * 1024 * 1024

interface Hash {
  readonly ln: number
  readonly r: number
  readonly p: number
  readonly salt: Buffer
  readonly hash: Buffer
}

export async function hashPassword(password: string): Promise<string> {
  const salt = crypto().randomBytes(SALT_LENGTH)
  const hash = await inTurn(() => derive(password.normalize('NFC'), salt, HASH_LENGTH, COST))
  const { ln, r, p } = COST
  return `$scrypt$ln=${ln},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Whether this is a hash that can be asked. */
export function isPasswordHash(text: string): boolean {
  return parse(text) !== null
}

/** `password` in normalization form C. */
export async function matchesHash(password: string, text: string): Promise<boolean> {
  const parsed = parse(text)
  // A NUL at the end makes no difference to HMAC (RFC 2104 §2), on which scrypt is built.
  if (parsed === null || password.includes('\0')) return false
  const { salt, hash } = parsed
  const own = await inTurn(() => derive(password, salt, hash.length, parsed))
  return crypto().timingSafeEqual(own, hash)
}

function parse(text: string): Hash | null {
  const [, ln, r, p, salt = '', hash = ''] = FORM.exec(text) ?? []
  const cost = { ln: Number(ln), r: Number(r), p: Number(p) }
  const bounded =
    cost.ln >= 1 && cost.r >= 1 && cost.p >= 1 && cost.p <= 8 && 128 * 2 ** cost.ln * cost.r <= MAX_MEMORY
  if (!bounded) return null
  return { ...cost, salt: Buffer.from(salt, 'base64'), hash: Buffer.from(hash, 'base64') }
}

function derive(
  password: string,
  salt: Buffer,
  length: number,
  { ln, r, p }: Pick<Hash, 'ln' | 'r' | 'p'>,
): Promise<Buffer> {
  // A little more than it needs, as OpenSSL counts what it keeps besides.
  const cost = { N: 2 ** ln, r, p, maxmem: 2 * MAX_MEMORY }
  return new Promise((resolve, reject) => {
    crypto().scrypt(password, salt, length, cost, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

let last: Promise<unknown> = Promise.resolve()

/** One after another: the threads that it is done on are those that read files. */
function inTurn<T>(task: () => Promise<T>): Promise<T> {
  const result = last.then(task)
  last = result.catch(() => {})
  return result
}

/** PHC strings have no padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
