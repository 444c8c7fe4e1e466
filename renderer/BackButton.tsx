/** Back to the list of sites: where the focus is when a view has been opened. */
import { Icon } from './Icon.tsx'
import { useNavigation } from './navigation.tsx'
import { withBackKey } from './shortcuts.ts'
import { useAppState } from './store.ts'

export function BackButton() {
  const { host } = useAppState()
  const { back } = useNavigation()
  return (
    <button
      type="button"
      className="icon-btn"
      aria-label="Sites"
      title={withBackKey('Sites', host)}
      data-autofocus
      onClick={back}
    >
      <Icon name="back" />
    </button>
  )
}
