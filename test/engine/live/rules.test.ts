import { describe, expect, it } from 'vitest'
import { createWatchRules } from '../../../electron/engine/live/rules.ts'

const rules = createWatchRules('/srv/site', { dotfiles: false, symlinks: 'confined' }, 'linux')

describe('names that are not watched', () => {
  it.each([
    ...['node_modules', '.git', '.hg', '.svn', '.DS_Store', 'Thumbs.db', '.env', '.cache'],
    // Vim, Emacs, Kate, JetBrains, LibreOffice, Office, GNOME, sed, macOS, browsers.
    ...['.index.html.swp', '.index.html.swo', 'index.html.swx', '4913', 'index.html~', '.#index.html'],
    ...['#index.html#', '.index.html.kate-swp', 'index.html___jb_tmp___', 'index.html___jb_old___'],
    ...['.~lock.a.odt#', '~$report.docx', '.goutputstream-ABCDEF', 'sedAb12Cd', 'a.txt.sb-1a2b3c4d-AbCdEf'],
    ...['movie.mp4.crdownload', 'movie.mp4.part', 'style.css.tmp', 'npm-debug.log', 'ACCESS.LOG'],
  ])('%s', name => {
    expect(rules.ignores(name)).toBe(true)
  })

  it.each([
    ...[
      'index.html',
      'style.css',
      '.well-known',
      'a',
      '4913.html',
      'sedan.html',
      'sed.js',
      'node_modules.html',
    ],
    ...['template.html', 'login', 'blog', 'a.swpx.html', 'changelog.html', 'part.css', 'my~file.css', 'swp'],
  ])('but %s is', name => {
    expect(rules.ignores(name)).toBe(false)
  })

  it('depend on whether hidden files are served', () => {
    const open = createWatchRules('/srv/site', { dotfiles: true, symlinks: 'confined' }, 'linux')
    expect(open.ignores('.env')).toBe(false)
    expect(open.ignores('.git')).toBe(true)
    expect(open.ignores('.index.html.swp')).toBe(true)
  })
})

describe('links that are followed', () => {
  it.each<['confined' | 'follow' | 'refuse', real: string, followed: boolean]>([
    ['confined', '/srv/site/a', true],
    ['confined', '/srv/site', true],
    ['confined', '/srv/site-old', false],
    ['confined', '/etc', false],
    ['follow', '/etc', true],
    ['refuse', '/srv/site/a', false],
  ])('%s: to %s: %s', (symlinks, real, followed) => {
    expect(createWatchRules('/srv/site', { dotfiles: false, symlinks }, 'linux').follows(real)).toBe(followed)
  })
})
