/**
 * The page's end of the desktop bridge, over Electron's two channels. Promises:
 * `invoke` never rejects; a subscriber hears nothing after it has ended. Decides
 * nothing: who asks is checked in ipc.ts, what is asked in app/dispatch.ts.
 */
import type { IpcRenderer } from 'electron'
import { internalProblem } from '../app/problems.ts'
import type { CommandName, DesktopBridge, Input, Message, Output, Result } from '../contract.ts'
import { channels } from './channels.ts'

export function createDesktopBridge(
  ipc: Pick<IpcRenderer, 'invoke' | 'send' | 'on' | 'off'>,
  pathOf: DesktopBridge['pathOf'],
): DesktopBridge {
  let subscriptions = 0
  return {
    async invoke<C extends CommandName>(command: C, input: Input<C>): Promise<Result<Output<C>>> {
      try {
        return await ipc.invoke(channels.invoke, command, input)
      } catch (error) {
        // Input that cannot be cloned, or nobody at the other end.
        return { ok: false, problem: internalProblem(error) }
      }
    },

    subscribe(listener) {
      subscriptions += 1
      const id = subscriptions
      function receive(_event: unknown, subscription: unknown, message: Message): void {
        if (subscription === id) listener(message)
      }
      ipc.on(channels.messages, receive)
      ipc.send(channels.messages, id, true)
      return () => {
        ipc.off(channels.messages, receive)
        ipc.send(channels.messages, id, false)
      }
    },

    pathOf,
  }
}
