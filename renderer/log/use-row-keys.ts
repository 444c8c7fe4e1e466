/**
 * The keys of one request, for the log and for the recent requests alike: they
 * mean the row with the focus where everywhere else they mean the site.
 */
import type { LogEntry, Site } from '../../electron/contract.ts'
import { useActions } from '../actions.tsx'
import { shortcutOf } from '../shortcuts.ts'
import { isListening } from '../sites.ts'
import { useAppState } from '../store.ts'
import { copiedRow, isOpenable } from './row-text.ts'

/** Answers whether the key was used. */
export type RowKeys = (event: KeyboardEvent, entry: LogEntry) => boolean

export function useRowKeys(site: Site): RowKeys {
  const { host } = useAppState()
  const { invoke, copyText, openUrl, toast } = useActions()

  async function open({ id, target }: LogEntry): Promise<void> {
    if (!isListening(site)) return
    if (!isOpenable(target)) return toast('A browser cannot open this request')
    // The target in the list is cut.
    const result = await invoke('log.read', { site: site.id, entry: id })
    if (result.ok) openUrl(site.id, result.value.target)
  }

  return (event, entry) => {
    switch (shortcutOf(event, host)) {
      case 'copy':
        if (getSelection()?.isCollapsed === false) return false
        void copyText(copiedRow(entry), 'row')
        return true
      case 'open':
        if (!event.repeat) void open(entry)
        return true
      default:
        return false
    }
  }
}

/** The id of the row that this is in. */
export function idOfRow(target: EventTarget | null): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('.req') : null
  return row ? Number(row.dataset.id) : null
}
