/** The options of one site. Each applies when it is changed; there is nothing to save. */
import type { SiteOptions as Options, Site } from '../electron/contract.ts'
import { useActions } from './actions.tsx'
import { CommittedField } from './CommittedField.tsx'
import { useNavigation } from './navigation.tsx'
import { SwitchOption } from './Option.tsx'
import { PortField } from './PortField.tsx'
import { withKey } from './shortcuts.ts'
import { useSiteActions } from './site-actions.ts'
import { useAppState } from './store.ts'
import { lastName, revealWords } from './words.ts'

/** Nothing means the name that it had at first, its folder's. */
function readName(text: string, folder: string): string | null {
  const name = text.trim() || lastName(folder)
  return name.length <= 100 ? name : null
}

function FolderGroup({ site }: { readonly site: Site }) {
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

export function SiteOptions({ site }: { readonly site: Site }) {
  const { invoke } = useActions()
  const { wide } = useNavigation()
  const configure = (options: Partial<Options>, quiet = false) =>
    invoke('site.configure', { id: site.id, options }, { quiet })
  const { options } = site
  const served = (
    <>
      <h3 className="group-title">Address</h3>
      <div className="group rows">
        <CommittedField
          label="Name"
          value={site.name}
          read={text => readName(text, site.folder)}
          refusal="Use a name of 1 to 100 characters"
          input={{ 'data-name': true }}
          onCommit={name => invoke('site.rename', { id: site.id, name }, { quiet: true })}
        />
        <PortField label="Port" port={options.port} onCommit={port => configure({ port }, true)} />
        <SwitchOption
          label="Share on network"
          help="Other devices on your Wi-Fi can open it"
          on={options.share}
          onChange={share => void configure({ share })}
        />
      </div>
      <h3 className="group-title">Pages</h3>
      <div className="group rows">
        <SwitchOption
          label="Directory listing"
          help="Folders without index.html list their files"
          on={options.listing}
          onChange={listing => void configure({ listing })}
        />
        <SwitchOption
          label="Hidden files"
          help="Serve names that start with a dot"
          on={options.dotfiles}
          onChange={dotfiles => void configure({ dotfiles })}
        />
      </div>
    </>
  )
  if (!wide) {
    return (
      <>
        {served}
        <FolderGroup site={site} />
      </>
    )
  }
  return (
    <>
      <div>{served}</div>
      <div>
        <FolderGroup site={site} />
      </div>
    </>
  )
}
