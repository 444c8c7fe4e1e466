/**
 * Step 7 for a site whose pages reload: a document gets the script, which makes
 * it another form with a validator of its own, sent as it is; all else is as
 * without. What cannot take the script is left alone, and the record says why.
 */
import { type Selected, selectForm } from '../content-coding.ts'
import { addFields } from '../header-fields.ts'
import { KeptFile, type SourceFile } from '../kept-file.ts'
import { readInto } from '../open-file.ts'
import type { Request, Site } from '../request.ts'
import { type Soon, whenReady } from '../soon.ts'
import {
  asksForDocument,
  INJECTION_FIELDS,
  injectedValidators,
  isInjectable,
  type Page,
  planInjection,
  WINDOW,
} from './inject.ts'
import type { LiveReload } from './live-reload.ts'

/** Takes `file` over, as selectForm() does. */
export function selectPage(
  file: SourceFile,
  request: Request,
  site: Site,
  reload: LiveReload,
): Soon<Selected | null> {
  if (!isInjectable(file.contentType)) return selectForm(file, request, site)
  const asked = asksForDocument(request.fields)
  if (asked === 'no') return whenReady(selectForm(file, request, site), varying)
  return whenReady(beginningOf(file), beginning => {
    const page: Page = {
      contentType: file.contentType,
      beginning,
      size: file.size,
      asked,
      policies: request.policiesOf?.(file.name) ?? policiesOf(site),
      origin: originOf(request, site),
    }
    const plan = planInjection(page)
    if (plan.content === null) {
      return whenReady(selectForm(file, request, site), form => form && varying({ ...form, note: plan.note }))
    }
    // Not compressed: it is for this computer and its network, and made anew with each change.
    return varying({
      file,
      source: file,
      contentType: file.contentType,
      coding: null,
      made: false,
      validators: injectedValidators(file.validators, plan),
      vary: site.live.codings ? ['Vary', 'Accept-Encoding'] : [],
      injection: plan,
      stamp: reload.stamp(),
    })
  })
}

function varying<F extends Selected | null>(form: F): F {
  return form && { ...form, vary: addFields(form.vary, ['Vary', INJECTION_FIELDS]) }
}

/** Whether the file has to be open for its form to be known: where the script goes, its beginning tells. */
export function isToBeOpened(file: SourceFile): boolean {
  return file instanceof KeptFile && file.content === null && isInjectable(file.contentType)
}

function beginningOf(file: SourceFile): Soon<Buffer> {
  if (file instanceof KeptFile) return file.content?.subarray(0, WINDOW) ?? Buffer.alloc(0)
  const length = Math.min(WINDOW, file.size)
  const buffer = Buffer.allocUnsafe(length)
  return readInto(file.fd, buffer, length, 0).then(count => buffer.subarray(0, count))
}

function policiesOf({ live }: Site): string[] {
  return live.fields
    .filter(([name]) => name.toLowerCase() === 'content-security-policy')
    .map(([, value]) => value)
}

function originOf({ hosts }: Request, { scheme }: Site): Page['origin'] {
  const [, host = '', port] = /^(.*?)(?::(\d*))?$/.exec(hosts[0] ?? '') ?? []
  return { scheme, host, port: port || (scheme === 'https' ? '443' : '80') }
}
