/** Elements without markup: nothing that comes from outside is ever read as HTML. */

type Child = Node | string | null | false

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, '')
    else if (value !== false) made.setAttribute(key, value)
  }
  for (const child of children) if (child !== null && child !== false) made.append(child)
  return made
}

export function button(
  label: string,
  act: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLButtonElement {
  const made = element('button', { type: 'button', class: 'pbtn', ...attributes }, label)
  made.addEventListener('click', act)
  return made
}

/** One of the symbols of the page. */
export function icon(name: string, cssClass: string): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(space, 'svg')
  svg.setAttribute('class', cssClass)
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(space, 'use')
  use.setAttribute('href', `#${name}`)
  svg.append(use)
  return svg
}

/** Sets it only where it differs: what is set anew is drawn, and read out, anew. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']

/** As the listing writes it. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`
}

export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`

let region: HTMLElement | null = null

/** Says it to who cannot see it. */
export function announce(text: string): void {
  if (region === null) {
    region = element('p', { class: 'vh', role: 'status' })
    document.body.append(region)
  }
  region.textContent = text
}
