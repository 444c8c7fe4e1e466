import { expect, it } from 'vitest'
import { panelPolicy } from '../../electron/app/panel-policy.ts'

it("allows the page's own files, and no connection unless one is named", () => {
  expect(panelPolicy()).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
      "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(panelPolicy('ws://localhost:4600')).toContain('; connect-src ws://localhost:4600; ')
})
