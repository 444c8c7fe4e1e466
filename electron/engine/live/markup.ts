/**
 * The grammar of HTML (WHATWG §13.2.5) and of XML, as far as it can stand before
 * and in a head: one token at a time from a text that may end anywhere. By hand,
 * as a parser would cost every start of the program 40 ms and 270 KB, for the
 * first lines of a page; the tests compare it with one, markup for markup.
 */

export type Syntax = 'html' | 'xml'

export interface Token {
  /** A `comment` is whatever is neither shown nor an element: a processing instruction, too. */
  readonly kind: 'text' | 'comment' | 'doctype' | 'start' | 'end'
  /** Of an element: in lower case for HTML, without its prefix for XML; else ''. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** An element written as `<a/>`, which only XML believes; text that is white space. */
  readonly empty: boolean
  /** Where the next token begins. */
  readonly end: number
}

const NONE: ReadonlyMap<string, string> = new Map()
const WHITE = /[\t\n\f\r ]*/y
const LETTER = /[A-Za-z]/
const XML_NAME_START = /[A-Za-z_:\x80-\uffff]/
const MARKUP: Readonly<Record<Syntax, RegExp>> = { html: /<[A-Za-z/!?]/g, xml: /</g }

/** The token that begins at `at`; null where the text ends before the token does. Text is as long as it can be. */
export function readToken(text: string, at: number, syntax: Syntax): Token | null {
  if (at >= text.length) return null
  const next = text[at + 1] ?? ''
  if (text[at] !== '<') return readText(text, at, syntax)
  if (next === '!') return readDeclaration(text, at, syntax)
  if (next === '?') return closed('comment', text, syntax === 'xml' ? '?>' : '>', at + 2)
  if (next === '/') return readEndTag(text, at, syntax)
  if ((syntax === 'xml' ? XML_NAME_START : LETTER).test(next)) return readTag(text, at + 1, 'start', syntax)
  // A `<` at the very end may become anything.
  return next === '' ? null : readText(text, at, syntax)
}

/** Where the white space that begins at `at` ends. */
export function skipWhite(text: string, at: number): number {
  return match(WHITE, text, at)
}

/** Elements whose content is text up to their end tag; `noscript` where scripts run. */
const RAW = [
  ...['script', 'style', 'title', 'noscript', 'noframes'],
  ...['textarea', 'xmp', 'iframe', 'noembed'],
]

/** One after the other, as far as the text has them whole; without the raw text of elements. */
export function* readTokens(text: string, from: number, syntax: Syntax): Generator<Token> {
  for (let at: number | null = from; at !== null; ) {
    const token = readToken(text, at, syntax)
    if (token === null) return
    yield token
    const { kind, name, end } = token
    at = syntax === 'html' && kind === 'start' && RAW.includes(name) ? skipRawText(text, end, name) : end
  }
}

function readText(text: string, at: number, syntax: Syntax): Token {
  const markup = MARKUP[syntax]
  markup.lastIndex = at + 1
  const end = markup.exec(text)?.index ?? text.length
  return { ...token('text', end), empty: skipWhite(text, at) >= end }
}

function readDeclaration(text: string, at: number, syntax: Syntax): Token | null {
  const content = at + 4
  if (text.startsWith('<!--', at)) {
    if (syntax === 'xml') return closed('comment', text, '-->', content)
    // Abruptly closed: `<!-->` and `<!--->`.
    if (text.startsWith('>', content)) return token('comment', content + 1)
    if (text.startsWith('->', content)) return token('comment', content + 2)
    const end = /--!?>/g
    end.lastIndex = content
    return end.exec(text) === null ? null : token('comment', end.lastIndex)
  }
  if (/^doctype/i.test(text.slice(at + 2, at + 9))) {
    return syntax === 'xml' ? readXmlDoctype(text, at + 9) : closed('doctype', text, '>', at + 9)
  }
  // It may yet become a comment or a doctype.
  if (at + 9 > text.length && !text.includes('>', at)) return null
  if (syntax === 'xml' && text.startsWith('<![CDATA[', at)) return closed('text', text, ']]>', at)
  return closed('comment', text, '>', at + 2)
}

/** With its internal subset, in which quotes, comments and brackets may hold a `>`. */
function readXmlDoctype(text: string, at: number): Token | null {
  let depth = 0
  const piece = /"[^"]*"|'[^']*'|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|["'[\]>]|<!--|<\?/g
  piece.lastIndex = at
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const [what] = found
    // Opened, and not closed before the text ends.
    if (what === '"' || what === "'" || what === '<!--' || what === '<?') return null
    if (what === '[') depth++
    else if (what === ']') depth--
    else if (what === '>' && depth <= 0) return token('doctype', piece.lastIndex)
  }
  return null
}

