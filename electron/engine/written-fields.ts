/**
 * What a line of a log, or a file that others are sent, may hold of the fields
 * of a record: of cookies their names, of credentials their scheme, nothing that
 * lets somebody in. The record itself, in memory, keeps its cookies: who owns the
 * site looks at them, and asks for the same again with them.
 */
import { maskSecret } from './authentication.ts'
import type { Field } from './types.ts'

/** The last is our own: with it a page may add files. */
const SECRET = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'servebar-token'])

/** The same list where there is nothing to hide, as in most. */
export function writtenFields(fields: readonly Field[]): readonly Field[] {
  if (!fields.some(([name]) => SECRET.has(name))) return fields
  return fields.map(([name, value]) => [name, writtenValue(name, value)])
}

function writtenValue(name: string, value: string): string {
  switch (name) {
    case 'cookie':
      return value.split(';').map(maskPair).join('; ')
    case 'set-cookie': {
      const [pair = '', ...attributes] = value.split(';')
      return [maskPair(pair), ...attributes.map(maskUnknown)].join('; ')
    }
    case 'servebar-token':
      return '***'
    default:
      return maskSecret(name, value)
  }
}

/** RFC 6265 §5.2: what has no name is a value. */
function maskPair(pair: string): string {
  const equals = pair.indexOf('=')
  return equals > 0 ? `${pair.slice(0, equals).trim()}=***` : '***'
}

/** What is none of them may be the rest of a value that holds a semicolon. */
const ATTRIBUTE =
  /^(?:(?:expires|max-age|domain|path|samesite|priority)(?:=.*)?|secure|httponly|partitioned)$/i

function maskUnknown(text: string): string {
  const attribute = text.trim()
  return ATTRIBUTE.test(attribute) ? attribute : '***'
}
