/**
 * Gives memory back when a flood of requests is over. V8 makes its heaps larger
 * while much is allocated, and may leave them so for as long as nothing happens:
 * an app that only waits in the menu bar would keep 50 MB that it has no use for.
 */
import { Session } from 'node:inspector'
import type { WebContents } from 'electron'

/** For the panel to draw the last of it, in ms. */
const calmTime = 2000

/** Collects the garbage of this process and of the panel's; called again in between, the delay begins anew. */
export function createCollector(
  contents: Pick<WebContents, 'debugger' | 'isDestroyed'>,
  delay = calmTime,
): () => void {
  let timer: NodeJS.Timeout | undefined
  function collect(): void {
    const session = new Session()
    session.connect()
    // Not at once: V8 still holds the lock that a disconnect takes.
    session.post('HeapProfiler.collectGarbage', () => setImmediate(() => session.disconnect()))
    void collectPanel()
  }
  async function collectPanel(): Promise<void> {
    // Somebody who debugs the panel is left alone.
    if (contents.isDestroyed() || contents.debugger.isAttached()) return
    try {
      contents.debugger.attach()
      await contents.debugger.sendCommand('HeapProfiler.collectGarbage')
    } catch {
      // The page went away meanwhile, and its memory with it.
    } finally {
      if (!contents.isDestroyed() && contents.debugger.isAttached()) contents.debugger.detach()
    }
  }
  return () => {
    clearTimeout(timer)
    timer = setTimeout(collect, delay)
  }
}
