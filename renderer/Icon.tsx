/**
 * The drawings of the panel: the symbols of the design in one sprite, mounted
 * once, and the two ways to show one. All are decoration; the control around
 * them carries the name. Not here: what a style sheet moves (Tile.tsx, Drop.tsx).
 */

export type IconName =
  | 'copy'
  | 'check'
  | 'open'
  | 'back'
  | 'next'
  | 'search'
  | 'pause'
  | 'play'
  | 'clear'
  | 'more'
  | 'gear'
  | 'plus'
  | 'x'
  | 'mac'
  | 'lan'
  | 'qr'
  | 'updown'
  | 'lock'
  | 'slow'
  | 'export'
export type GlyphName = 'g-idle' | 'g-error' | 's-2' | 's-3' | 's-4' | 's-5'

/** A 16 px interface icon. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="i" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  )
}

/** A state or status glyph; its size comes from what it stands in. */
export function Glyph({ name }: { readonly name: GlyphName }) {
  return (
    <svg viewBox={name.startsWith('s-') ? '0 0 10 10' : '0 0 16 16'} aria-hidden="true">
      <use href={`#${name}`} />
    </svg>
  )
}

export function Sprite() {
  return (
    <svg className="sprite" width="0" height="0" aria-hidden="true">
      <defs>
        <symbol id="g-idle" viewBox="0 0 16 16">
          <path
            d="M1.75 4.25c0-.83.67-1.5 1.5-1.5h2.7c.43 0 .84.19 1.13.52l1.27 1.48h4.4c.83 0 1.5.67 1.5 1.5v5c0 .83-.67 1.5-1.5 1.5h-9.5c-.83 0-1.5-.67-1.5-1.5z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinejoin="round"
          />
        </symbol>
        <symbol id="g-error" viewBox="0 0 16 16">
          <path
            d="M1.75 4.25c0-.83.67-1.5 1.5-1.5h2.7c.43 0 .84.19 1.13.52l1.27 1.48h4.4c.83 0 1.5.67 1.5 1.5v5c0 .83-.67 1.5-1.5 1.5h-9.5c-.83 0-1.5-.67-1.5-1.5z"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinejoin="round"
          />
          <path d="M8 7.05v1.3" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" />
          <circle cx="8" cy="10.35" r=".8" fill="currentColor" />
        </symbol>
        <symbol id="s-2" viewBox="0 0 10 10">
          <circle cx="5" cy="5" r="2.75" fill="currentColor" />
        </symbol>
        <symbol id="s-3" viewBox="0 0 10 10">
          <path
            d="M1.5 1.5v3A1.75 1.75 0 0 0 3.25 6.25H8.5M6.25 3.75l2.5 2.5-2.5 2.5"
            fill="none"
            stroke="currentColor"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </symbol>
        <symbol id="s-4" viewBox="0 0 10 10">
          <path
            d="M5 1.4 9 8.4H1z"
            fill="currentColor"
            stroke="currentColor"
            strokeWidth="1.3"
            strokeLinejoin="round"
          />
        </symbol>
        <symbol id="s-5" viewBox="0 0 10 10">
          <path
            d="M3.2.9h3.6l2.3 2.3v3.6L6.8 9.1H3.2L.9 6.8V3.2z"
            fill="currentColor"
            stroke="currentColor"
            strokeWidth=".6"
            strokeLinejoin="round"
          />
        </symbol>
        <symbol id="i-copy" viewBox="0 0 16 16">
          <rect x="5.75" y="5.75" width="7.75" height="7.75" rx="1.75" />
          <path d="M10.25 5.5V4.25a1.75 1.75 0 0 0-1.75-1.75H4.25A1.75 1.75 0 0 0 2.5 4.25V8.5a1.75 1.75 0 0 0 1.75 1.75H5.5" />
        </symbol>
        <symbol id="i-check" viewBox="0 0 16 16">
          <path d="m3.25 8.5 3.2 3.2 6.3-7" />
        </symbol>
        <symbol id="i-open" viewBox="0 0 16 16">
          <path d="M9.5 2.75h3.75V6.5M13 3 7.75 8.25M12.25 9.5v2.25c0 .83-.67 1.5-1.5 1.5h-6.5c-.83 0-1.5-.67-1.5-1.5v-6.5c0-.83.67-1.5 1.5-1.5H6.5" />
        </symbol>
        <symbol id="i-back" viewBox="0 0 16 16">
          <path d="M9.75 3.5 5.25 8l4.5 4.5" />
        </symbol>
        <symbol id="i-next" viewBox="0 0 16 16">
          <path d="M6.25 3.5 10.75 8l-4.5 4.5" />
        </symbol>
        <symbol id="i-updown" viewBox="0 0 16 16">
          <path d="m5.25 6 2.75-2.75L10.75 6M5.25 10 8 12.75 10.75 10" />
        </symbol>
        <symbol id="i-lock" viewBox="0 0 16 16">
          <rect x="3.5" y="7" width="9" height="6.5" rx="1.5" />
          <path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />
        </symbol>
        <symbol id="i-slow" viewBox="0 0 16 16">
          <path d="M3.9 12.6a5.75 5.75 0 1 1 8.2 0M8 8.75 4.9 6.6" />
          <circle cx="8" cy="8.75" r=".9" fill="currentColor" />
        </symbol>
        <symbol id="i-export" viewBox="0 0 16 16">
          <path d="M8 2.5v7.25M5 7l3 3 3-3M2.75 10.75v1.5c0 .7.55 1.25 1.25 1.25h8c.7 0 1.25-.55 1.25-1.25v-1.5" />
        </symbol>
        <symbol id="i-search" viewBox="0 0 16 16">
          <circle cx="7" cy="7" r="4.25" />
          <path d="m10.25 10.25 3.25 3.25" />
        </symbol>
        <symbol id="i-pause" viewBox="0 0 16 16">
          <path d="M5.75 3.75v8.5M10.25 3.75v8.5" strokeWidth="2" />
        </symbol>
        <symbol id="i-play" viewBox="0 0 16 16">
          <path d="M5.25 3.6v8.8L12 8z" fill="currentColor" />
        </symbol>
        <symbol id="i-clear" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="5.5" />
          <path d="m4.25 4.25 7.5 7.5" />
        </symbol>
        <symbol id="i-more" viewBox="0 0 16 16">
          <path d="M3.5 8h.01M8 8h.01M12.5 8h.01" strokeWidth="2.2" />
        </symbol>
        <symbol id="i-gear" viewBox="0 0 16 16">
          <circle cx="8" cy="8" r="1.9" />
          <path d="M8 1.75v1.6M8 12.65v1.6M1.75 8h1.6M12.65 8h1.6M3.58 3.58l1.13 1.13M11.29 11.29l1.13 1.13M12.42 3.58l-1.13 1.13M4.71 11.29l-1.13 1.13" />
          <circle cx="8" cy="8" r="4.6" />
        </symbol>
        <symbol id="i-plus" viewBox="0 0 16 16">
          <path d="M8 3.25v9.5M3.25 8h9.5" />
        </symbol>
        <symbol id="i-x" viewBox="0 0 16 16">
          <path d="m4.5 4.5 7 7M11.5 4.5l-7 7" />
        </symbol>
        <symbol id="i-mac" viewBox="0 0 16 16">
          <rect x="2.75" y="3" width="10.5" height="7.25" rx="1.5" />
          <path d="M1.5 13h13" />
        </symbol>
        <symbol id="i-lan" viewBox="0 0 16 16">
          <path d="M5.4 10.6a3.7 3.7 0 0 1 0-5.2M10.6 5.4a3.7 3.7 0 0 1 0 5.2M3.3 12.7a6.6 6.6 0 0 1 0-9.4M12.7 3.3a6.6 6.6 0 0 1 0 9.4" />
          <circle cx="8" cy="8" r=".9" fill="currentColor" />
        </symbol>
        <symbol id="i-qr" viewBox="0 0 16 16">
          <rect x="2.5" y="2.5" width="4" height="4" rx=".75" />
          <rect x="9.5" y="2.5" width="4" height="4" rx=".75" />
          <rect x="2.5" y="9.5" width="4" height="4" rx=".75" />
          <path
            d="M9.75 9.75h.01M13.25 9.75h.01M11.5 11.5h.01M9.75 13.25h.01M13.25 13.25h.01"
            strokeWidth="1.8"
          />
        </symbol>
      </defs>
    </svg>
  )
}
