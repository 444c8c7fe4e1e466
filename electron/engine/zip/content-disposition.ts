/**
 * `Content-Disposition: attachment` with a file name (RFC 6266): in UTF-8
 * (RFC 8187), and in ASCII for who does not read that.
 */

export function attachment(fileName: string): string {
  // Text that is no text (half a surrogate pair) cannot be encoded; a path is not a name.
  const name = fileName.replace(/\p{Surrogate}|[/\\\p{Cc}]/gu, '_')
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]|["%]/g, '_')
  const plain = `attachment; filename="${ascii}"`
  return ascii === name ? plain : `${plain}; filename*=UTF-8''${encodeExtended(name)}`
}

/** RFC 8187 §3.2.1: what is no attr-char stands in percent signs. */
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replace(
    /['()*]/g,
    char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
