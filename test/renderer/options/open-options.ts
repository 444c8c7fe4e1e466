/** The options of a site, opened, and short names for what is done and read there. */
import { fireEvent, screen } from '@testing-library/react'
import type { SiteOptions } from '../../../electron/contract.ts'
import { type MemoryBridgeOptions, site } from '../../support/memory-bridge.ts'
import { mockOptions } from '../../support/mock-data.ts'
import { renderPanel } from '../../support/render-panel.tsx'

/** The options of `portfolio`, with these set and another site beside it. */
export async function open(
  options: Partial<SiteOptions> = {},
  setup: MemoryBridgeOptions & { width?: number } = {},
) {
  const sites = [site('portfolio', { options: { ...mockOptions, ...options } }), site('other')]
  const panel = await renderPanel({ sites, ...setup })
  fireEvent.click(screen.getByRole('link', { name: /^portfolio/ }))
  fireEvent.click(screen.getByRole('tab', { name: /^Options/ }))
  return { ...panel, options: () => panel.bridge.state().sites[0]?.options }
}

export const toggle = (name: string) => screen.getByRole('switch', { name })
export const isOn = (name: string) => toggle(name).getAttribute('aria-checked') === 'true'
export const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { selector: 'input' })
export const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name })
export const type = (name: string, value: string) => {
  field(name).focus()
  fireEvent.change(field(name), { target: { value } })
}
export const status = () => screen.getByRole('status').textContent
/** What is said beside a field. */
export const beside = (name: string) =>
  document.getElementById(field(name).getAttribute('aria-describedby') ?? '')?.textContent
