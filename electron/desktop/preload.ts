/**
 * The bridge of the desktop host: three functions on `window.servebar` and
 * nothing else. Runs sandboxed, so it may require only 'electron'. It decides
 * nothing: who asks is checked in ipc.ts, what is asked in app/dispatch.ts.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { channels } from './channels.ts'

let subscriptions = 0

contextBridge.exposeInMainWorld('servebar', {
  invoke: (command: string, input: unknown): Promise<unknown> =>
    ipcRenderer.invoke(channels.invoke, command, input),

  subscribe(listener: (message: unknown) => void): () => void {
    subscriptions += 1
    const id = subscriptions
    function receive(_event: unknown, subscription: unknown, message: unknown): void {
      if (subscription === id) listener(message)
    }
    ipcRenderer.on(channels.messages, receive)
    ipcRenderer.send(channels.messages, id, true)
    return () => {
      ipcRenderer.off(channels.messages, receive)
      ipcRenderer.send(channels.messages, id, false)
    }
  },

  pathOf(file: File & { readonly path?: string }): string | null {
    // Electron 29 brought webUtils; Electron 32 took `path` away from File.
    const utils: typeof webUtils | undefined = webUtils
    return (utils ? utils.getPathForFile(file) : file.path) || null
  },
})
