/**
 * Which folder is which site: takes the paths that the user gives, finds the
 * site that serves a folder already, and makes new ones. Promises: no two sites
 * of one folder, by whatever path, also when several are added or moved at once.
 * Starts nothing, and changes state only through the functions that app.ts
 * hands in.
 */
import type { HostInfo, Site, SiteId } from '../contract.ts'
import { folderKey, folderLabel, folderOf } from './folders.ts'
import { nextFreePort } from './ports.ts'
import { alreadyServed, badPath, noFreePort, ProblemError } from './problems.ts'
import { newSite } from './sites.ts'

export interface SiteListOwner {
  readonly os: HostInfo['os']
  readonly home: string
  sites(): readonly Site[]
  defaultPort(): number
  /** `position`: 0 is the top of the list. */
  insert(site: Site, position: number): void
}

export interface SiteList {
  /** The sites of these folders; new ones are at the top of the list, in this order. All or none. */
  add(paths: readonly string[]): Promise<readonly SiteId[]>
  /** Runs `move` with the folder that the path stands for; refuses that of another site. */
  relocate(id: SiteId, path: string, move: (folder: string) => Promise<void>): Promise<void>
  /** The port that a site made now would get. */
  nextPort(): Promise<number>
}

export function createSiteList(owner: SiteListOwner): SiteList {
  /** One task at a time: between "no site has this folder" and "now one has" nothing else may happen. */
  let last: Promise<unknown> = Promise.resolve()

  function inOrder<T>(task: () => Promise<T>): Promise<T> {
    const result = last.then(task)
    last = result.catch(() => {})
    return result
  }

  async function givenFolder(path: string, field: string): Promise<string> {
    try {
      return await folderOf(path)
    } catch (error) {
      throw new ProblemError(badPath(error, field, folderLabel(path, owner.home), { os: owner.os }))
    }
  }

  async function siteOf(folder: string): Promise<Site | undefined> {
    const key = await folderKey(folder)
    const sites = owner.sites()
    const keys = await Promise.all(sites.map(site => folderKey(site.folder)))
    const found = sites[keys.indexOf(key)]
    // It may have been removed in the meantime.
    return owner.sites().find(site => site.id === found?.id)
  }

  function nextPort(): Promise<number | null> {
    return nextFreePort(owner.defaultPort(), port => owner.sites().some(site => site.options.port === port))
  }

  return {
    add: paths =>
      inOrder(async () => {
        // Every path is looked at before the first site is made.
        const folders = await Promise.all(paths.map(path => givenFolder(path, 'folders')))
        const ids = new Set<SiteId>()
        let made = 0
        for (const folder of folders) {
          let site = await siteOf(folder)
          if (!site) {
            // Where none is free, its row will say so.
            site = newSite(folder, (await nextPort()) ?? owner.defaultPort(), owner.home)
            owner.insert(site, made++)
          }
          ids.add(site.id)
        }
        return [...ids]
      }),
    relocate: (id, path, move) =>
      inOrder(async () => {
        const folder = await givenFolder(path, 'folder')
        const listed = await siteOf(folder)
        if (listed && listed.id !== id) throw new ProblemError(alreadyServed(listed.name))
        await move(folder)
      }),
    async nextPort() {
      const port = await nextPort()
      if (port === null) throw new ProblemError(noFreePort)
      return port
    },
  }
}
