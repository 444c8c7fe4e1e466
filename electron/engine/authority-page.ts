/**
 * The page from which a phone gets the certificate of this computer's own
 * authority, and the files it offers. No secret is in any of them. Served by
 * plain HTTP too, since a device that does not trust it yet could not get it.
 */
import type { IncomingHttpHeaders } from 'node:http'
import { createPageKind, escapeHtml, type PageKind, renderPage } from './page.ts'
import { ERROR_STYLE } from './page-style.ts'
import { createPageResponse, createResponse, type Response } from './response.ts'
import type { Target } from './target.ts'

interface Download {
  readonly name: string
  readonly contentType: string
  readonly content: Buffer
}

export interface AuthorityDownloads {
  readonly name: string
  /** SHA-256, in pairs of digits with colons. */
  readonly fingerprint: string
  readonly der: Download
  readonly pem: Download
  readonly appleProfile: Download
}

const PAGE = '.servebar/ca'

/** Null where the target is none of ours. */
export function respondWithAuthority(
  { path }: Target,
  { fields }: { readonly fields: IncomingHttpHeaders },
  downloads: AuthorityDownloads,
): Response | null {
  if (path === PAGE) return createPageResponse(200, pageKind(), render(downloads, fields['user-agent'] ?? ''))
  const file = FILES.get(path)
  if (file === undefined) return null
  const { name, contentType, content } = downloads[file]
  const all = [
    ...['Content-Type', contentType, 'Content-Length', String(content.length), 'Cache-Control', 'no-store'],
    ...['Content-Disposition', `attachment; filename="${name}"`, 'X-Content-Type-Options', 'nosniff'],
  ]
  return createResponse(200, all, content)
}

const FILES = new Map([
  [`${PAGE}.crt`, 'der'],
  [`${PAGE}.pem`, 'pem'],
  [`${PAGE}.mobileconfig`, 'appleProfile'],
] as const) as ReadonlyMap<string, 'der' | 'pem' | 'appleProfile'>

let kind: PageKind | undefined

function pageKind(): PageKind {
  kind ??= createPageKind(ERROR_STYLE)
  return kind
}

const STEPS = {
  apple: {
    file: `${PAGE}.mobileconfig`,
    label: 'Download the profile',
    steps:
      'Open Settings, then “Profile Downloaded”, and install it. Then General, About, Certificate Trust Settings: switch it on.',
  },
  android: {
    file: `${PAGE}.crt`,
    label: 'Download the certificate',
    steps:
      'Open Settings, search for “CA certificate”, choose “Install anyway”, and pick the downloaded file.',
  },
  other: {
    file: `${PAGE}.crt`,
    label: 'Download the certificate',
    steps: 'Add the downloaded file to the trusted root certificates of this device or browser.',
  },
} as const

function render({ name, fingerprint }: AuthorityDownloads, agent: string): Buffer {
  const device = /iPhone|iPad|Macintosh/.test(agent) ? 'apple' : /Android/.test(agent) ? 'android' : 'other'
  const { file, label, steps } = STEPS[device]
  const main = `<main class="err"><h1>Trust this computer</h1>
<p>Then the pages that ${escapeHtml(name)} vouches for open here without a warning. It vouches for nothing but this computer and its local network. Only do this if the computer is yours.</p>
<p>${steps}</p>
<p class="path mono"><bdi>SHA-256 ${escapeHtml(fingerprint)}</bdi></p>
<div class="acts"><a class="pbtn" href="/${file}">${label}</a></div></main>`
  return renderPage(pageKind(), 'Trust this computer', main)
}
