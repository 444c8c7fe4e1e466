import { act, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { hosts } from '../support/mock-data.ts'
import { focused, renderPanel } from '../support/render-panel.tsx'

const folder = (name: string) => new File([], name)
const transferOf = (files: readonly File[], types = ['Files']) => ({
  types,
  files,
  items: files.map(({ type }) => ({ kind: 'file', type })),
  dropEffect: 'none',
})

/** As a browser sends it; happy-dom has no DataTransfer that can be filled. */
function send(type: string, files: readonly File[], types?: string[], relatedTarget: Element | null = null) {
  const event = new Event(type, { bubbles: true, cancelable: true })
  Object.assign(event, { dataTransfer: transferOf(files, types), relatedTarget })
  act(() => void document.body.dispatchEvent(event))
  return event
}

describe('dragging over the panel', () => {
  it('says what releasing does and on which port', async () => {
    const { settle } = await renderPanel()
    send('dragenter', [folder('field-notes')])
    await settle()
    const status = screen.getByRole('status')
    expect(status.textContent).toContain('Release to serve this folder')
    expect(status.textContent).toContain('localhost:8082')
    send('dragenter', [folder('field-notes')])
    send('dragleave', [folder('field-notes')], ['Files'], document.body)
    expect(screen.queryByRole('heading', { name: /^Release/ })).not.toBeNull()
    send('dragleave', [folder('field-notes')])
    expect(screen.queryByRole('heading', { name: /^Release/ })).toBeNull()
  })

  it.each([
    [[folder('a'), folder('b'), folder('c')], 'Release to serve 3 folders'],
    [[new File(['<p>'], 'index.html', { type: 'text/html' })], 'Release to serve the folder it is in'],
  ])('knows several folders and a file', async (files, title) => {
    await renderPanel()
    send('dragenter', files)
    expect(screen.getByRole('heading', { name: title })).toBeDefined()
  })

  it('ignores what is no file', async () => {
    await renderPanel()
    const event = send('dragenter', [], ['text/plain'])
    expect(screen.queryByRole('heading', { name: /^Release/ })).toBeNull()
    expect(event.defaultPrevented).toBe(false)
  })
})

describe('dropping', () => {
  it('serves the folders and puts the focus on the first one’s Copy', async () => {
    const { bridge, settle } = await renderPanel()
    send('drop', [folder('field-notes'), folder('landing')])
    await settle()
    expect(bridge.calls.find(call => call.command === 'site.add')?.input).toEqual({
      folders: ['/Users/maria/Sites/field-notes', '/Users/maria/Sites/landing'],
    })
    expect(focused()).toBe('Copy URL of field-notes')
  })

  it('starts and lights a folder that is listed already', async () => {
    const { bridge, settle } = await renderPanel()
    send('drop', [folder('handbook-docs')])
    await settle()
    expect(bridge.state().sites).toHaveLength(3)
    expect(focused()).toBe('Copy URL of handbook-docs')
    expect(document.querySelector('[data-site="handbook-docs"]')?.className).toContain('is-hover')
  })

  it('says why a folder cannot be served', async () => {
    const problem = {
      type: 'folder-missing',
      title: 'No folder at ~/gone',
      field: 'folders',
      remedies: [],
    } as const
    const { settle } = await renderPanel({ handlers: { 'site.add': () => ({ ok: false, problem }) } })
    send('drop', [folder('gone')])
    await settle()
    expect(screen.getByRole('alert').textContent).toContain('No folder at ~/gone')
  })

  it('explains in a browser that the path is not known, and opens the chooser', async () => {
    const { bridge, settle } = await renderPanel({ host: hosts.browser })
    send('dragenter', [folder('field-notes')])
    expect(screen.getByRole('heading', { name: 'Release, then choose the folder' })).toBeDefined()
    send('drop', [folder('field-notes')])
    await settle()
    expect(screen.getByText(/^A browser does not tell where a dropped folder is/)).toBeDefined()
    expect(screen.getByRole('combobox', { name: 'Folder path' })).toBe(document.activeElement)
    expect(bridge.calls.some(call => call.command === 'site.add')).toBe(false)
  })
})
