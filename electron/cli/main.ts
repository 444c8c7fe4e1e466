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
import { createCombinedFormat, formatJson } from '../engine/access-log.ts'
import { type RunningServer, startServer } from '../engine/server.ts'
import type { Origin, TlsIdentity } from '../engine/types.ts'
import { parseArguments, type ServeArguments } from './arguments.ts'
import type { Certificate } from './https.ts'
import { createLogWriter } from './log-writer.ts'
import { createRemarks, remarksOn } from './remarks.ts'
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

/**
 * The address to print and open: one that means this computer everywhere, also where ::1 comes first. Of HTTPS the one
 * with the name, which is what certificates are for.
 */
function urlOf({ host, port, url }: Origin): string {
  return host === 'localhost' && url.startsWith('http:') ? `http://127.0.0.1:${port}/` : `${url}/`
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
  const { folder, host, port, listing, dotfiles, log, certificate, engine } = options
  const current = currentFolder()
  if (current === null && !isAbsolute(folder)) {
    say(currentFolderGone.title)
    return EXIT.failed
  }
  const root = resolve(current ?? '', folder)
  const writer = createLogWriter(process.stdout, {
    onDropped: count => say(`${count} lines of the log were dropped, because they were not read in time`),
  })
  const format = log === 'json' ? formatJson : createCombinedFormat()
  const remarks = createRemarks(say)

  let server: RunningServer | undefined
  let tls: TlsIdentity | null = null
  let secured: Certificate | null = null
  if (certificate !== 'none') {
    const { openCertificate } = await import('./https.ts')
    const renew = (identity: TlsIdentity): void => {
      tls = identity
      server?.renewTls(identity)
    }
    secured = await openCertificate(certificate === 'own' ? null : certificate, renew, say)
    if (secured === null) return EXIT.failed
    tls ??= secured.identity
  }
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
        tls,
        ...engine,
      },
      exchange => {
        if (log !== 'none') writer.write(format(exchange))
        if (exchange.note !== null) remarks.exchange(exchange)
      },
      {
        ...(secured?.downloads ? { authority: secured.downloads } : {}),
        onLiveLimit: remarks.liveLimit,
        onRules: remarks.rules,
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
  const shared = [first, ...others].flatMap(origin => (origin?.reach === 'network' ? [origin] : []))
  for (const origin of shared) if (origin !== first) say(`on the network at ${origin.url}/`)
  for (const { host: name } of new Set(first ? [first, ...shared] : [])) {
    if (secured?.covers(name) === false) say(`the certificate is not for ${name}: browsers warn of it there`)
  }
  for (const remark of remarksOn(options, shared)) say(remark)
  await invite(shared[0], options.qr, secured?.downloads != null)
  if (first && options.open) openInBrowser(urlOf(first))

  await stopSignal()
  await server.close(DRAIN)
  await writer.end(LAST_LINES)
  secured?.close()
  return EXIT.stopped
}

/** For other devices: the way to trust this computer, and a picture of the address. */
async function invite(origin: Origin | undefined, qr: boolean, canBeTrusted: boolean): Promise<void> {
  if (origin && canBeTrusted) {
    say(`other devices learn to trust it at http:${origin.url.slice('https:'.length)}/.servebar/ca`)
  }
  if (!qr) return
  if (!origin) return say('no QR code: this computer is in no network now')
  const { qrText } = await import('./qr.ts')
  words().write(qrText(`${origin.url}/`, process.stderr.isTTY))
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
  const wanted = parseArguments(process.argv.slice(2), { environment: process.env })
  switch (wanted.action) {
    case 'help':
      return (await print(usage)) ? EXIT.stopped : EXIT.failed
    case 'version':
      return (await print(`${version}\n`)) ? EXIT.stopped : EXIT.failed
    case 'refuse':
      say(wanted.message)
      // Not all of them: in most terminals they would push out what was wrong.
      say('servebar --help tells of all options')
      return EXIT.usage
    case 'trust':
    case 'untrust': {
      const { changeTrust } = await import('./https.ts')
      return (await changeTrust(wanted.action === 'trust', say)) ? EXIT.stopped : EXIT.failed
    }
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
