/**
 * HOST 3, the terminal: serves one folder until it is told to stop. Standard
 * output carries the URL on its first line and then the log, nothing else, so
 * that scripts can read it; all other words go to standard error. Exit codes:
 * see `usage` in arguments.ts. Keeps nothing between runs.
 */
import { basename, isAbsolute, resolve } from 'node:path'
import { version } from '../../package.json'
import { openInBrowser } from '../app/opener.ts'
import { portOwner } from '../app/port-owner.ts'
import { nextFreePort } from '../app/ports.ts'
import { badPath, currentFolderGone, isListenError, listenProblem, systemError } from '../app/problems.ts'
import { currentFolder } from '../app/user-folder.ts'
import { formatCombined, formatJson } from '../engine/access-log.ts'
import { type RunningServer, startServer } from '../engine/server.ts'
import type { Origin } from '../engine/types.ts'
import { parseArguments, type ServeArguments } from './arguments.ts'
import { createLogWriter } from './log-writer.ts'
import { usage } from './usage.ts'

const EXIT = { stopped: 0, failed: 1, usage: 2, bug: 70 } as const
const FIRST_PORT = 8080
/** How long open answers, and then the last log lines, may take, in ms. */
const DRAIN = 2000
const LAST_LINES = 1000

let stderr: NodeJS.WriteStream | undefined

/** Standard error. Opened when there is something to say: where it is a pipe, that takes a start most of a millisecond. */
function words(): NodeJS.WriteStream {
  stderr ??= process.stderr.on('error', () => {}) // nobody listens
  return stderr
}

/** The name of a folder may hold anything, also what would steer the terminal. */
function say(line: string): void {
  words().write(`servebar: ${line.replace(/\p{Cc}/gu, '\uFFFD')}\n`)
}

/** False: it could not be written, and that was said; of a closed pipe it need not be. */
function print(text: string): Promise<boolean> {
  return new Promise(resolve => {
    process.stdout.write(text, error => {
      const { code } = systemError(error)
      if (error && code !== 'EPIPE') say(`standard output cannot be written (${String(code)})`)
      resolve(!error)
    })
  })
}

/** The address to print and open: one that means this computer everywhere, also where ::1 comes first. */
function urlOf({ host, port, url }: Origin): string {
  return host === 'localhost' ? `http://127.0.0.1:${port}/` : `${url}/`
}

async function explain(error: unknown, { folder, host, port = FIRST_PORT }: ServeArguments): Promise<string> {
  if (!isListenError(error)) {
    const { title } = badPath(error, 'folder', folder)
    return title
  }
  const { type, title } = listenProblem(error, {
    port,
    host,
    portOwner: await portOwner(port),
  })
  if (type !== 'port-in-use' && type !== 'port-forbidden') return title
  const free = await nextFreePort(Math.max(port + 1, 1024))
  return free === null ? title : `${title}; port ${free} is free: --port ${free}`
}

/** Resolves when it has stopped. */
async function serve(options: ServeArguments): Promise<number> {
  const { folder, host, port, listing, dotfiles, log, engine } = options
  const current = currentFolder()
  if (current === null && !isAbsolute(folder)) {
    say(currentFolderGone.title)
    return EXIT.failed
  }
  const root = resolve(current ?? '', folder)
  const writer = createLogWriter(process.stdout, {
    onDropped: count => say(`${count} lines of the log were dropped, because they were not read in time`),
  })
  const format = log === 'json' ? formatJson : formatCombined

  let server: RunningServer
  try {
    server = await startServer(
      {
        root,
        name: basename(root) || root,
        host,
        port: port ?? FIRST_PORT,
        portFallback: port === undefined,
        listing,
        dotfiles,
        ...engine,
      },
      exchange => {
        if (log !== 'none') writer.write(format(exchange))
      },
    )
  } catch (error) {
    say(await explain(error, options))
    return EXIT.failed
  }

  const [first, ...others] = server.origins()
  if (first && !(await print(`${urlOf(first)}\n`))) {
    await server.close(0)
    return EXIT.failed
  }
  process.stdout.once('error', error => {
    // A closed pipe is not an error: `servebar | head -1`.
    const { code } = systemError(error)
    if (code !== 'EPIPE') say(`the log cannot be written (${String(code)})`)
  })
  for (const origin of others) {
    if (origin.reach === 'network') say(`on the network at ${origin.url}/`)
  }
  if (first && options.open) openInBrowser(urlOf(first))

  await stopSignal()
  await server.close(DRAIN)
  await writer.end(LAST_LINES)
  return EXIT.stopped
}

/** A signal, or nobody reads our output any more. The second signal ends at once. */
function stopSignal(): Promise<void> {
  return new Promise(stop => {
    let asked = false
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (asked) process.exit(EXIT.stopped)
        asked = true
        stop()
      })
    }
    process.stdout.on('error', error => {
      if (systemError(error).code === 'EPIPE') stop()
    })
  })
}

async function main(): Promise<number> {
  const wanted = parseArguments(process.argv.slice(2), process.env)
  switch (wanted.action) {
    case 'help':
      return (await print(usage)) ? EXIT.stopped : EXIT.failed
    case 'version':
      return (await print(`${version}\n`)) ? EXIT.stopped : EXIT.failed
    case 'refuse':
      say(wanted.message)
      words().write(`\n${usage}`)
      return EXIT.usage
    case 'serve':
      // Ends also where a reader that stalls would keep the process.
      return process.exit(await serve(wanted.options))
  }
}

function fail(error: unknown): void {
  const stack = error instanceof Error ? error.stack : String(error)
  words().write(`servebar: a bug in Servebar\n${stack}\n`, () => process.exit(EXIT.bug))
}

process.on('uncaughtException', fail)
process.stdout.on('error', () => {}) // whoever writes there hears of it
main().then(code => {
  process.exitCode = code
}, fail)