function readEndTag(text: string, at: number, syntax: Syntax): Token | null {
  const next = text[at + 2] ?? ''
  if (next === '') return null
  if (syntax === 'xml' || LETTER.test(next)) return readTag(text, at + 2, 'end', syntax)
  return closed('comment', text, '>', at + 2)
}

const NAME = /[^\t\n\f\r />]*/y
const GAP = /[\t\n\f\r /]*/y
// A leading `=` is part of the name.
const ATTRIBUTE = /[^\t\n\f\r />][^\t\n\f\r />=]*/y
const EQUALS = /[\t\n\f\r ]*=[\t\n\f\r ]*/y
const UNQUOTED = /[^\t\n\f\r >]*/y

function readTag(text: string, at: number, kind: 'start' | 'end', syntax: Syntax): Token | null {
  const nameEnd = match(NAME, text, at)
  const written = text.slice(at, nameEnd)
  const name = syntax === 'xml' ? written.replace(/^.*:/, '') : written.toLowerCase()
  const attributes = new Map<string, string>()
  let i = nameEnd
  for (;;) {
    const gap = match(GAP, text, i)
    if (gap >= text.length) return null
    if (text[gap] === '>') {
      return { kind, name, attributes, empty: text[gap - 1] === '/' && gap > i, end: gap + 1 }
    }
    const end = match(ATTRIBUTE, text, gap)
    const key = syntax === 'xml' ? text.slice(gap, end) : text.slice(gap, end).toLowerCase()
    const value = readValue(text, end)
    if (value === null) return null
    // The first of two counts.
    if (!attributes.has(key)) attributes.set(key, value.text)
    i = value.end
  }
}

function readValue(text: string, at: number): { readonly text: string; readonly end: number } | null {
  const start = match(EQUALS, text, at)
  if (start === at) return { text: '', end: at }
  const quote = text[start]
  if (quote === undefined) return null
  if (quote !== '"' && quote !== "'") {
    const end = match(UNQUOTED, text, start)
    return { text: decodeReferences(text.slice(start, end)), end }
  }
  const end = text.indexOf(quote, start + 1)
  return end < 0 ? null : { text: decodeReferences(text.slice(start + 1, end)), end: end + 1 }
}

/** The names that somebody may write in a policy; the others stay as they are. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', apos: "'", quot: '"', lt: '<', gt: '>', nbsp: '\u00a0' },
  ...{ semi: ';', colon: ':', sol: '/', period: '.', ast: '*', equals: '=', Tab: '\t', NewLine: '\n' },
}

function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}

/** Where the end tag behind the raw text (§13.2.5.2 to 4) from `at` begins; null where the text ends before. */
function skipRawText(text: string, at: number, name: string): number | null {
  if (name === 'script') return skipScript(text, at)
  const end = new RegExp(`</${name}(?=[\\t\\n\\f\\r />])`, 'gi')
  end.lastIndex = at
  return end.exec(text)?.index ?? null
}

/** In `<!--` a script may hold another with its end tag (§13.2.5.15 to 31). */
function skipScript(text: string, at: number): number | null {
  const step = /<!--|-->|<(\/?)script(?=[\t\n\f\r />])/gi
  step.lastIndex = at
  let state: 'plain' | 'escaped' | 'doubly escaped' = 'plain'
  for (let found = step.exec(text); found !== null; found = step.exec(text)) {
    const [what, slash] = found
    if (what === '-->') state = 'plain'
    else if (what === '<!--') {
      if (state === 'plain') state = 'escaped'
      // Its dashes may close it already: `<!-->`.
      step.lastIndex -= 2
    } else if (slash === '/') {
      if (state !== 'doubly escaped') return found.index
      state = 'escaped'
    } else if (state === 'escaped') state = 'doubly escaped'
  }
  return null
}

function token(kind: Token['kind'], end: number): Token {
  return { kind, name: '', attributes: NONE, empty: false, end }
}

function closed(kind: Token['kind'], text: string, by: string, from: number): Token | null {
  const at = text.indexOf(by, from)
  return at < 0 ? null : token(kind, at + by.length)
}

/** Where what `pattern` (sticky) takes from `at` ends; `at` when it takes nothing. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
