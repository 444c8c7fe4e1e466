/**
 * The style of the pages that visitors see, as constants because the engine is
 * bundled into one file and each page is one response. Taken from the design's
 * `listing.css` and the tokens of `tokens.css` that it uses; change it there
 * first. What only pages with uploads need is in writes/access-style.ts.
 */

/** Colour and type tokens: light, dark after the visitor's system, finer lines, more contrast. */
const TOKENS = `:root {
  color-scheme: light;
  --font-ui: -apple-system, BlinkMacSystemFont, system-ui, "Segoe UI Variable Text", "Segoe UI", Roboto, "Noto Sans", sans-serif;
  --font-mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "Liberation Mono", monospace;
  --text-small: 12px;
  --lh-small: 16px;
  --text-body: 13px;
  --lh-body: 18px;
  --text-lead: 15px;
  --lh-lead: 22px;
  --text-page: 22px;
  --lh-page: 28px;
  --text-display: 28px;
  --lh-display: 34px;
  --weight-regular: 400;
  --weight-medium: 500;
  --weight-semibold: 600;
  --hair: 1px;
  --hair-control: 1px;
  --bg-content: #FFFFFF;
  --bg-well: #E9ECEB;
  --bg-raised: #FFFFFF;
  --bg-hover: #EDF0EE;
  --ink: #161B18;
  --ink-2: #48504C;
  --ink-3: #5F6763;
  --line: #D3D9D6;
  --line-control: #7C8480;
  --live: #0A734F;
  --warn: #8A5200;
  --error: #B3261E;
  --focus: #0A734F;
  --shadow-control: 0 0 0 .5px rgb(22 27 24 / .16), 0 1px 1.5px rgb(22 27 24 / .10);
}
@media (prefers-color-scheme: dark) {
:root {
  color-scheme: dark;
  --bg-content: #262A28;
  --bg-well: #171A19;
  --bg-raised: #3A403D;
  --bg-hover: #2B302E;
  --ink: #F0F4F2;
  --ink-2: #BAC2BE;
  --ink-3: #A5AEA9;
  --line: #3D4340;
  --line-control: #868F8B;
  --live: #34BF8A;
  --warn: #F0B45A;
  --error: #FF9389;
  --focus: #4ED09F;
  --shadow-control: 0 0 0 .5px rgb(0 0 0 / .5), inset 0 .5px 0 rgb(255 255 255 / .10), 0 1px 1.5px rgb(0 0 0 / .3);
}
}
@media (min-resolution: 1.5dppx) { :root { --hair: .5px; --hair-control: .75px; } }
@media (prefers-contrast: more) { :root { --hair: 1px; --hair-control: 1.5px; --ink-2: var(--ink); --ink-3: var(--ink); --line: var(--line-control); } }
`

/** What every page has. */
const PAGE = `.pg { container: pg / inline-size; min-height: 100vh; min-height: 100dvh; margin: 0; background: var(--bg-content); color: var(--ink); font: var(--text-lead)/var(--lh-lead) var(--font-ui); -webkit-font-smoothing: antialiased; -webkit-text-size-adjust: 100%; }
:where(.pg, .pg *) { box-sizing: border-box; }
:where(.pg) :where(ol, p, h1, dl, dd, form) { margin: 0; padding: 0; list-style: none; font: inherit; }
:where(.pg) a { color: inherit; text-decoration: none; border-radius: 3px; }
.pg :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.pg svg { flex: none; }
.wrap { max-width: 928px; margin: 0 auto; padding: 44px 24px 28px; display: flex; flex-direction: column; min-height: inherit; }
.mono { font-family: var(--font-mono); font-variant-ligatures: none; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.pbtn { display: inline-flex; align-items: center; justify-content: center; gap: 6px; min-height: 36px; padding: 0 14px; border: 0; border-radius: 9px; background: var(--bg-raised); color: var(--ink); font: var(--text-body)/var(--lh-body) var(--font-ui); box-shadow: var(--shadow-control); white-space: nowrap; }
.pbtn:hover { background: color-mix(in srgb, var(--ink) 5%, var(--bg-raised)); }
.by { display: flex; align-items: center; gap: 6px; margin-top: auto; padding: 28px 12px 0; font-size: var(--text-small); line-height: var(--lh-small); color: var(--ink-3); }
.by svg { width: 14px; height: 14px; fill: currentColor; }
@container pg (max-width: 600px) {
  .wrap { padding: 24px 8px 20px; }
  .pbtn { min-height: 44px; }
}
.sprite { position: absolute; }
`

