/**
 * Every way in which a file changes that a server could overlook, for
 * hammer.mjs. All contents are of one length and, where a change can be told
 * by its time, that time is set back, so that neither size nor mtime tells.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** A whole second. A file that was just written has a fraction. */
const TIME = 1_700_000_000
const LENGTH = 3_000

/** Files that one series of changes has for itself; several series run beside each other. */
export class Lane {
  #count = 0
  #entries = 0

  /** Makes its folder under the root. */
  constructor(root, name) {
    this.root = root
    this.name = name
    this.path = join(root, name)
    for (const folder of ['', 'swapped', 'page', 'list'])
      fs.mkdirSync(join(this.path, folder), { recursive: true })
    for (const file of ['app.js', 'one.js', 'two.js', 'swapped/app.js', 'page/other.txt']) this.write(file)
    fs.symlinkSync('one.js', join(this.path, 'link.js'))
    this.addEntry()
  }

  file(name) {
    return join(this.path, name)
  }

  target(name) {
    return `/${this.name}/${name}`
  }

  /** Text that is like no other of this lane, and compresses. */
  content() {
    return `${++this.#count}`.padEnd(8, '.').repeat(LENGTH / 8)
  }

  write(name, content = this.content(), time = TIME) {
    fs.writeFileSync(this.file(name), content)
    this.setTime(name, time)
  }

  /** The same file, the same inode; its time becomes the present one. */
  overwrite(name, content = this.content()) {
    const file = fs.openSync(this.file(name), 'r+')
    fs.writeSync(file, content, 0)
    fs.closeSync(file)
  }

  replace(name) {
    this.write('next.tmp')
    fs.renameSync(this.file('next.tmp'), this.file(name))
  }

  link(name, to) {
    fs.symlinkSync(to, this.file('next.tmp'))
    fs.renameSync(this.file('next.tmp'), this.file(name))
  }

  delete(name) {
    fs.rmSync(this.file(name), { force: true, recursive: true })
  }

  setTime(name, time = TIME) {
    fs.utimesSync(this.file(name), time, time)
  }

  exists(name) {
    return fs.existsSync(this.file(name))
  }

  addEntry() {
    fs.writeFileSync(this.file(`list/entry-${++this.#entries}.txt`), '')
  }

  /** Before a change that starts from a plain file: true when it was none. */
  makeWhole() {
    const stats = fs.statSync(this.file('app.js'), { throwIfNoEntry: false })
    if (stats?.isFile() && stats.size === LENGTH) return false
    this.delete('app.js')
    this.write('app.js')
    return true
  }
}

/**
 * @typedef {object} Change
 * @property {string} name
 * @property {(lane: Lane) => void} make
 * @property {string} [asks] the target, within the lane, that shows it
 */

/** @type {readonly Change[]} */
export const CHANGES = [
  { name: 'rewritten in place, equal size', make: lane => lane.overwrite('app.js') },
  {
    name: 'rewritten in place, equal size, time set back',
    make(lane) {
      lane.overwrite('app.js')
      lane.setTime('app.js')
    },
  },
  {
    name: 'rewritten in place, time set back within its second',
    make(lane) {
      lane.overwrite('app.js')
      lane.setTime('app.js', TIME + 0.25)
    },
  },
  { name: 'replaced by rename, equal size and time', make: lane => lane.replace('app.js') },
  {
    name: 'replaced by an older file',
    make(lane) {
      lane.write('next.tmp', lane.content(), TIME - 1000)
      fs.renameSync(lane.file('next.tmp'), lane.file('app.js'))
    },
  },
  {
    name: 'truncated, time set back',
    make(lane) {
      fs.truncateSync(lane.file('app.js'), 1_500)
      lane.setTime('app.js')
    },
  },
  {
    name: 'emptied, time set back',
    make(lane) {
      fs.truncateSync(lane.file('app.js'), 0)
      lane.setTime('app.js')
    },
  },
  {
    name: 'grown, time set back',
    make(lane) {
      fs.appendFileSync(lane.file('app.js'), lane.content())
      lane.setTime('app.js')
    },
  },
  { name: 'touched only', make: lane => lane.setTime('app.js', TIME + 5) },
  { name: 'deleted', make: lane => lane.delete('app.js') },
  {
    name: 'deleted and created, equal size and time',
    make(lane) {
      lane.delete('app.js')
      lane.write('app.js')
    },
  },
  {
    name: 'replaced by a folder',
    make(lane) {
      lane.delete('app.js')
      fs.mkdirSync(lane.file('app.js'))
    },
  },
  ...Object.entries({ gz: gzipSync, br: brotliCompressSync }).flatMap(([extension, compress]) => {
    const sibling = `app.js.${extension}`
    const make = lane => lane.write(sibling, compress(lane.content()))
    return [
      { name: `sibling .${extension} created or rewritten`, make },
      {
        name: `sibling .${extension} replaced by rename`,
        make(lane) {
          lane.write('next.tmp', compress(lane.content()))
          fs.renameSync(lane.file('next.tmp'), lane.file(sibling))
        },
      },
      { name: `sibling .${extension} deleted`, make: lane => lane.delete(sibling) },
    ]
  }),
  { name: 'link turned to another file', make: lane => turnLink(lane), asks: 'link.js' },
  { name: 'target of a link rewritten', make: lane => lane.replace('one.js'), asks: 'link.js' },
  {
    name: 'its folder replaced by rename',
    make(lane) {
      fs.mkdirSync(lane.file('next.tmp'))
      lane.write('next.tmp/app.js')
      fs.renameSync(lane.file('swapped'), lane.file('old.tmp'))
      fs.renameSync(lane.file('next.tmp'), lane.file('swapped'))
      lane.delete('old.tmp')
    },
    asks: 'swapped/app.js',
  },
  {
    name: 'index.html created, or deleted',
    make: lane =>
      lane.exists('page/index.html') ? lane.delete('page/index.html') : lane.write('page/index.html'),
    asks: 'page/',
  },
  { name: 'a file more in a listing', make: lane => lane.addEntry(), asks: 'list/' },
  {
    name: 'a file less in a listing',
    make: lane => lane.delete(`list/${fs.readdirSync(lane.file('list'))[0] ?? 'none'}`),
    asks: 'list/',
  },
]

function turnLink(lane) {
  lane.link('link.js', fs.readlinkSync(lane.file('link.js')) === 'one.js' ? 'two.js' : 'one.js')
}
