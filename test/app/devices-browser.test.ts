import { describe, expect, it } from 'vitest'
import { browserName } from '../../electron/app/devices-browser.ts'

const webKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'
const blink = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0'
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)'
const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'

describe('browserName', () => {
  it.each([
    [`${iPhone} ${webKit} Version/17.5 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`${iPhone} ${webKit} CriOS/126.0 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
    [`${iPhone} ${webKit} FxiOS/127.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
    [`${iPhone} ${webKit} Mobile/15E148`, 'App on iPhone'],
    [
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${webKit} Version/17.5 Safari/605.1.15`,
      'Safari on Mac',
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${blink} Mobile Safari/537.36`, 'Chrome on Android phone'],
    [
      `Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36`,
      'Samsung Internet on Android phone',
    ],
    [`Mozilla/5.0 (Linux; Android 10; K) ${blink} Safari/537.36`, 'Chrome on Android'],
    [`${windows} ${blink} Safari/537.36 Edg/126.0.0.0`, 'Edge on Windows'],
    [`${windows} ${blink} Safari/537.36`, 'Chrome on Windows'],
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'Firefox on Linux'],
    [`Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${blink} Safari/537.36`, 'Chrome on Chromebook'],
    ['curl/8.5.0', 'curl'],
    ['python-requests/2.32.3', 'Python'],
    ['Something of my own', null],
    ['', null],
    [undefined, null],
  ])('%s', (agent, name) => {
    expect(browserName(agent)).toBe(name)
  })
})
