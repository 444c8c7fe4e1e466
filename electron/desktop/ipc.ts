/**
 * Connects the panel's page to the app. One invoke channel and one push
 * channel; both first check who speaks: the main frame of our own window,
 * showing our own page. What is asked is app.invoke's business, and it answers
 * with values, never by rejecting. Subscriptions end when their page goes.
 */
import type { IpcMain, WebContents, WebFrameMain } from 'electron'
import type { App } from '../app/app.ts'
import { notThePanel } from '../app/problems.ts'
import type { Result } from '../contract.ts'
import { channels } from './channels.ts'
import { isPanelUrl } from './panel-page.ts'

/** The parts of Electron that are needed, so that a test can stand in for them. */
export type IpcMainEnd = Pick<IpcMain, 'handle' | 'on'>
export type PanelContents = Pick<WebContents, 'mainFrame' | 'isDestroyed' | 'send' | 'on'>

export function connectPanel(
  ipc: IpcMainEnd,
  app: Pick<App, 'invoke' | 'subscribe'>,
  contents: PanelContents,
): void {
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

  ipc.handle(channels.invoke, async (event, command: unknown, input: unknown): Promise<Result<unknown>> => {
    if (!isPanel(event.senderFrame)) return { ok: false, problem: notThePanel }
    return app.invoke(typeof command === 'string' ? command : '', input)
  })
  ipc.on(channels.messages, (event, id: unknown, on: unknown) => {
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
}
