/** The panel's own scheme: which URLs are its page, which files it serves, and with what policy. */
import { describe, expect, it } from 'vitest'
import { answerPanel, isPanelDownload, isPanelUrl, panelFile } from '../../electron/desktop/panel-page.ts'
import { tempFolder } from '../support/temp.ts'

describe('isPanelUrl', () => {
  it.each([
    ['app://servebar/index.html', true],
    ['app://servebar/index.html#/settings', true],
    ['app://servebar/index.html?x=1', true],
    ['app://servebar/', false],
    ['app://servebar/other.html', false],
    ['app://servebar.evil/index.html', false],
    ['https://servebar/index.html', false],
    ['http://localhost:8080/app://servebar/index.html', false],
    ['about:blank', false],
    ['', false],
  ])('%s: %s', (url, expected) => {
    expect(isPanelUrl(url)).toBe(expected)
  })
})

describe('isPanelDownload', () => {
  it.each([
    ['blob:app://servebar/0b9c', true],
    ['blob:app://servebar.evil/0b9c', false],
    ['blob:https://servebar/0b9c', false],
    ['app://servebar/index.html', false],
    ['data:text/plain,x', false],
    ['https://example.org/blob:app://servebar/', false],
  ])('%s: %s', (url, expected) => {
    expect(isPanelDownload(url)).toBe(expected)
  })
})

describe('panelFile', () => {
  it.each([
    ['app://servebar/index.html', 'index.html'],
    ['app://servebar/assets/index-9aJWh9hM.js?v=1#x', 'assets/index-9aJWh9hM.js'],
    ['app://servebar/', null],
    ['app://servebar/assets', null],
    ['app://servebar/../main.cjs', null],
    ['app://servebar/assets/../../package.json', null],
    ['app://servebar/%2e%2e/main.js', null],
    ['app://servebar//etc/x.js', null],
    ['app://servebar/..%5cmain.js', null],
    ['app://servebar/.hidden.js', null],
    ['app://servebar/main.cjs', null],
    ['app://other/index.html', null],
    ['file:///index.html', null],
  ])('%s: %s', (url, expected) => {
    expect(panelFile(url)).toBe(expected)
  })
})

describe('answerPanel', () => {
  it('serves a file with its media type and the policy', async () => {
    const folder = tempFolder({ 'index.html': '<p>panel' })
    const response = await answerPanel(folder, 'app://servebar/index.html')
    expect(response.status).toBe(200)
    expect(await response.text()).toBe('<p>panel')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*|data:|https?:/)
  })

  it('answers 404 for what is not there or not its own', async () => {
    const folder = tempFolder({ 'index.html': '<p>panel' })
    for (const url of [
      'app://servebar/gone.js',
      'app://servebar/../secret.js',
      'app://elsewhere/index.html',
    ]) {
      expect((await answerPanel(folder, url)).status).toBe(404)
    }
  })
})
