/**
 * The file of `--config`: JSON, comments allowed, with the long options as its
 * keys: `{ "port": 3000, "live": true, "header": ["X-A: 1"] }`. Every fault is
 * told by line; what a value means is judged where the arguments are. Files
 * that it names are looked for beside it, so that it can be used from anywhere.
 */
import { dirname, resolve } from 'node:path'
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { commandOnly, isOption, kindOf, meantBy, ON, type OptionName, Refusal } from './options.ts'

export interface Config {
  readonly given: ReadonlyMap<OptionName, readonly string[]>
  /** `servebar.json:3`. */
  placeOf(option: OptionName): string | undefined
}

const paths: readonly OptionName[] = ['cert', 'key']

/** `file`: as it was named. */
export function parseConfig(text: string, file: string): Config {
  const placeAt = (offset: number) => `${file}:${text.slice(0, offset).split(/\r\n|\r|\n/).length}`
  const refusal = (offset: number, why: string) => new Refusal(`${placeAt(offset)}: ${why}`)

  const errors: ParseError[] = []
  let tree: Node | undefined
  try {
    tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true })
  } catch {
    // The parser calls itself for each level.
    throw refusal(0, 'nested too deeply')
  }
  const [error] = errors
  if (error) throw refusal(error.offset, `not JSON (${wordsOf(error)})`)
  if (tree?.type !== 'object') throw refusal(0, 'not an object, such as { "port": 3000 }')

  const given = new Map<OptionName, readonly string[]>()
  const places = new Map<OptionName, string>()
  for (const { offset, children: [key, value] = [] } of tree.children ?? []) {
    const name: unknown = key?.value
    // Both are there where there was no error.
    if (typeof name !== 'string' || value === undefined) continue
    if (!isOption(name)) {
      const meant = meantBy(name.replace(/^-+/, ''))
      throw refusal(offset, `unknown key "${name}"${meant ? `; did you mean "${meant}"?` : ''}`)
    }
    if (commandOnly.includes(name)) throw refusal(offset, `"${name}" can only be given on the command line`)
    if (places.has(name)) throw refusal(offset, `"${name}" is there twice`)
    places.set(name, placeAt(offset))
    const values = valuesOf(name, value)
    if (values === null) throw refusal(value.offset, `"${name}" takes ${wantedOf(name)}`)
    if (values.length === 0) continue
    given.set(name, paths.includes(name) ? values.map(path => resolve(dirname(file), path)) : values)
  }
  return { given, placeOf: option => places.get(option) }
}

/** Null: it is of a wrong type; empty: it is switched off. */
function valuesOf(name: OptionName, { type, value, children = [] }: Node): readonly string[] | null {
  const kind = kindOf(name)
  if (kind === 'switch' || kind === 'optional') {
    if (type === 'boolean') return value === true ? [ON] : []
    return kind === 'optional' && type === 'string' ? [value] : null
  }
  if (kind === 'many' && type === 'array') {
    return children.every(child => child.type === 'string')
      ? children.map(child => String(child.value))
      : null
  }
  return type === 'string' || type === 'number' ? [String(value)] : null
}

function wantedOf(name: OptionName): string {
  switch (kindOf(name)) {
    case 'switch':
      return 'true or false'
    case 'optional':
      return 'true, false or a text'
    case 'value':
      return 'a text or a number'
    case 'many':
      return 'a text, or a list of texts'
  }
}

/** `CommaExpected` -> `comma expected`. */
function wordsOf({ error }: ParseError): string {
  return printParseErrorCode(error)
    .replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter}`)
    .toLowerCase()
}