const LISTING = `.top { display: flex; flex-wrap: wrap; align-items: flex-end; justify-content: space-between; gap: 16px 24px; padding: 0 12px 20px; }
.crumbs { display: flex; flex-wrap: wrap; font-size: var(--text-page); line-height: var(--lh-page); letter-spacing: -.015em; margin-left: -4px; }
.crumbs li { display: flex; min-width: 0; }
.crumbs a { padding: 0 4px; color: var(--ink-3); }
.crumbs a:hover { color: var(--ink); text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 4px; }
.crumbs [aria-current] { padding: 0 4px; font-weight: var(--weight-semibold); overflow-wrap: anywhere; }
.crumbs li + li::before { content: "/"; color: var(--ink-3); opacity: .7; padding: 0 1px; }
.sum { margin-top: 2px; color: var(--ink-3); font-size: var(--text-body); line-height: var(--lh-body); }
.zip { display: inline-block; margin-top: 2px; font-size: var(--text-body); line-height: var(--lh-body); color: var(--ink-2); text-decoration: underline !important; text-decoration-thickness: 1px; text-underline-offset: 3px; }
.zip:hover { color: var(--ink); }
.find { display: flex; align-items: center; width: 248px; height: 36px; border-radius: 9px; box-shadow: inset 0 0 0 var(--hair-control) var(--line-control); background: var(--bg-content); }
.find:focus-within { outline: 2px solid var(--focus); }
.find button, .find .clear { display: grid; place-items: center; width: 36px; height: 36px; border: 0; padding: 0; background: none; color: var(--ink-3); }
.find input { flex: 1; min-width: 0; height: 100%; border: 0; padding: 0; background: none; color: inherit; font: inherit; font-size: var(--text-body); outline: none; appearance: none; }
.find input::placeholder { color: var(--ink-3); opacity: 1; }
.ic { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.ls { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.ls th { padding: 0; text-align: left; font-size: var(--text-small); line-height: var(--lh-small); font-weight: var(--weight-regular); color: var(--ink-3); border-bottom: 1px solid var(--line); }
.ls th a { display: inline-flex; align-items: center; gap: 4px; padding: 8px 12px; }
.ls th a:hover { color: var(--ink); }
.ls th[aria-sort] a { color: var(--ink); font-weight: var(--weight-medium); }
.ls th svg { width: 9px; height: 9px; }
.ls .n { text-align: right; width: 112px; }
.ls .t { width: 176px; }
.ls td { padding: 0 12px; height: 42px; font-size: var(--text-body); color: var(--ink-2); white-space: nowrap; border-bottom: var(--hair) solid var(--line); }
.ls tr { position: relative; }
.ls tbody tr:hover td, .ls tbody tr.is-hover td { background: var(--bg-hover); }
.ls td.f { max-width: 0; width: 100%; font-size: var(--text-lead); color: var(--ink); }
.ls .f a { display: flex; align-items: center; gap: 12px; min-width: 0; height: 42px; }
.ls .f a::after { content: ""; position: absolute; inset: 0; }
.ls .f a span { overflow: hidden; text-overflow: ellipsis; }
.ls .f a:hover span, .ls tr.is-hover .f a span { text-decoration: underline; text-decoration-thickness: 1px; text-underline-offset: 3px; text-decoration-color: var(--ink-3); }
.ls .up td { color: var(--ink-2); }
.ls .fi { width: 20px; height: 20px; fill: none; stroke: var(--ink-3); stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
.ls .fi.dir { fill: var(--ink-3); stroke: none; }
.ls mark { background: color-mix(in srgb, var(--live) 20%, transparent); color: var(--ink); border-radius: 2px; }
.ls .small { display: none; }
.pages { display: flex; align-items: center; gap: 8px; padding: 20px 12px 0; font-size: var(--text-body); line-height: var(--lh-body); color: var(--ink-2); font-variant-numeric: tabular-nums; }
.pages ol { display: flex; align-items: center; gap: 4px; }
.pages li { min-width: 28px; text-align: center; color: var(--ink-3); }
.pages li > * { display: block; padding: 9px 6px; border-radius: 7px; }
.pages li a { color: var(--ink-2); }
.pages li a:hover { background: var(--bg-hover); color: var(--ink); }
.pages [aria-current] { color: var(--ink); font-weight: var(--weight-semibold); }
.none { padding: 56px 12px; text-align: center; color: var(--ink-2); }
.none b { display: block; color: var(--ink); font-weight: var(--weight-semibold); }
@container pg (max-width: 600px) {
  .top { padding-bottom: 12px; }
  .crumbs { font-size: 20px; line-height: 26px; }
  .crumbs a, .crumbs [aria-current] { padding-block: 9px; margin-block: -9px; }
  .zip { padding-block: 13px; margin-block: -8px; }
  .find { width: 100%; height: 44px; }
  .find button, .find .clear { width: 44px; height: 44px; }
  .find input { font-size: 16px; }  
  .ls, .ls thead, .ls tbody { display: block; }
  .ls thead tr { display: flex; border-bottom: 1px solid var(--line); }
  .ls th, .ls th.n, .ls th.t { border: 0; width: auto; }
  .ls th a { min-height: 44px; font-size: var(--text-body); }
  .ls tbody tr { display: block; border-bottom: var(--hair) solid var(--line); }
  .ls td { display: none; border: 0; }
  .ls td.f { display: block; width: auto; max-width: none; height: auto; }
  .ls .f a { height: 60px; }
  .ls .f a span { display: block; line-height: 20px; white-space: nowrap; }
  .ls .up .f a { height: 48px; }
  .ls .small { display: block; font-size: var(--text-small); line-height: 18px; color: var(--ink-3); text-decoration: none; }
  .ls .nm { min-width: 0; flex: 1; }
  .pages { justify-content: space-between; flex-wrap: wrap; padding-inline: 4px; }
  .pages ol { order: 1; width: 100%; justify-content: center; }
  .pages [rel="next"] { margin-left: auto; }
  .pages li { min-width: 40px; }
  .pages li > * { padding-block: 13px; }
}
`

