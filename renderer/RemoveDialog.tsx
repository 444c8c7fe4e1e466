/** Asks before a site is removed, because that cannot be undone; files are never touched. */
import type { Site } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { Dialog } from './Dialog.tsx'
import { useNavigation } from './navigation.tsx'
import { useAppState } from './store.ts'
import { isolate } from './words.ts'

export function RemoveDialog({ site }: { readonly site: Site }) {
  const { wide, closeOverlay, go } = useNavigation()
  const { invoke } = useActions()
  const { sites } = useAppState()
  const remove = async () => {
    const place = sites.findIndex(each => each.id === site.id)
    const neighbour = sites[place + 1] ?? sites[place - 1]
    const result = await invoke('site.remove', { id: site.id })
    const next = neighbour ? `[data-site="${CSS.escape(neighbour.id)}"] [data-row]` : '[data-choose]'
    if (result.ok) go({ name: 'list' }, next)
    else closeOverlay()
  }
  return (
    <Dialog
      className={wide ? 'popover is-centred' : 'sheet'}
      role="alertdialog"
      label={`Remove ${isolate(site.name)}?`}
      describedBy="remove-words"
      onClose={closeOverlay}
    >
      <div className="ask">
        <h2>
          Remove <bdi>{site.name}</bdi>?
        </h2>
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
