/** Where a site is: its name, port, reach and scheme. */
import type { Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { CommittedField } from '../CommittedField.tsx'
import { SwitchOption } from '../Option.tsx'
import { PortField } from '../PortField.tsx'
import { lastName } from '../words.ts'
import { CertificateOption } from './Certificate.tsx'
import { TrustOption } from './Trust.tsx'
import { useConfigure } from './use-configure.ts'

/** Nothing means the name that it had at first, its folder's. */
function readName(text: string, folder: string): string | null {
  const name = text.trim() || lastName(folder)
  return name.length <= 100 ? name : null
}

export function AddressGroup({ site }: { readonly site: Site }) {
  const { invoke } = useActions()
  const configure = useConfigure(site)
  const { port, share, https, certificate } = site.options
  return (
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
        <PortField label="Port" port={port} onCommit={port => configure({ port }, { quiet: true })} />
        <SwitchOption
          label="Share on network"
          help="Other devices on your Wi-Fi can open it"
          on={share}
          onChange={share => void configure({ share })}
        />
        <SwitchOption
          label="HTTPS"
          help={certificate ? 'Uses your own certificate' : 'Uses a certificate made on this computer'}
          on={https}
          onChange={https => void configure({ https })}
        />
        {https && certificate === null && <TrustOption />}
        {https && <CertificateOption site={site} />}
      </div>
    </>
  )
}
