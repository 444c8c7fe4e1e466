/**
 * The style of what access-page.ts and its script add to the listing page. The
 * form is the design's; strip, transfers and dialog are made of its tokens.
 */

/** Tokens that no other page needs. */
const TOKENS = `:root {
  --radius-group: 10px;
  --radius-panel: 14px;
  --radius-control: 7px;
  --bg-panel: #F3F5F4;
  --bg-scrim: rgb(24 32 28 / .20);
  --shadow-menu: 0 0 0 .5px rgb(22 27 24 / .18), 0 8px 24px rgb(22 27 24 / .18);
  --text-title: 17px;
  --lh-title: 22px;
}
@media (prefers-color-scheme: dark) {
:root {
  --bg-panel: #1E2120;
  --bg-scrim: rgb(0 0 0 / .5);
  --shadow-menu: 0 0 0 .5px rgb(0 0 0 / .7), inset 0 0 0 .5px rgb(255 255 255 / .12), 0 8px 24px rgb(0 0 0 / .5);
}
}
`

const PUT = `.put { position: relative; display: flex; align-items: center; flex-wrap: wrap; gap: 8px 12px; margin-top: 16px; padding: 10px 10px 10px 12px; border: 1.25px dashed color-mix(in srgb, var(--line-control) 70%, transparent); border-radius: var(--radius-group); color: var(--ink-2); font-size: var(--text-body); line-height: var(--lh-body); }
.put input[type="file"] { flex: 1; padding: 3px; min-width: 0; font: inherit; color: var(--ink-2); }
.put input::file-selector-button { min-height: 36px; margin: 0 12px 0 0; padding: 0 14px; border: 0; border-radius: 9px; background: var(--bg-raised); color: var(--ink); font: inherit; box-shadow: var(--shadow-control); }
.put input[hidden] { display: none; }
.put .hint { flex: 1; min-width: 140px; }
.over { position: fixed; inset: 0; z-index: 5; display: grid; place-items: center; background: var(--bg-content); font-size: var(--text-title); line-height: var(--lh-title); font-weight: var(--weight-semibold); text-align: center; }
.over::before { content: ""; position: absolute; inset: 12px; border: 2px dashed var(--live); border-radius: var(--radius-panel); background: color-mix(in srgb, var(--live) 6%, transparent); }
.over p { position: relative; padding: 24px; overflow-wrap: anywhere; }
`

/** At the foot of the window while the list goes on below it; what has the focus in the list is not behind it. */
const TRANSFERS = `.upd { position: sticky; bottom: 12px; z-index: 2; font-size: var(--text-body); line-height: var(--lh-body); }
.upn, .ups { margin-top: 12px; padding: 12px; border-radius: var(--radius-group); background: var(--bg-panel); box-shadow: var(--shadow-menu); }
.upn { color: var(--ink-2); }
.ups { padding-bottom: 4px; }
:has(> .upd > :not([hidden])) > :is(.listing, .put) :is(a, button) { scroll-margin-bottom: calc(min(36vh, 264px) + 240px); }
.ups[hidden], .ups [hidden], .upn[hidden] { display: none; }
.uph { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 12px; min-height: 36px; }
.upt { font-weight: var(--weight-semibold); font-variant-numeric: tabular-nums; }
.upa { display: flex; flex-wrap: wrap; gap: 8px; }
.ups ul { max-height: min(36vh, 264px); margin: 8px -12px 0; padding: 0 12px; overflow-y: auto; list-style: none; }
.ups li { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 12px; padding: 8px 0; border-top: var(--hair) solid var(--line); }
.ups .nm { display: block; flex: 1; min-width: 180px; overflow-wrap: anywhere; }
.ups .small { display: block; color: var(--ink-2); font-size: var(--text-small); line-height: var(--lh-small); font-variant-numeric: tabular-nums; }
.ups .bad .small { color: var(--error); }
.ups .upw { color: var(--ink-2); }
.ups progress { display: block; width: 100%; height: 4px; margin-top: 6px; border: 0; border-radius: 2px; appearance: none; background: var(--line); overflow: hidden; accent-color: var(--ink-3); color: var(--ink-3); }
.ups progress::-webkit-progress-bar { background: var(--line); }
.ups progress::-webkit-progress-value { background: var(--ink-3); }
.ups progress::-moz-progress-bar { background: var(--ink-3); }
`

const ROWS = `.ls .x { width: 44px; padding: 0; text-align: center; }
.ls td.x { position: relative; z-index: 1; }
.more { width: 36px; padding: 0; background: none; box-shadow: none; color: var(--ink-3); }
.more:hover { background: var(--bg-well); color: var(--ink); }
.ask { width: min(420px, calc(100vw - 32px)); padding: 20px; border: 0; border-radius: var(--radius-panel); background: var(--bg-content); color: var(--ink); box-shadow: var(--shadow-menu); font: var(--text-body)/var(--lh-body) var(--font-ui); }
.ask::backdrop { background: var(--bg-scrim); }
.ask h2 { margin: 0 0 12px; font-size: var(--text-title); line-height: var(--lh-title); font-weight: var(--weight-semibold); overflow-wrap: anywhere; }
.ask p { color: var(--ink-2); }
.ask p.bad { color: var(--error); }
.ask p.bad:not(:empty) { margin-top: 8px; }
.ask input { width: 100%; height: 36px; padding: 0 10px; border: 0; border-radius: var(--radius-control); box-shadow: inset 0 0 0 var(--hair-control) var(--line-control); background: var(--bg-content); color: inherit; font: inherit; font-size: var(--text-lead); }
.ask .acts { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 16px; justify-content: flex-end; }
.ask .gap { flex: 1; }
.danger { color: var(--error); }
.danger:hover { background: var(--bg-raised); text-decoration: underline; text-underline-offset: 3px; }
@media (forced-colors: active) {
  .pbtn, .upn, .ups, .ask, .ask input { border: 1px solid CanvasText; }
}
`

const PHONE = `@container pg (max-width: 600px) {
  .put { margin-inline: 4px; }
  .put .ic, .put .hint { display: none; }
  .put > .pbtn { flex: 1; }
  .put input::file-selector-button { min-height: 44px; margin-right: 10px; }
  .ls thead .x { display: none; }
  .ls td.x { display: block; position: absolute; top: 8px; right: 0; height: 44px; padding: 0; }
  .ls .up td.x { display: none; }
  .ls tr:has(> td.x .more) .f a { padding-right: 36px; }
  .more { width: 44px; }
  .ask input { height: 44px; font-size: 16px; }
}
`

export const ACCESS_STYLE = TOKENS + PUT + TRANSFERS + ROWS + PHONE
