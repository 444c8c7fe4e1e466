/**
 * Trust in the user's words: whose place it is, and for each obstacle what
 * happened and the steps to do it by hand. Steps are data, so that a panel can
 * give each command its Copy button, and a terminal can print them.
 */
import { shell } from './certificates/words.ts'
import type { Anchor, TrustObstacle, TrustPlace } from './trust-store.ts'
import { layouts, systemFileName } from './trust-system.ts'

interface Step {
  readonly text: string
  /** To be typed into a terminal. */
  readonly command?: string
}

export interface Explanation {
  /** One short sentence without a full stop. */
  readonly heading: string
  readonly steps: readonly Step[]
}

export interface ExplanationContext {
  readonly os: 'darwin' | 'win32' | 'linux'
  readonly anchor: Pick<Anchor, 'certificate' | 'file'>
  /** What people look for in a list of authorities: `authority.name`. */
  readonly name: string
  /** `ID` and `ID_LIKE` of /etc/os-release, on Linux. */
  readonly distribution?: string
}

/** Whose place it is: `Firefox (snap or flatpak firefox)`. */
export function placeWords({ owner, kind, bundle }: TrustPlace): string {
  const owners: Record<TrustPlace['owner'], string> = {
    system: kind === 'keychain' ? 'Your login keychain' : 'Your Windows certificate store',
    chromium: 'Chromium, Chrome, Edge and Brave',
    firefox: 'Firefox',
    programs: 'curl, git and other programs',
  }
  return bundle === undefined ? owners[owner] : `${owners[owner]} (${bundle})`
}

/** Why the authority could not be installed, and what to do instead. */
export function explainInstall(
  place: TrustPlace,
  obstacle: TrustObstacle,
  context: ExplanationContext,
): Explanation {
  return { heading: headingOf(place, obstacle), steps: installSteps(place, obstacle, context) }
}

/** Why it could not be removed, and what to do instead. */
export function explainRemoval(
  place: TrustPlace,
  obstacle: TrustObstacle,
  context: ExplanationContext,
): Explanation {
  return { heading: headingOf(place, obstacle), steps: removalSteps(place, obstacle, context) }
}

function headingOf(place: TrustPlace, obstacle: TrustObstacle): string {
  const where = placeWords(place)
  switch (obstacle.kind) {
    case 'no-tool':
      return `${where}: the program ${obstacle.tool} is missing`
    case 'needs-administrator':
      return `${where}: this needs an administrator`
    case 'declined':
      return `${where}: you said no, so nothing was changed`
    case 'locked':
      return `${where}: a password protects the list of authorities`
    case 'failed':
      return `${where}: ${obstacle.tool} failed (${obstacle.message})`
    case 'no-effect':
      return `${where}: the system reported success, but nothing changed`
  }
}

function installSteps(
  place: TrustPlace,
  obstacle: TrustObstacle,
  context: ExplanationContext,
): readonly Step[] {
  const { file } = context.anchor
  if (obstacle.kind === 'declined') return [{ text: 'Try again, and allow it in the dialog.' }]
  if (obstacle.kind === 'no-tool' && place.kind === 'nss')
    return [toolStep(context), { text: 'Then try again.' }]
  switch (place.kind) {
    case 'keychain':
      return [
        {
          text: 'Run this in Terminal, and type your password when macOS asks.',
          command: `security add-trusted-cert -r trustRoot -p ssl -p basic -k ${shell(place.path, 'darwin')} ${shell(file, 'darwin')}`,
        },
      ]
    case 'windows':
      return [
        {
          text: 'Run this in a Command Prompt, and answer Yes.',
          command: `certutil -user -addstore Root ${shell(file, 'win32')}`,
        },
      ]
    case 'nss':
      return importSteps(place, file)
    case 'system':
      return [
        {
          text: 'Run this in a terminal.',
          command: `sudo install -m 644 ${shell(file, 'linux')} ${shell(systemPath(place, context), 'linux')} && sudo ${updateOf(place, 'update')}`,
        },
      ]
  }
}

function removalSteps(
  place: TrustPlace,
  obstacle: TrustObstacle,
  context: ExplanationContext,
): readonly Step[] {
  const { name } = context
  if (obstacle.kind === 'declined') return [{ text: 'Try again, and allow it in the dialog.' }]
  if (obstacle.kind === 'no-tool' && place.kind === 'nss')
    return [toolStep(context), { text: 'Then try again.' }]
  switch (place.kind) {
    case 'keychain':
      return [{ text: `Open Keychain Access, choose “login”, search for “${name}”, and delete it.` }]
    case 'windows':
      return [
        { text: 'Open the list of your certificates.', command: 'certmgr.msc' },
        { text: `Under Trusted Root Certification Authorities, find “${name}”, and delete it.` },
      ]
    case 'nss':
      return [{ text: openList(place) }, { text: `Find “${name}” under Servebar, and delete it.` }]
    case 'system':
      return [
        {
          text: 'Run this in a terminal.',
          command: `sudo rm -f ${shell(systemPath(place, context), 'linux')} && sudo ${updateOf(place, 'updateAfterRemoval')}`,
        },
      ]
  }
}

function importSteps(place: TrustPlace, file: string): readonly Step[] {
  return [
    { text: openList(place) },
    { text: `Under Authorities, choose Import, and the file ${file}.` },
    { text: 'Check “Trust this CA to identify websites”.' },
  ]
}

function openList({ owner }: TrustPlace): string {
  return owner === 'firefox'
    ? 'In Firefox, open Settings, search for “certificates”, and choose View Certificates.'
    : 'In the browser, open chrome://certificate-manager (in older ones chrome://settings/certificates).'
}

/** The package that has the certutil of NSS. */
function toolStep({ distribution = '' }: ExplanationContext): Step {
  const commands: readonly (readonly [RegExp, string])[] = [
    [/\b(debian|ubuntu)\b/, 'sudo apt install libnss3-tools'],
    [/\b(fedora|rhel|centos)\b/, 'sudo dnf install nss-tools'],
    [/\barch\b/, 'sudo pacman -S nss'],
    [/suse/, 'sudo zypper install mozilla-nss-tools'],
    [/\balpine\b/, 'sudo apk add nss-tools'],
  ]
  const found = commands.find(([pattern]) => pattern.test(distribution))
  return found
    ? { text: 'Install the tool in a terminal.', command: found[1] }
    : { text: 'Install the NSS tools of your distribution, which have certutil in them.' }
}

function systemPath({ path }: TrustPlace, { anchor }: ExplanationContext): string {
  return `${path}/${systemFileName(anchor)}`
}

function updateOf({ path }: TrustPlace, which: 'update' | 'updateAfterRemoval'): string {
  return layouts.find(({ anchors }) => anchors === path)?.[which].join(' ') ?? 'update-ca-certificates'
}
