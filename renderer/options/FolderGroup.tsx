/** What is served, and how to let go of it. */
import type { Site } from '../../electron/contract.ts'
import { withKey } from '../shortcuts.ts'
import { useSiteActions } from '../site-actions.ts'
import { useAppState } from '../store.ts'
import { revealWords } from '../words.ts'

export function FolderGroup({ site }: { readonly site: Site }) {
  const { host } = useAppState()
  const { reveal, remove } = useSiteActions()
  return (
    <>
      <h3 className="group-title">Folder</h3>
      <div className="group rows">
        <div className="opt">
          <div className="opt-path mono" title={site.folder}>
            <bdi>{site.folderLabel}</bdi>
          </div>
          {host.capabilities.includes('reveal-folder') && (
            <button
              type="button"
              className="btn"
              title={withKey(revealWords(host.os), 'reveal', host)}
              onClick={() => reveal(site)}
            >
              {revealWords(host.os)}
            </button>
          )}
        </div>
        <div className="opt">
          <div>
            Remove from Servebar
            <small>Your files stay where they are</small>
          </div>
          <button
            type="button"
            className="btn danger"
            title={withKey('Remove', 'remove', host)}
            onClick={() => remove(site)}
          >
            Remove…
          </button>
        </div>
      </div>
    </>
  )
}
