/**
 * Reads what a TypeScript file imports, from its syntax tree, so that words in
 * comments and strings do not count; and finds rings among such imports.
 */
export interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}
export interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

export function* walk(node: Node): Generator<Node> {
  yield node
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child)
  }
}

const literal = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined

/** A static or dynamic import, a re-export, `require()`, or `import('…')` in a type. */
export function importOf(node: Node): Import | 'computed' | null {
  const all = (list: unknown, kind: string) =>
    Array.isArray(list) && list.length > 0 && list.every(item => item[kind] === 'type')
  switch (node.type) {
    case 'ImportDeclaration': {
      const typeOnly = node.importKind === 'type' || all(node.specifiers, 'importKind')
      return { specifier: literal(node.source) ?? '', typeOnly }
    }
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const specifier = literal(node.source)
      if (specifier === undefined) return null
      return { specifier, typeOnly: node.exportKind === 'type' || all(node.specifiers, 'exportKind') }
    }
    case 'TSImportType':
      return { specifier: literal(node.source ?? node.argument) ?? '', typeOnly: true }
    case 'TSExternalModuleReference':
      return { specifier: literal(node.expression) ?? '', typeOnly: false }
    case 'ImportExpression': {
      const specifier = literal(node.source)
      return specifier === undefined ? 'computed' : { specifier, typeOnly: false }
    }
    case 'CallExpression': {
      const callee = node.callee as Node
      if (callee.type !== 'Identifier' || callee.name !== 'require') return null
      const specifier = literal((node.arguments as unknown[])[0])
      return specifier === undefined ? 'computed' : { specifier, typeOnly: false }
    }
    default:
      return null
  }
}

/** Every group of files that import each other in a ring (Tarjan would be faster; a hundred files do not need it). */
export function ringsOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const rings = new Set<string>()
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file)
    if (at !== -1) {
      rings.add([...path.slice(at), file].join(' -> '))
    } else if (!done.has(file)) {
      for (const target of graph.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
  }
  for (const file of graph.keys()) visit(file, [])
  return [...rings].map(ring => `import ring: ${ring}`)
}
