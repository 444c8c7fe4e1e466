import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ERROR_STYLE, LISTING_STYLE } from '../../electron/engine/page-style.ts'
import { ACCESS_STYLE } from '../../electron/engine/writes/access-style.ts'

/** Custom properties of a block: from where it begins to its closing brace. */
function tokens(sheet: string, begin: string): Map<string, string> {
  const start = sheet.indexOf(begin)
  expect(start, begin).toBeGreaterThanOrEqual(0)
  const block = sheet.slice(start, sheet.indexOf('}', start)).replace(/\/\*.*?\*\//gs, '')
  return new Map(
    [...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

it("has the panel's tokens, light and dark", () => {
  const panel = readFileSync('renderer/tokens.css', 'utf8')
  const light = new Map([...tokens(panel, ':root {'), ...tokens(panel, '[data-theme="light"] {')])
  const dark = tokens(panel, '\n[data-theme="dark"] {')
  for (const [style, least] of [
    [LISTING_STYLE, 30],
    [ERROR_STYLE, 30],
    [ACCESS_STYLE, 5],
  ] as const) {
    const own = tokens(style, ':root {')
    expect(own.size).toBeGreaterThan(least)
    for (const [name, value] of own) expect([name, value]).toEqual([name, light.get(name)])
    const ownDark = tokens(style.slice(style.indexOf('@media (prefers-color-scheme: dark)')), ':root {')
    expect(ownDark.size).toBeGreaterThan(least / 3)
    for (const [name, value] of ownDark) expect([name, value]).toEqual([name, dark.get(name)])
  }
})

it('uses no token that it has not', () => {
  for (const style of [LISTING_STYLE, ERROR_STYLE, LISTING_STYLE + ACCESS_STYLE]) {
    const defined = new Set([...style.matchAll(/(--[\w-]+):/g)].map(([, name]) => name))
    for (const [, name] of style.matchAll(/var\((--[\w-]+)/g)) expect(defined).toContain(name)
  }
})
