import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ERROR_STYLE, LISTING_STYLE } from '../../electron/engine/page-style.ts'

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
  for (const style of [LISTING_STYLE, ERROR_STYLE]) {
    const own = tokens(style, ':root {')
    expect(own.size).toBeGreaterThan(30)
    for (const [name, value] of own) expect([name, value]).toEqual([name, light.get(name)])
    const ownDark = tokens(style.slice(style.indexOf('@media (prefers-color-scheme: dark)')), ':root {')
    expect(ownDark.size).toBeGreaterThan(10)
    for (const [name, value] of ownDark) expect([name, value]).toEqual([name, dark.get(name)])
  }
})
