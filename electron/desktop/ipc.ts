/**
 * Connects the panel's page to the app. One invoke channel and one push
 * channel; both first check who speaks: the main frame of our own window,
 * showing our own page. What is asked is app.invoke's business, and it answers
 * with values, never by rejecting. Subscriptions end when their page goes.
 */
import { ipcMain, type WebContents, type WebFrameMain } from 'electron'
import type { App } from '../app/app.ts'
import { channels } from './channels.ts'
import { isPanelUrl } from './panel-page.ts'

export function connectPanel(app: App, contents: WebContents): () => void {
  const subscriptions = new Map<unknown, () => void>()

  function isPanel(frame: WebFrameMain | null): boolean {
    return frame !== null && !contents.isDestroyed() && frame === contents.mainFrame && isPanelUrl(frame.url)
  }

  function end(id: unknown): void {
    subscriptions.get(id)?.()
    subscriptions.delete(id)
  }
  function endAll(): void {
    for (const id of [...subscriptions.keys()]) end(id)
  }

  ipcMain.handle(channels.invoke, (event, command: unknown, input: unknown) => {
    if (!isPanel(event.senderFrame)) throw new Error('Only the panel may call Servebar')
    return app.invoke(String(command), input)
  })
  ipcMain.on(channels.messages, (event, id: unknown, on: unknown) => {
    if (!isPanel(event.senderFrame)) return
    end(id)
    if (on !== true) return
    const unsubscribe = app.subscribe(message => {
      if (!contents.isDestroyed()) contents.send(channels.messages, id, message)
    })
    subscriptions.set(id, unsubscribe)
  })
  contents.on('did-start-navigation', details => {
    if (details.isMainFrame && !details.isSameDocument) endAll()
  })
  contents.on('render-process-gone', endAll)
  contents.on('destroyed', endAll)

  return () => {
    endAll()
    ipcMain.removeHandler(channels.invoke)
    ipcMain.removeAllListeners(channels.messages)
  }
}
