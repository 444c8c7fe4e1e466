/** Who may read, and what a visitor may do to the folder. */
import type { Site } from '../../electron/contract.ts'
import { SwitchOption } from '../Option.tsx'
import { OpenWritesNote } from '../SiteNotes.tsx'
import { openWrites } from '../sites.ts'
import { PasswordOption } from './Password.tsx'
import { useConfigure } from './use-configure.ts'

export function AccessGroup({ site }: { readonly site: Site }) {
  const configure = useConfigure(site)
  const { uploads, overwrite, manage, zip } = site.options
  return (
    <>
      <h3 className="group-title">Access</h3>
      <div className="group rows">
        <PasswordOption key={site.id} site={site} />
        <SwitchOption
          label="Uploads"
          help="Visitors can add files to this folder"
          on={uploads}
          onChange={uploads => void configure({ uploads })}
        />
        {openWrites(site) !== null && <OpenWritesNote site={site} />}
        {uploads && (
          <SwitchOption
            label="Replace files of the same name"
            help="An upload may take the place of a file"
            on={overwrite}
            onChange={overwrite => void configure({ overwrite })}
          />
        )}
        {(uploads || manage) && (
          <SwitchOption
            label="Delete and rename"
            help="Visitors can change what is there"
            on={manage}
            onChange={manage => void configure({ manage })}
          />
        )}
        <SwitchOption
          label="Download folders as .zip"
          help="Listings offer a whole folder at once"
          on={zip}
          onChange={zip => void configure({ zip })}
        />
      </div>
    </>
  )
}
