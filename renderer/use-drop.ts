/**
 * Files dragged over the panel and dropped on it. Before the drop a page only
 * learns how many there are and each one's type: a folder has none. Where the
 * host tells no paths (a browser), a drop explains that and opens the chooser.
 */
import { useEffect, useState } from 'react'
import { useActions } from './actions.tsx'
import type { Drag } from './Drop.tsx'
import { useFolders } from './folders.ts'
import { useStore } from './store.ts'

const dragsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

function titleOf(transfer: DataTransfer | null): string {
  const files = [...(transfer?.items ?? [])].filter(item => item.kind === 'file')
  if (files.length > 1) return `Release to serve ${files.length} folders`
  return files[0] && files[0].type !== ''
    ? 'Release to serve the folder it is in'
    : 'Release to serve this folder'
}

export function useDrop(pathOf: (file: File) => string | null): Drag | null {
  const store = useStore()
  const { invoke, toast } = useActions()
  const { add, chooseAfterDrop } = useFolders()
  const [drag, setDrag] = useState<Drag | null>(null)

  useEffect(() => {
    const knowsPaths = () => store.state()?.host.capabilities.includes('drop-paths') ?? false
    const end = () => {
      isOver = false
      setDrag(null)
    }
    let isOver = false
    const enter = async (event: DragEvent) => {
      if (!dragsFiles(event)) return
      event.preventDefault()
      if (isOver) return
      isOver = true
      if (!knowsPaths()) {
        setDrag({ title: 'Release, then choose the folder', port: null })
        return
      }
      setDrag({ title: titleOf(event.dataTransfer), port: null })
      const next = await invoke('port.next', {})
      if (next.ok) setDrag(current => current && { ...current, port: next.value })
    }
    const over = (event: DragEvent) => {
      if (!dragsFiles(event)) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy' // the one that every file manager allows
    }
    const leave = (event: DragEvent) => {
      // Into nothing: out of the page. A count of ups and downs would go wrong with an element that is removed.
      if (dragsFiles(event) && event.relatedTarget === null) end()
    }
    const drop = (event: DragEvent) => {
      if (!dragsFiles(event)) return
      event.preventDefault()
      end()
      if (!knowsPaths()) {
        chooseAfterDrop()
        return
      }
      const paths = [...(event.dataTransfer?.files ?? [])].map(pathOf).filter(path => path !== null)
      // An image out of a web page, for example, is a file without a place.
      if (paths.length === 0) toast('Only a folder on this computer can be served')
      else void add(paths)
    }
    const listeners = { dragenter: enter, dragover: over, dragleave: leave, dragend: end, drop } as const
    for (const [type, listener] of Object.entries(listeners)) {
      window.addEventListener(type as 'drop', listener)
    }
    return () => {
      for (const [type, listener] of Object.entries(listeners)) {
        window.removeEventListener(type as 'drop', listener)
      }
    }
  }, [store, invoke, toast, add, chooseAfterDrop, pathOf])

  return drag
}
