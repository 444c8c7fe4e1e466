/**
 * Whether a firewall of this computer keeps other devices out: that of macOS,
 * of Windows, ufw and firewalld. Asks the system's own tools, which may not be
 * there or may not answer; what cannot be told is not claimed. Changes nothing:
 * the command that would is for the user to copy.
 */
import { readFile } from 'node:fs/promises'
import type { HostInfo, ShareFinding } from '../contract.ts'
import type { CommandResult, RunCommand } from './trust-store.ts'

export interface FirewallQuestion {
  readonly os: HostInfo['os']
  readonly port: number
  /** The program that listens, as the firewalls of macOS and Windows know it. */
  readonly program: string
  readonly run: RunCommand
  /** Rejects when it cannot be read. Default: the file system's. */
  readonly read?: (file: string) => Promise<string>
}

const TIME_LIMIT = 4000
/** PowerShell takes seconds to start. */
const SLOW_TIME_LIMIT = 15_000

/** What is in the way, and, when that is nothing, one finding that says so; none where nothing is known. */
export async function checkFirewall(question: FirewallQuestion): Promise<readonly ShareFinding[]> {
  const ask = { darwin: askMacOs, win32: askWindows, linux: askLinux }[question.os]
  try {
    return await ask(question)
  } catch {
    return []
  }
}

const isOpen: ShareFinding = {
  ok: true,
  title: 'No firewall of this computer is in the way',
  detail: null,
  command: null,
}

async function output(
  run: RunCommand,
  program: string,
  args: readonly string[],
  timeLimit = TIME_LIMIT,
): Promise<CommandResult | null> {
  const result = await run(program, args, timeLimit).catch(() => 'missing' as const)
  return result === 'missing' || result.code === null ? null : result
}

// ---- macOS ----

const SOCKET_FILTER = '/usr/libexec/ApplicationFirewall/socketfilterfw'

async function askMacOs({ run, program }: FirewallQuestion): Promise<readonly ShareFinding[]> {
  const state = await output(run, SOCKET_FILTER, ['--getglobalstate'])
  if (state === null) return []
  if (/disabled|State = 0/i.test(state.stdout)) return [isOpen]
  const all = await output(run, SOCKET_FILTER, ['--getblockall'])
  if (all !== null && /block all.*\benabled|is enabled/i.test(all.stdout) && !/disabled/i.test(all.stdout)) {
    return [
      {
        ok: false,
        title: 'The firewall of macOS blocks all incoming connections',
        detail: 'Switch that off in System Settings, Network, Firewall, Options.',
        command: `sudo ${SOCKET_FILTER} --setblockall off`,
      },
    ]
  }
  const app = await output(run, SOCKET_FILTER, ['--getappblocked', program])
  if (app === null || !/\bblocked\b|BLOCK/i.test(app.stdout) || /permitted|not part/i.test(app.stdout)) {
    return [isOpen]
  }
  return [
    {
      ok: false,
      title: 'The firewall of macOS blocks Servebar',
      detail: 'Allow it in System Settings, Network, Firewall, Options.',
      command: `sudo ${SOCKET_FILTER} --unblockapp ${quoted(program)}`,
    },
  ]
}

