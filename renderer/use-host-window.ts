/**
 * How the panel sits in its window: theme and kind on the root element for the
 * style sheets, the height that the content wants told to a window that can
 * follow it, and the focus when the panel opens.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useNavigation } from './navigation.tsx'
import { useAppState, useBridge } from './store.ts'

export function useHostWindow(): RefObject<HTMLDivElement | null> {
  const bridge = useBridge()
  const { settings, host } = useAppState()
  const frame = useRef<HTMLDivElement>(null)
  const follows = host.capabilities.includes('resize-panel')

  useLayoutEffect(() => {
    const root = document.documentElement
    if (settings.theme === 'system') root.removeAttribute('data-theme')
    else root.dataset.theme = settings.theme
    root.dataset.kind = host.kind
    // On a small screen the window ends before the design's 640 px do, and the panel with it.
    if (follows) root.style.setProperty('--panel-max-h', `${Math.min(640, screen.availHeight - 12)}px`)
  }, [settings.theme, host.kind, follows])

  useEffect(() => {
    const element = frame.current
    if (!follows || element === null) return
    let told = 0
    const observer = new ResizeObserver(() => {
      const height = Math.ceil(element.getBoundingClientRect().height)
      if (height === told || height === 0) return
      told = height
      void bridge.invoke('panel.resize', { height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [bridge, follows])

  return frame
}

/** Opening the panel puts the focus on the first Copy button, so that Enter copies at once; on Choose when there is no site. */
export function useOpeningFocus() {
  const { view } = useNavigation()
  const { kind } = useAppState().host
  const isList = view.name === 'list'
  const isOpening = useRef(true)
  useEffect(() => {
    const focus = () => {
      if (document.visibilityState !== 'visible' || !isList) return
      // A window or a tab that one comes back to is where one was; the menubar's panel opens anew.
      if (kind !== 'menubar' && document.activeElement !== document.body) return
      document.querySelector<HTMLElement>('[data-copy]:not([disabled]), [data-first]')?.focus()
    }
    if (isOpening.current) focus()
    isOpening.current = false
    document.addEventListener('visibilitychange', focus)
    return () => document.removeEventListener('visibilitychange', focus)
  }, [isList, kind])
}
