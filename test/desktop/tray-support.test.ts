/** Whether a tray icon would be seen: asked of the session bus, believed only with a clear answer. */
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { hasTray, parseAnswer } from '../../electron/desktop/tray-support.ts'

describe('parseAnswer', () => {
  it.each([
    ['gdbus, yes', '(true,)\n', true],
    ['gdbus, no', '(false,)\n', false],
    ['busctl', 'b true\n', true],
    [
      'dbus-send',
      'method return time=1.2 sender=org.freedesktop.DBus -> destination=:1.9 serial=3\n   boolean false\n',
      false,
    ],
    ['an error', 'Error: cannot autolaunch D-Bus without X11 $DISPLAY', null],
    ['no answer', null, null],
  ])('%s', (_name, output, answer) => {
    expect(parseAnswer(output)).toBe(answer)
  })
})

describe('hasTray', () => {
  const unasked = () => Promise.reject(new Error('must not be asked'))
  function answering(answers: Record<string, string>) {
    return (tool: string) => Promise.resolve(answers[tool] ?? null)
  }

  it.each([
    ['macOS always', 'darwin', undefined, true],
    ['Windows always', 'win32', undefined, true],
    ['forced on', 'linux', '1', true],
    ['forced off', 'darwin', '0', false],
  ] as const)('%s, without asking', async (_name, os, override, expected) => {
    expect(await hasTray(os, override, unasked)).toBe(expected)
  })

  it('asks one tool after the other, and no more than it takes', async () => {
    const asked: string[] = []
    const ask = async (tool: string) => {
      asked.push(tool)
      return tool === 'busctl' ? 'b true' : null
    }
    expect(await hasTray('linux', undefined, ask)).toBe(true)
    expect(asked.at(-1)).toBe('busctl')
    expect(asked).not.toContain(asked.includes('gdbus') ? 'dbus-send' : 'gdbus')
  })

  it('does not wait for a bus that hangs once for each tool', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    onTestFinished(() => void vi.useRealTimers())
    let asked = 0
    const ask = async () => {
      asked += 1
      vi.advanceTimersByTime(1000)
      return null
    }
    expect(await hasTray('linux', undefined, ask)).toBe(false)
    expect(asked).toBe(1)
  })

  it.each([
    ['a watcher on the bus', { gdbus: '(true,)' }, true],
    ['no watcher on the bus', { gdbus: '(false,)', busctl: 'b true' }, false],
    ['only another tool is installed', { 'dbus-send': '   boolean true' }, true],
    ['no tool and no bus', {}, false],
  ])('%s', async (_name, answers, expected) => {
    expect(await hasTray('linux', undefined, answering(answers))).toBe(expected)
  })
})
