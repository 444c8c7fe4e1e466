/**
 * The Content-Security-Policy of the panel's page, for every host that serves
 * it: the page runs and shows its own files, talks to its own host only, and is
 * in nobody's frame.
 */

/** `connect`: where the page's socket may lead; absent: nowhere. */
export function panelPolicy(connect?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    ...(connect === undefined ? [] : [`connect-src ${connect}`]),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
