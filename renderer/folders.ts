/**
 * Choosing and adding folders, whichever way this host has: the native dialog,
 * or the panel's own chooser. After adding, the row is shown at the top of the
 * list and its Copy button takes the focus.
 */
import { useMemo } from 'react'
import type { Problem, SiteId } from '../electron/contract.ts'
import { type InvokeOptions, useActions } from './actions.tsx'
import { useNavigation } from './navigation.tsx'
import { useStore } from './store.ts'

export interface Folders {
  /** Asks for folders and serves them. */
  choose(): void
  /** Asks where a site's folder went. */
  locate(id: SiteId): void
  /** Answers why it could not be done, or null. */
  add(folders: readonly string[], options?: InvokeOptions): Promise<Problem | null>
  relocate(id: SiteId, folder: string, options?: InvokeOptions): Promise<Problem | null>
  /** A drop that told no paths: explains, and opens the chooser. */
  chooseAfterDrop(): void
}

export function useFolders(): Folders {
  const store = useStore()
  const { invoke } = useActions()
  const { go, reveal } = useNavigation()
  return useMemo<Folders>(() => {
    const hasDialog = () => store.state()?.host.capabilities.includes('choose-folder') ?? false
    const ask = async () => {
      const result = await invoke('folder.choose', {})
      return result.ok ? result.value : []
    }
    const folders: Folders = {
      async choose() {
        if (hasDialog()) await folders.add(await ask())
        else go({ name: 'chooser', relocate: null, dropped: false })
      },
      async locate(id) {
        if (!hasDialog()) {
          go({ name: 'chooser', relocate: id, dropped: false })
          return
        }
        const [folder] = await ask()
        if (folder !== undefined) await folders.relocate(id, folder)
      },
      async add(paths, options) {
        if (paths.length === 0) return null
        const result = await invoke('site.add', { folders: paths }, options)
        if (!result.ok) return result.problem
        const [first] = result.value
        if (first !== undefined) reveal(first, 'copy')
        return null
      },
      async relocate(id, folder, options) {
        const result = await invoke('site.relocate', { id, folder }, options)
        if (!result.ok) return result.problem
        reveal(id, 'copy')
        return null
      },
      chooseAfterDrop() {
        go({ name: 'chooser', relocate: null, dropped: true })
      },
    }
    return folders
  }, [store, invoke, go, reveal])
}
