import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dialects } from '../../../electron/engine/rules/dialects.ts'
import { parseHeaderPath, parseRedirectPath } from '../../../electron/engine/rules/host-paths.ts'
import { PathIndex } from '../../../electron/engine/rules/path-index.ts'

const paths = fc
  .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 3 })
  .map(list => `/${list.join('/')}`)
const rules = fc.array(
  fc
    .array(fc.constantFrom('a', 'b', 'ab', '*', ':x'), { minLength: 1, maxLength: 3 })
    .map(list => `/${list.map((part, i) => (part === ':x' ? `:x${i}` : part)).join('/')}`),
  { maxLength: 12 },
)

it('gives all that match, in the order of the file', () => {
  fc.assert(
    fc.property(rules, paths, (list, path) => {
      const patterns = list.map(rule => parseRedirectPath(rule, dialects.netlify).pattern)
      const index = new PathIndex(patterns, pattern => pattern)
      const matching = [...index.candidates(path)].filter(pattern => pattern.match(path) !== null)
      expect(matching).toEqual(patterns.filter(pattern => pattern.match(path) !== null))
    }),
    { numRuns: 500 },
  )
})

it('looks at few of many', () => {
  const many = Array.from({ length: 2_000 }, (_, i) => (i % 2 === 0 ? `/old-${i}` : `/folder-${i}/*`))
  const patterns = [...many, '/*'].map(rule => parseRedirectPath(rule, dialects.netlify).pattern)
  const index = new PathIndex(patterns, pattern => pattern)
  for (const path of ['/old-1000', '/folder-1001', '/folder-1001/x', '/nothing']) {
    expect([...index.candidates(path)].length).toBeLessThanOrEqual(2)
  }
})

it('finds letters of either case where there is no difference', () => {
  const { pattern } = parseHeaderPath('/Blog/*', dialects.netlify)
  const index = new PathIndex([pattern], pattern => pattern, { fold: true })
  expect([...index.candidates('/bLOG/x')]).toEqual([pattern])
})
