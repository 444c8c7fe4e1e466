import { describe, expect, it } from 'vitest'
import { checkFirewall, type FirewallQuestion } from '../../electron/app/share-firewall.ts'
import type { RunCommand } from '../../electron/app/trust-store.ts'

const unreadable = () => Promise.reject(new Error('EACCES'))

/** Answers by the command line it is asked with; all others are missing. */
function tools(answers: Readonly<Record<string, string | { code: number; stdout: string }>>): RunCommand {
  return async (program, args) => {
    const line = [program.replace(/^.*\//, ''), ...args].join(' ')
    const key = Object.keys(answers).find(each => line.startsWith(each))
    const answer = key === undefined ? undefined : answers[key]
    if (answer === undefined) return 'missing'
    return { code: 0, stderr: '', ...(typeof answer === 'string' ? { stdout: answer } : answer) }
  }
}

async function ask(
  os: FirewallQuestion['os'],
  answers: Parameters<typeof tools>[0],
  read: FirewallQuestion['read'] = unreadable,
) {
  const program = os === 'win32' ? "C:\\Ann's apps\\Servebar.exe" : '/Applications/Servebar 1.app/Servebar'
  const findings = await checkFirewall({ os, port: 8080, program, run: tools(answers), read })
  return findings.map(({ ok, title, command }) => (ok ? 'open' : `${title} | ${command}`))
}

describe('the firewall of macOS', () => {
  const on = { 'socketfilterfw --getglobalstate': 'Firewall is enabled. (State = 1)' }
  const someOn = { ...on, 'socketfilterfw --getblockall': 'Firewall has block all state set to disabled.' }

  it('is off', async () => {
    expect(
      await ask('darwin', { 'socketfilterfw --getglobalstate': 'Firewall is disabled. (State = 0)' }),
    ).toEqual(['open'])
  })

  it('blocks all', async () => {
    const all = { ...on, 'socketfilterfw --getblockall': 'Firewall has block all state set to enabled.' }
    expect(await ask('darwin', all)).toEqual([
      'The firewall of macOS blocks all incoming connections | sudo /usr/libexec/ApplicationFirewall/socketfilterfw --setblockall off',
    ])
  })

  it('blocks this program', async () => {
    const app = {
      ...someOn,
      'socketfilterfw --getappblocked': 'Incoming connection to the application is blocked',
    }
    expect(await ask('darwin', app)).toEqual([
      "The firewall of macOS blocks Servebar | sudo /usr/libexec/ApplicationFirewall/socketfilterfw --unblockapp '/Applications/Servebar 1.app/Servebar'",
    ])
  })

  it.each([
    'Incoming connection to the application is permitted',
    'The application is not part of the firewall',
  ])('lets in: %s', async stdout => {
    expect(await ask('darwin', { ...someOn, 'socketfilterfw --getappblocked': stdout })).toEqual(['open'])
  })
})

describe('the firewall of Windows', () => {
  const told = (categories: string[], profiles: string[], rules: string[]) => ({
    'powershell.exe': JSON.stringify({ categories, profiles, rules }),
  })

  it('lets in what has a rule', async () => {
    expect(await ask('win32', told(['Private'], ['Domain', 'Private', 'Public'], ['Allow Private']))).toEqual(
      ['open'],
    )
    expect(await ask('win32', told(['Public'], ['Private'], []))).toEqual(['open'])
  })

  it('keeps out what has none', async () => {
    expect(await ask('win32', told(['Public'], ['Public'], ['Allow Private']))).toEqual([
      "Windows Defender Firewall does not let other devices in on public networks | New-NetFirewallRule -DisplayName Servebar -Direction Inbound -Action Allow -Profile Public -Program 'C:\\Ann''s apps\\Servebar.exe'",
    ])
  })

  it('keeps out what has a rule against it', async () => {
    const [finding] = await ask('win32', told(['Private'], ['Private'], ['Allow Private', 'Block Any']))
    expect(finding).toMatch(/^Windows Defender Firewall blocks Servebar on private networks \| Get-Net/)
  })

  it('is not spoken of when the answer is no answer', async () => {
    expect(await ask('win32', { 'powershell.exe': 'not JSON' })).toEqual([])
    expect(await ask('win32', { 'powershell.exe': { code: 1, stdout: '' } })).toEqual([])
  })
})

describe('firewalls of Linux', () => {
  const closed = 'The firewall ufw keeps port 8080 closed | sudo ufw allow 8080/tcp'

  it.each([
    ['Status: inactive', 'open'],
    ['Status: active\n\nTo   Action  From\n--   ------  ----\n22/tcp   ALLOW   Anywhere', closed],
    ['Status: active\n8080/udp   ALLOW   Anywhere', closed],
    ['Status: active\n8080/tcp   DENY   Anywhere', closed],
    ['Status: active\n8080/tcp   ALLOW   Anywhere', 'open'],
    ['Status: active\n8000:9000/tcp   ALLOW   Anywhere', 'open'],
    ['Status: active\nAnywhere   ALLOW   192.168.1.0/24', 'open'],
  ])('ufw: %s', async (status, finding) => {
    expect(await ask('linux', { 'ufw status': status })).toEqual([finding])
  })

  it('ufw, to who is no administrator', async () => {
    const refused = { 'ufw status': { code: 1, stdout: '' } }
    expect(await ask('linux', refused, async () => 'ENABLED=no\n')).toEqual(['open'])
    expect(await ask('linux', refused, async () => '# ENABLED=no\nENABLED=yes\n')).toEqual([
      'The firewall ufw is on and may keep port 8080 closed | sudo ufw allow 8080/tcp',
    ])
    expect(await ask('linux', refused)).toEqual([])
  })

  it('firewalld', async () => {
    const running = { 'firewall-cmd --state': 'running\n' }
    expect(await ask('linux', { ...running, 'firewall-cmd --query-port=8080/tcp': 'yes\n' })).toEqual([
      'open',
    ])
    const no = { ...running, 'firewall-cmd --query-port=8080/tcp': { code: 1, stdout: 'no\n' } }
    expect(await ask('linux', no)).toEqual([
      'The firewall firewalld keeps port 8080 closed | sudo firewall-cmd --add-port=8080/tcp',
    ])
    expect(await ask('linux', {})).toEqual([])
  })

  it('is not waited for when a tool fails', async () => {
    const findings = await checkFirewall({
      os: 'linux',
      port: 8080,
      program: '/usr/bin/servebar',
      run: () => Promise.reject(new Error('EACCES')),
      read: unreadable,
    })
    expect(findings).toEqual([])
  })
})
