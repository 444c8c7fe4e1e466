/** Asks before a site is removed, because that cannot be undone; files are never touched. */
import type { Site } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { Dialog } from './Dialog.tsx'
import { useNavigation } from './navigation.tsx'

export function RemoveDialog({ site }: { readonly site: Site }) {
  const { wide, closeOverlay, go } = useNavigation()
  const { invoke } = useActions()
  const remove = async () => {
    const result = await invoke('site.remove', { id: site.id })
    if (result.ok) go({ name: 'list' }, '[data-row], [data-choose]')
    else closeOverlay()
  }
  return (
    <Dialog
      className={wide ? 'popover is-centred' : 'sheet'}
      role="alertdialog"
      label={`Remove ${site.name}?`}
      describedBy="remove-words"
      onClose={closeOverlay}
    >
      <div className="ask">
        <h2>Remove {site.name}?</h2>
        <p id="remove-words">Your files stay where they are.</p>
        <div className="ask-acts">
          <button type="button" className="btn danger" onClick={() => void remove()}>
            Remove
          </button>
          <button type="button" className="btn" data-autofocus onClick={closeOverlay}>
            Cancel
          </button>
        </div>
      </div>
    </Dialog>
  )
}
