import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepFocus, watchFocus } from '../../renderer/kept-focus.ts'

const panel = `
  <button id="settings">Settings</button>
  <div data-site="a">
    <a href="#a" id="row-a" data-row>a</a><button id="copy-a" data-copy>Copy</button><button id="on-a" role="switch">Serve</button>
  </div>
  <div data-site="b"><a href="#b" data-row>b</a><button id="copy-b">Copy</button></div>`

const at = (id: string) => document.getElementById(id) as HTMLButtonElement

let end: () => void
beforeEach(() => {
  document.body.innerHTML = panel
  end = watchFocus()
})
afterEach(() => {
  end()
  document.body.innerHTML = ''
})

describe('keepFocus', () => {
  it.each([
    ['is disabled', () => (at('copy-a').disabled = true)],
    ['goes', () => at('copy-a').remove()],
  ])('goes to the switch of the same site when the control that has it %s', (_, lose) => {
    at('copy-a').focus()
    lose()
    keepFocus()
    expect(document.activeElement).toBe(at('on-a'))
  })

  it('prefers what helps to the switch, which would stop the site again', () => {
    at('copy-a').insertAdjacentHTML(
      'afterend',
      '<div class="site-fix"><button id="fix">Try again</button></div>',
    )
    at('copy-a').focus()
    at('copy-a').disabled = true
    keepFocus()
    expect(document.activeElement).toBe(at('fix'))
    at('copy-a').disabled = false
    at('fix').remove()
    keepFocus()
    expect(document.activeElement).toBe(at('copy-a'))
  })

  it('goes to a row when the site has gone as a whole', () => {
    at('copy-b').focus()
    document.querySelector('[data-site="b"]')?.remove()
    keepFocus()
    expect(document.activeElement).toBe(at('row-a'))
  })

  it('prefers the opening place of a view to its rows', () => {
    document.body.insertAdjacentHTML('beforeend', '<button id="back" data-autofocus>Back</button>')
    at('settings').focus()
    at('settings').remove()
    keepFocus()
    expect(document.activeElement).toBe(at('back'))
  })

  it('does not go under a dialog', () => {
    document.body.insertAdjacentHTML('beforeend', '<div inert><button data-autofocus>Back</button></div>')
    at('settings').focus()
    at('settings').remove()
    keepFocus()
    expect(document.activeElement).toBe(at('row-a'))
  })

  it('leaves it where it is while its control is there, and nowhere when it was nowhere', () => {
    keepFocus()
    expect(document.activeElement).toBe(document.body)
    at('copy-a').focus()
    keepFocus()
    expect(document.activeElement).toBe(at('copy-a'))
    at('settings').focus()
    at('copy-a').remove()
    keepFocus()
    expect(document.activeElement).toBe(at('settings'))
  })

  it('leaves it to the page when the user took it off a control that is still there', () => {
    at('copy-a').focus()
    at('copy-a').blur()
    keepFocus()
    expect(document.activeElement).toBe(document.body)
  })

  it('remembers nothing after the end', () => {
    at('copy-a').focus()
    end()
    at('copy-a').remove()
    keepFocus()
    expect(document.activeElement).toBe(document.body)
  })
})
