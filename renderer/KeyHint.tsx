/** A shortcut written beside what it does; nothing where the browser owns the key. */
import { keyLabel, type ShortcutName } from './shortcuts.ts'
import { useAppState } from './store.ts'

export function KeyHint({ name }: { readonly name: ShortcutName }) {
  const { host } = useAppState()
  const label = keyLabel(name, host)
  return label === null ? null : <span className="key">{label}</span>
}
