/** A watch in a process of its own, for limits that hold for a whole process: prints its state, and ends. */
import { createWatchRules } from '../../electron/engine/live/rules.ts'
import { TreeWatch, type WatchState } from '../../electron/engine/live/tree-watch.ts'

async function main(): Promise<void> {
  const root = process.argv[2] ?? ''
  let state: WatchState | null = null
  const rules = createWatchRules(root, { dotfiles: false, symlinks: 'confined' })
  const watch = new TreeWatch(root, rules, { onChange: () => {}, onState: now => (state = now) })
  await watch.settled
  console.log(JSON.stringify(state))
  watch.close()
}

void main()
