import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createDispatch, type Handlers } from '../../electron/app/dispatch.ts'
import { ProblemError, siteNotFound } from '../../electron/app/problems.ts'
import { mockOptions } from '../support/mock-data.ts'

/** Every command answers with its name and what it was given. */
function setup(change: Partial<Handlers> = {}) {
  const calls: [string, unknown][] = []
  const handlers = new Proxy(change, {
    get: (own, name: string) =>
      Reflect.get(own, name) ??
      ((input: unknown) => {
        calls.push([name, input])
        return `answer of ${name}`
      }),
  }) as Handlers
  return { calls, dispatch: createDispatch(handlers) }
}

describe('dispatch', () => {
  it('hands parsed input to the handler and its answer back', async () => {
    const { calls, dispatch } = setup()
    expect(await dispatch('site.rename', { id: 'a', name: '  Portfolio  ' })).toEqual({
      ok: true,
      value: 'answer of site.rename',
    })
    expect(calls).toEqual([['site.rename', { id: 'a', name: 'Portfolio' }]])
  })

  it.each(['', 'site', 'site.Start', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'knows no command %j',
    async command => {
      const { calls, dispatch } = setup()
      expect(await dispatch(command, {})).toMatchObject({ ok: false, problem: { type: 'bad-input' } })
      expect(calls).toEqual([])
    },
  )

  const id = 'a'
  it.each([
    ['site.start', undefined, undefined],
    ['site.start', null, undefined],
    ['site.start', 'a', undefined],
    ['site.start', {}, 'id'],
    ['site.start', { id: 1 }, 'id'],
    ['site.start', { id: 'x'.repeat(65) }, 'id'],
    ['site.start', { id, more: 1 }, 'more'],
    ['site.start', JSON.parse('{"id":"a","__proto__":{}}'), '__proto__'],
    ['site.stopAll', { id }, 'id'],
    ['site.add', { folders: [] }, 'folders'],
    ['site.add', { folders: ['relative/path'] }, 'folders'],
    ['site.add', { folders: ['/with\0null'] }, 'folders'],
    ['site.add', { folders: Array.from({ length: 101 }, () => '/x') }, 'folders'],
    ['site.add', { folders: [`/${'x'.repeat(4096)}`] }, 'folders'],
    ['site.rename', { id, name: '   ' }, 'name'],
    ['site.rename', { id, name: 'x'.repeat(101) }, 'name'],
    ['site.configure', { id, options: { port: 0 } }, 'port'],
    ['site.configure', { id, options: { port: 65_536 } }, 'port'],
    ['site.configure', { id, options: { port: 80.5 } }, 'port'],
    ['site.configure', { id, options: { port: '8080' } }, 'port'],
    ['site.configure', { id, options: { port: undefined } }, 'port'],
    ['site.configure', { id, options: { share: 'yes' } }, 'share'],
    ['site.configure', { id, options: { root: '/' } }, 'root'],
    ['site.configure', { id, options: { https: undefined } }, 'https'],
    ['site.configure', { id, options: { password: { user: 'ann' } } }, 'password'],
    ['site.configure', { id, options: { certificate: { certFile: 'x', keyFile: '/y' } } }, 'certFile'],
    ['site.configure', { id, options: { cache: 'forever' } }, 'cache'],
    ['site.configure', { id, options: { cache: 31_536_001 } }, 'cache'],
    ['site.configure', { id, options: { fields: [['Content-Length', '1']] } }, 'fields'],
    ['site.configure', { id, options: { throttle: '5g' } }, 'throttle'],
    ['site.setPassword', { id, user: 'a:b', password: 'x' }, 'user'],
    ['site.setPassword', { id, user: 'ann', password: '' }, 'password'],
    ['site.setPassword', { id, user: 'ann', password: 'a\nb' }, 'password'],
    ['site.setPassword', { id, user: 'ann' }, 'password'],
    ['site.share', { id, on: 'yes' }, 'on'],
    ['site.share', { id, on: true, until: 'tomorrow' }, 'until'],
    ['site.block', { id, address: 'nowhere', blocked: true }, 'address'],
    ['authority.trust', { trusted: 1 }, 'trusted'],
    ['log.export', { site: 'a', format: 'pdf' }, 'format'],
    ['log.replay', { site: 'a', entry: 0 }, 'entry'],
    ['settings.change', { keepRequests: 'forever' }, 'keepRequests'],
    ['site.open', { id, target: 'http://example.com/' }, 'target'],
    ['log.read', { site: 'a', entry: 1.5 }, 'entry'],
    ['settings.change', { defaultPort: 0 }, 'defaultPort'],
    ['settings.change', { theme: 'pink' }, 'theme'],
    ['panel.resize', { height: Number.POSITIVE_INFINITY }, 'height'],
    ['clipboard.write', { text: 'x'.repeat(1_000_001) }, 'text'],
  ])('%s refuses %j and names the field', async (command, input, field) => {
    const { calls, dispatch } = setup()
    const result = await dispatch(command, input)
    expect(result).toMatchObject({ ok: false, problem: { type: 'bad-input' } })
    expect(!result.ok && result.problem.field).toBe(field)
    expect(calls).toEqual([])
  })

  it('takes every option', async () => {
    const { calls, dispatch } = setup()
    const { password: _, ...options } = mockOptions
    const all = {
      ...options,
      certificate: { certFile: '/cert.pem', keyFile: '/key.pem' },
      cache: 'immutable',
      fields: [['X-Frame-Options', 'DENY']],
      throttle: 'slow-3g',
    }
    expect(await dispatch('site.configure', { id, options: all })).toMatchObject({ ok: true })
    expect(calls).toEqual([['site.configure', { id, options: all }]])
  })

  it('says what the engine has against a field', async () => {
    const { dispatch } = setup()
    const options = { fields: [['Content-Length', '1']] }
    expect(await dispatch('site.configure', { id, options })).toEqual({
      ok: false,
      problem: {
        type: 'bad-input',
        title: 'These headers cannot be sent',
        detail: 'Content-Length is set by the server itself',
        field: 'fields',
        remedies: [],
      },
    })
  })

  it('says which numbers a port may have', async () => {
    const { dispatch } = setup()
    expect(await dispatch('site.configure', { id, options: { port: 70_000 } })).toEqual({
      ok: false,
      problem: { type: 'bad-input', title: 'Use a number from 1 to 65535', field: 'port', remedies: [] },
    })
  })

  it('answers a refusal as it is, without a word in the console', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { dispatch } = setup({
      'site.start': () => {
        throw new ProblemError(siteNotFound)
      },
    })
    expect(await dispatch('site.start', { id })).toEqual({ ok: false, problem: siteNotFound })
    expect(report).not.toHaveBeenCalled()
    report.mockRestore()
  })

  it('answers a bug as internal and prints its stack', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const bug = new TypeError('x is undefined')
    const { dispatch } = setup({ 'site.start': () => Promise.reject(bug) })
    expect(await dispatch('site.start', { id })).toMatchObject({ ok: false, problem: { type: 'internal' } })
    expect(report).toHaveBeenCalledWith(bug)
    report.mockRestore()
  })

  it('does not take every EACCES for a matter of folders', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const refused = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', syscall: 'open' })
    const { dispatch } = setup({ 'site.reveal': () => Promise.reject(refused) })
    expect(await dispatch('site.reveal', { id })).toEqual({
      ok: false,
      problem: {
        type: 'internal',
        title: 'Servebar could not do that',
        detail: 'EACCES: permission denied',
        remedies: [],
      },
    })
    report.mockRestore()
  })

  it('never rejects, whatever JSON comes in (property)', async () => {
    const { dispatch } = setup()
    const known = ['site.add', 'site.configure', 'settings.change', 'log.read', 'site.open', 'site.stopAll']
    const key = fc.constantFrom('id', 'folders', 'options', 'port', 'site', 'entry', 'target', '__proto__')
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constantFrom(...known), fc.string()),
        fc.oneof(fc.jsonValue(), fc.dictionary(key, fc.jsonValue())),
        async (command, input) => {
          const result = await dispatch(command, input)
          if (!result.ok) expect(result.problem.title).not.toBe('')
        },
      ),
      { numRuns: 500 },
    )
  })
})
