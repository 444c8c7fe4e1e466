import { expect, it } from 'vitest'
import { browserFor, fileManagerFor } from '../../electron/app/opener.ts'

it.each([
  ['darwin', ['open', '/x/panel.html'], ['open', '-R', '/sites/a.app']],
  ['win32', ['rundll32', 'url.dll,FileProtocolHandler', '/x/panel.html'], ['explorer', '/sites/a.app']],
  ['linux', ['xdg-open', '/x/panel.html'], ['xdg-open', '/sites/a.app']],
] as const)('on %s', (os, browser, fileManager) => {
  expect(browserFor(os, '/x/panel.html')).toEqual(browser)
  expect(fileManagerFor(os, '/sites/a.app')).toEqual(fileManager)
})
