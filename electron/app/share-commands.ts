/** The commands about sharing: on and off, who is here, and why another device may not reach a site. */
import type { HostInfo, Site, SiteId } from '../contract.ts'
import type { Devices } from './devices.ts'
import type { Handlers } from './dispatch.ts'
import type { Share } from './share.ts'
import { checkShare } from './share-check.ts'

export interface ShareCommandsOwner {
  readonly os: HostInfo['os']
  siteBy(id: SiteId): Site
  readonly share: Pick<Share, 'set'>
  readonly devices: Pick<Devices, 'list'>
}

type ShareCommand = 'site.share' | 'site.devices' | 'site.checkShare'

export function shareCommands(owner: ShareCommandsOwner): Pick<Handlers, ShareCommand> {
  const { os, siteBy, share, devices } = owner
  return {
    'site.share': ({ id, on, until }) => share.set(siteBy(id).id, on, until),
    'site.devices': ({ id }) => devices.list(siteBy(id)),
    'site.checkShare': ({ id }) => checkShare(siteBy(id), { os }),
  }
}
