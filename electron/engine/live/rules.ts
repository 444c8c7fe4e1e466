/**
 * Which names under the root are watched, and which links are followed: what is
 * not served, or is no work of a person, is of no interest to a page.
 */
import { sep } from 'node:path'
import { isHidden } from '../target.ts'
import type { SymlinkPolicy } from '../types.ts'

export interface WatchRules {
  /** Neither the file of this name nor anything in the folder of this name. */
  ignores(name: string): boolean
  /** `real` is where a link leads. */
  follows(real: string): boolean
}

/** Of package managers and version control, with more files than the rest together; of file managers. */
const FOLDERS = ['node_modules', '.git', '.hg', '.svn', '.servebar', '.DS_Store', 'Thumbs.db', 'desktop.ini']

/**
 * What editors and tools put beside a file while they save it: Vim, Emacs, Kate, JetBrains, LibreOffice, Office,
 * `sed -i`, browsers. And logs: one of this very server would reload its pages for ever.
 */
const TEMPORARY = new RegExp(
  [
    ...[
      '~$',
      '^~\\$',
      '^\\.?#',
      '\\.(?:sw[a-px]|kate-swp|tmp|temp|bak|log)$',
      '^4913$',
      '___jb_(?:tmp|old)___$',
    ],
    ...[
      '^\\.~lock\\.',
      '^\\.goutputstream-',
      '^sed\\w{6}$',
      '\\.sb-[0-9a-f]{8}-\\w{6}$',
      '\\.(?:crdownload|part)$',
    ],
  ].join('|'),
  'i',
)

/** `root` is a real path. */
export function createWatchRules(
  root: string,
  { dotfiles, symlinks }: { readonly dotfiles: boolean; readonly symlinks: SymlinkPolicy },
  platform: NodeJS.Platform = process.platform,
): WatchRules {
  const inside = root.endsWith(sep) ? root : root + sep
  return {
    ignores: name =>
      FOLDERS.includes(name) || TEMPORARY.test(name) || (!dotfiles && isHidden(name, platform)),
    follows: real => {
      if (symlinks === 'confined') return real === root || real.startsWith(inside)
      return symlinks === 'follow'
    },
  }
}
