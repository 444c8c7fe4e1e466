/**
 * User-Agent -> `Safari on iPhone`, for people to tell their devices apart. A
 * short list of what opens pages at home and at work, and of the tools that
 * developers use; what is not in it has no name rather than a wrong one.
 */

/** The first that matches: each imitates those below it. */
const BROWSERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\b(?:Edg|EdgA|EdgiOS|Edge)\//, 'Edge'],
  [/\b(?:OPR|Opera|OPT|OPiOS)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\bDuckDuckGo\/|\bDdg\//, 'DuckDuckGo'],
  [/\bYaBrowser\//, 'Yandex Browser'],
  [/\b(?:FxiOS|Focus|Firefox)\//, 'Firefox'],
  [/\bElectron\//, 'Electron'],
  [/\bHeadlessChrome\//, 'Headless Chrome'],
  [/\b(?:CriOS|Chrome|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.*\bSafari\//, 'Safari'],
]

const DEVICES: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\b(?:OculusBrowser|Quest)\b/, 'Quest'],
  [/\b(?:SMART-TV|SmartTV|Tizen|Web0S|BRAVIA|AppleTV)\b/i, 'TV'],
  [/\bAndroid\b.*\bMobile\b/, 'Android phone'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'Chromebook'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b|\bMac OS X\b/, 'Mac'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
]

/** Programs whose first product is their name (RFC 9110 §10.1.5). */
const TOOLS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^curl\//, 'curl'],
  [/^Wget\//i, 'Wget'],
  [/^HTTPie\//i, 'HTTPie'],
  [/^PostmanRuntime\//, 'Postman'],
  [/^(?:python-requests|Python-urllib|python-httpx|aiohttp)\//i, 'Python'],
  [/^Go-http-client\//, 'Go'],
  [/^(?:node|undici|axios|node-fetch)\b/, 'Node'],
  [/^okhttp\//, 'An Android app'],
  [/^VLC\//, 'VLC'],
]

/** Longer ones are cut before they are looked at. */
const LONGEST = 512

export function browserName(userAgent: string | undefined): string | null {
  if (userAgent === undefined) return null
  const agent = userAgent.slice(0, LONGEST)
  const tool = find(TOOLS, agent)
  if (tool !== null) return tool
  const device = find(DEVICES, agent)
  // A view inside an app of iOS does not call itself Safari.
  const browser = find(BROWSERS, agent) ?? (/\bAppleWebKit\//.test(agent) ? 'App' : null)
  if (browser === null) return device
  return device === null ? browser : `${browser} on ${device}`
}

function find(list: readonly (readonly [RegExp, string])[], agent: string): string | null {
  return list.find(([pattern]) => pattern.test(agent))?.[1] ?? null
}
