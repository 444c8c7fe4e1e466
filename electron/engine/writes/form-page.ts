/**
 * What a browser without script is told about its form: that it cannot be, or
 * which of the files were not stored. In the look of the error pages.
 */
import { errorPageKind } from '../error-page.ts'
import { escapeHtml, icon, renderPage } from '../page.ts'
import { createPageResponse, createResponse, type Response } from '../response.ts'
import type { FormOutcome } from './form.ts'
import type { WriteProblem } from './write-problem.ts'

/** Nothing of the form was stored, or nobody can tell. */
export function problemPage(problem: WriteProblem): Response {
  const { status, title, options } = problem
  if (status === 499) return createResponse(499, [], null, { cause: options.cause ?? null })
  return page(status, title, `<p>${escapeHtml(options.detail ?? 'Nothing was changed.')}</p>`, options.cause)
}

/** `failed` is not empty. */
export function failuresPage({ added, failed }: FormOutcome): Response {
  const [first] = failed
  const items = failed.map(
    ({ name, problem }) => `<li><bdi>${escapeHtml(name)}</bdi>: ${escapeHtml(problem.title)}</li>`,
  )
  const count = failed.length === 1 ? 'One file was' : `${failed.length.toLocaleString('en-US')} files were`
  const rest =
    added === 0 ? '' : `<p>${added === 1 ? 'The other one is there.' : 'The others are there.'}</p>`
  return page(first?.problem.status ?? 500, `${count} not added`, `<ul>${items.join('')}</ul>${rest}`)
}

function page(status: number, title: string, text: string, cause: string | null = null): Response {
  const family = status < 500 ? '4' : '5'
  // An empty reference is the folder that the form was sent to.
  const main = `<main class="err" data-c="${family}"><p class="code">${icon(`s-${family}`)}${status}</p>
<h1>${escapeHtml(title)}</h1>${text}<div class="acts"><a class="pbtn" href="">Back to the Folder</a></div></main>`
  return createPageResponse(
    status,
    errorPageKind(),
    renderPage(errorPageKind(), `${status} ${title}`, main),
    [],
    cause,
  )
}
