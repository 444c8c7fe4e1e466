/** The options of one site, in one column or two. Each applies when it is changed; there is nothing to save. */
import type { Site } from '../electron/contract.ts'
import { useNavigation } from './navigation.tsx'
import { AccessGroup } from './options/AccessGroup.tsx'
import { AddressGroup } from './options/AddressGroup.tsx'
import { FolderGroup } from './options/FolderGroup.tsx'
import { PagesGroup } from './options/PagesGroup.tsx'
import { ResponsesGroup } from './options/ResponsesGroup.tsx'

export function SiteOptions({ site }: { readonly site: Site }) {
  const { wide } = useNavigation()
  const where = (
    <>
      <AddressGroup site={site} />
      <PagesGroup site={site} />
    </>
  )
  const how = (
    <>
      <ResponsesGroup site={site} />
      <AccessGroup site={site} />
      <FolderGroup site={site} />
    </>
  )
  return wide ? (
    <>
      <div>{where}</div>
      <div>{how}</div>
    </>
  ) : (
    <>
      {where}
      {how}
    </>
  )
}