const ERROR = `.err { max-width: 600px; padding: 28px 12px 0; }
.err .code { display: flex; align-items: center; gap: 8px; font: var(--weight-medium) var(--text-lead)/var(--lh-lead) var(--font-mono); }
.err .code svg { width: 13px; height: 13px; }
.err[data-c="4"] .code { color: var(--warn); }
.err[data-c="5"] .code { color: var(--error); }
.err h1 { margin-top: 8px; font-size: var(--text-display); line-height: var(--lh-display); font-weight: var(--weight-semibold); letter-spacing: -.02em; text-wrap: balance; }
.err p.code { margin: 0; }
.err p { margin-top: 8px; color: var(--ink-2); text-wrap: pretty; }
.err .path { display: inline-block; max-width: 100%; margin-top: 16px; padding: 6px 10px; border-radius: 7px; background: var(--bg-well); color: var(--ink); font-size: var(--text-body); overflow-wrap: anywhere; }
.err .acts { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 20px; }
.err .hint { margin-top: 20px; padding-left: 12px; border-left: 2px solid var(--line); font-size: var(--text-body); line-height: var(--lh-body); color: var(--ink-3); }
.err .hint b { color: var(--ink-2); font-weight: var(--weight-medium); }
.range { margin-top: 20px; max-width: 420px; }
.range .bar { display: flex; height: 12px; }
.range .bar i { display: block; height: 100%; border-radius: 3px; }
.range .have { width: 52%; background: var(--ink-3); }
.range .gap { width: 14%; }
.range .want { flex: 1; background: repeating-linear-gradient(-45deg, var(--warn) 0 1.5px, transparent 1.5px 5px); box-shadow: inset 0 0 0 1px var(--warn); }
.range .keys { display: flex; margin-top: 6px; font-size: var(--text-small); line-height: var(--lh-small); color: var(--ink-2); font-variant-numeric: tabular-nums; }
.range .keys span:first-child { width: 66%; }
@container pg (max-width: 600px) {
  .err { padding-top: 12px; }
  .err h1 { font-size: 24px; line-height: 30px; }
}
`

export const LISTING_STYLE = TOKENS + PAGE + LISTING
export const ERROR_STYLE = TOKENS + PAGE + ERROR