/** For a shell of Unix. */
function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`
}

// ---- Windows ----

/** Strings, since the numbers of these kinds are nobody's promise. */
function windowsScript(program: string): string {
  const path = program.replace(/'/g, "''")
  return [
    "$ErrorActionPreference='SilentlyContinue'",
    '$c=@(Get-NetConnectionProfile | % { "$($_.NetworkCategory)" })',
    '$f=@(Get-NetFirewallProfile -PolicyStore ActiveStore | ? { "$($_.Enabled)" -eq "True" } | % { "$($_.Name)" })',
    `$r=@(Get-NetFirewallApplicationFilter -Program '${path}' | Get-NetFirewallRule | ? { "$($_.Direction)" -eq "Inbound" -and "$($_.Enabled)" -eq "True" } | % { "$($_.Action) $($_.Profile)" })`,
    '[Console]::Out.Write((@{ categories=$c; profiles=$f; rules=$r } | ConvertTo-Json -Compress))',
  ].join('; ')
}

async function askWindows({ run, program }: FirewallQuestion): Promise<readonly ShareFinding[]> {
  const args = ['-NoProfile', '-NonInteractive', '-Command', windowsScript(program)]
  const result = await output(run, 'powershell.exe', args, SLOW_TIME_LIMIT)
  if (result === null || result.code !== 0) return []
  const told = JSON.parse(result.stdout) as { [key: string]: unknown }
  const categories = stringsOf(told.categories).map(each => (/^Domain/.test(each) ? 'Domain' : each))
  const guarded = stringsOf(told.profiles).filter(profile => categories.includes(profile))
  const profile = guarded[0]
  if (profile === undefined) return categories.length > 0 ? [isOpen] : []
  const rules = stringsOf(told.rules).filter(rule => /\bAny\b/.test(rule) || rule.includes(profile))
  const isBlocked = rules.some(rule => rule.startsWith('Block'))
  if (!isBlocked && rules.some(rule => rule.startsWith('Allow'))) return [isOpen]
  const place = profile === 'Public' ? 'public' : profile.toLowerCase()
  return [
    {
      ok: false,
      title: isBlocked
        ? `Windows Defender Firewall blocks Servebar on ${place} networks`
        : `Windows Defender Firewall does not let other devices in on ${place} networks`,
      detail:
        profile === 'Public'
          ? 'If this is your home or work network, make it a private one in Settings, Network. Or allow Servebar, in PowerShell as administrator:'
          : 'Allow Servebar, in PowerShell as administrator:',
      command: isBlocked
        ? `Get-NetFirewallApplicationFilter -Program '${program.replace(/'/g, "''")}' | Get-NetFirewallRule | Set-NetFirewallRule -Action Allow`
        : `New-NetFirewallRule -DisplayName Servebar -Direction Inbound -Action Allow -Profile ${profile} -Program '${program.replace(/'/g, "''")}'`,
    },
  ]
}

/** One value is no list in this JSON. */
function stringsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(each => typeof each === 'string')
}

// ---- Linux ----

async function askLinux(question: FirewallQuestion): Promise<readonly ShareFinding[]> {
  const found = await Promise.all([askUfw(question), askFirewalld(question)])
  const known = found.filter(finding => finding !== null)
  const closed = known.filter(finding => !finding.ok)
  return closed.length > 0 ? closed : known.slice(0, 1)
}

/** Only an administrator may ask for its rules; whether it is on at all is in a file that all may read. */
async function askUfw({ run, port, read = readText }: FirewallQuestion): Promise<ShareFinding | null> {
  const fix = { detail: `Let port ${port} in:`, command: `sudo ufw allow ${port}/tcp` }
  const status = await output(run, 'ufw', ['status'])
  if (status?.code === 0) {
    if (/^Status: inactive/m.test(status.stdout)) return isOpen
    return allowsInUfw(status.stdout, port)
      ? isOpen
      : { ok: false, title: `The firewall ufw keeps port ${port} closed`, ...fix }
  }
  const settings = await read('/etc/ufw/ufw.conf').catch(() => null)
  if (settings === null) return null
  return /^\s*ENABLED=yes/im.test(settings)
    ? { ok: false, title: `The firewall ufw is on and may keep port ${port} closed`, ...fix }
    : isOpen
}

/** A line such as `8080/tcp   ALLOW   Anywhere`, `8000:9000/tcp`, or `Anywhere`. */
function allowsInUfw(status: string, port: number): boolean {
  return status.split('\n').some(line => {
    const [, to = '', protocol] = /^(\S+?)(?:\/(tcp|udp))?(?: \(v6\))?\s+ALLOW\b/.exec(line) ?? []
    if (protocol === 'udp') return false
    const [first, last = first] = to.split(':').map(Number)
    return to === 'Anywhere' || (first !== undefined && last !== undefined && first <= port && port <= last)
  })
}

async function askFirewalld({ run, port }: FirewallQuestion): Promise<ShareFinding | null> {
  const state = await output(run, 'firewall-cmd', ['--state'])
  if (state === null || !/^running/.test(state.stdout)) return null
  const answer = await output(run, 'firewall-cmd', [`--query-port=${port}/tcp`])
  if (answer === null || !/^(?:yes|no)/.test(answer.stdout)) return null
  if (answer.stdout.startsWith('yes')) return isOpen
  return {
    ok: false,
    title: `The firewall firewalld keeps port ${port} closed`,
    detail: `Let port ${port} in, until the next restart:`,
    command: `sudo firewall-cmd --add-port=${port}/tcp`,
  }
}

const readText = (file: string): Promise<string> => readFile(file, 'utf8')
