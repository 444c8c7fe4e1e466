/**
 * Where in a page the script goes: behind all that may stand before the first
 * element of the head, and so before whatever else is there. Neither the doctype
 * (and with it the mode) nor any node of the page changes by it. Besides, what
 * the page says about itself: that it is a document, and its policies.
 */
import { readToken, readTokens, type Syntax, skipWhite, type Token } from './markup.ts'

export interface Place {
  /** Index in the text. */
  readonly position: number
  /** It begins as a document does, and not as a piece of one. */
  readonly isDocument: boolean
  /** Contents of `<meta http-equiv="Content-Security-Policy">`. */
  readonly policies: readonly string[]
}

/** `whole`: `text` is all there is, and not the beginning. Null when no place is found, or none is safe. */
export function findPlace(text: string, syntax: Syntax, whole: boolean): Place | null {
  return syntax === 'html' ? findInHtml(text, whole) : findInXml(text)
}

/** Only whole documents begin with these. */
const OUTER = new Set(['html', 'head', 'body', 'frameset'])

function findInHtml(text: string, whole: boolean): Place | null {
  let isDocument = false
  for (let at = 0; ; ) {
    // White space has no meaning here; behind the script it would become a node of the head.
    const start = skipWhite(text, at)
    const token = readToken(text, start, 'html')
    if (token === null) return whole ? { position: start, isDocument, policies: [] } : null
    const opens = token.kind === 'start' ? token.name : null
    isDocument ||= token.kind === 'doctype' || OUTER.has(opens ?? '')
    const ignored = token.kind === 'end' && !BEGIN_BODY.includes(token.name) && token.name !== 'head'
    if (token.kind === 'comment' || token.kind === 'doctype' || opens === 'html' || ignored) {
      at = token.end
    } else {
      const position = opens === 'head' ? token.end : start
      return { position, isDocument, policies: policiesInHtml(text, position) }
    }
  }
}

const OF_HEAD = [
  ...['script', 'style', 'title', 'noscript', 'noframes', 'template'],
  ...['base', 'basefont', 'bgsound', 'link', 'meta', 'html', 'head'],
]
/** End tags that begin the body, as if its start tag stood there (§13.2.6.4.4). */
const BEGIN_BODY = ['body', 'html', 'br']

/** Up to where the body begins: from there on a policy has no effect. */
function policiesInHtml(text: string, from: number): string[] {
  const policies: string[] = []
  let templates = 0
  let headEnded = false
  for (const token of readTokens(text, from, 'html')) {
    const { kind, name } = token
    if (kind === 'start') {
      if (templates === 0 && (!OF_HEAD.includes(name) || (headEnded && name === 'noscript'))) break
      if (templates === 0 && name === 'meta') policies.push(...policyOf(token))
      if (name === 'template') templates++
    } else if (name === 'template') {
      templates = Math.max(0, templates - 1)
    } else if (templates === 0) {
      if (kind === 'end' && BEGIN_BODY.includes(name)) break
      if (kind === 'text' && !token.empty) break
      headEnded ||= kind === 'end' && name === 'head'
    }
  }
  return policies
}

/** Inside the root, as an XML document has no second one. */
function findInXml(text: string): Place | null {
  for (let at = 0; ; ) {
    const token = readToken(text, skipWhite(text, at), 'xml')
    if (token === null || token.kind === 'text' || token.kind === 'end' || token.empty) return null
    at = token.end
    if (token.kind !== 'start') continue
    if (token.name !== 'html') return { position: at, isDocument: true, policies: [] }
    return { position: behindHead(text, at) ?? at, isDocument: true, policies: policiesInXml(text, at) }
  }
}

/** Behind the start tag of the head, where that is the first of the root. */
function behindHead(text: string, from: number): number | null {
  for (let at = from; ; ) {
    const token = readToken(text, skipWhite(text, at), 'xml')
    if (token?.kind === 'start') return token.name === 'head' && !token.empty ? token.end : null
    if (token?.kind !== 'comment') return null
    at = token.end
  }
}

function policiesInXml(text: string, from: number): string[] {
  const policies: string[] = []
  for (const token of readTokens(text, from, 'xml')) {
    if (token.name === 'body' || (token.name === 'head' && token.kind === 'end')) break
    if (token.kind === 'start' && token.name === 'meta') policies.push(...policyOf(token))
  }
  return policies
}

function policyOf({ attributes }: Token): string[] {
  const content = attributes.get('content')
  const names = attributes.get('http-equiv')?.toLowerCase() === 'content-security-policy'
  return names && content !== undefined ? [content] : []
}
