/**
 * What the listing page has where visitors may add, rename or delete files: the
 * form of the design, which works without script, and a script that makes more of
 * it. The script stands in the page itself, so that the policy can name it by its
 * hash: `'self'` would also allow a script that somebody has uploaded.
 */
/// <reference path="./client-text.d.ts" />
import { createPageKind, escapeHtml, type IconName, icon, type PageKind } from '../page.ts'
import { LISTING_STYLE } from '../page-style.ts'
import type { Site } from '../request.ts'
import { ACCESS_STYLE } from './access-style.ts'
import script from './client/main.ts?script'
import { FORM_FILES, FORM_TOKEN } from './form.ts'

/** What a visitor may do besides reading. */
export interface PageAccess {
  readonly token: string
  readonly uploads: { readonly maxSize: number; readonly overwrite: boolean } | null
  readonly manage: boolean
  readonly trash: boolean
  readonly hidden: boolean
  readonly zip: boolean
}

export function accessOf({ live, writes }: Site): PageAccess {
  const { uploads, manage, dotfiles, zip } = live
  return { token: writes.token, uploads, manage, trash: writes.hasTrash, hidden: dotfiles, zip }
}

export const canWrite = ({ uploads, manage }: PageAccess): boolean => uploads !== null || manage

/** Those that the script draws. */
export const WRITING_ICONS: readonly IconName[] = ['i-plus', 'i-more']

let kind: PageKind | undefined

export function writingPageKind(): PageKind {
  kind ??= createPageKind(LISTING_STYLE + ACCESS_STYLE, script)
  return kind
}

/** `listing`: the list, or what stands in its place. The script reads `data-access`. */
export function renderWriting({ zip: _zip, ...access }: PageAccess, listing: string): string {
  const { uploads, token } = access
  const maxSize = uploads !== null && Number.isFinite(uploads.maxSize) ? uploads.maxSize : null
  const told = { ...access, uploads: uploads && { ...uploads, maxSize } }
  const form =
    uploads === null
      ? ''
      : `<form class="put" method="post" enctype="multipart/form-data" action="./"><input type="hidden" name="${FORM_TOKEN}" value="${token}">${icon('i-plus', 'ic')}<input type="file" name="${FORM_FILES}" multiple aria-label="Files to upload"><button class="pbtn">Upload</button></form>`
  return `<div data-access="${escapeHtml(JSON.stringify(told))}"><div class="listing">${listing}</div>${form}</div>`
}
