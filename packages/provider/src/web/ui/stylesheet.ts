import { sha256 } from '../../random.ts'

const text = `
:root {
  color-scheme: light dark;
  --ground: #f5f4f0; --sheet: #fff; --ink: #1d2320; --quiet: #59615c; --line: #d9d8d1; --field: #8a918c;
  --accent: #0b5e4b; --on-accent: #fff; --danger: #a3261c; --note: #eef3ef; --alert: #fcefec; --warning: #fdf3d8; --warning-edge: #b7791f;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #121614; --sheet: #1b211e; --ink: #e8ebe8; --quiet: #a5aea8; --line: #333b37; --field: #78827c;
    --accent: #6fd0b1; --on-accent: #07241b; --danger: #ff9d8f; --note: #222b27; --alert: #38211e; --warning: #332a16; --warning-edge: #e0a83f;
  }
}
* { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
body { margin: 0; min-height: 100vh; min-height: 100svh; display: flex; flex-direction: column; background: var(--ground); color: var(--ink); }
a { color: var(--accent); text-underline-offset: .18em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 1rem; top: .5rem; background: var(--sheet); padding: .5rem 1rem; }

.top, main, footer { width: 100%; max-width: 42rem; margin: 0 auto; padding: 0 1rem; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: 0 1.5rem; padding-top: .75rem; padding-bottom: .75rem; }
.brand { display: inline-flex; align-items: center; gap: .55rem; color: inherit; font-weight: 650; font-size: 1.06rem; text-decoration: none; }
.brand img { width: 1.6rem; height: 1.6rem; }
.top a:not(.brand) { padding: .5rem 0; }
.menu { display: flex; gap: 0 1.25rem; }
.menu a { color: var(--quiet); text-decoration: none; }
.menu a:hover { color: var(--ink); text-decoration: underline; }
.menu [aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -2px var(--accent); }
nav.who [aria-current] { color: var(--ink); text-decoration: none; }
.who { display: flex; flex: 1 1 0; align-items: center; justify-content: flex-end; gap: 0 1rem; min-width: 0; }
.user { color: var(--quiet); min-width: 0; }
.user .name { -webkit-line-clamp: 1; word-break: break-all; }
.who form { margin: 0; flex: none; }

main { flex: 1; display: flex; flex-direction: column; padding-top: 1.25rem; }
main.focused::before, main.focused::after { content: ""; flex: 1; }
main.focused::after { flex: 1.4; }
main.focused { padding-top: 0; }
@media (max-width: 36rem) {
  .top, .who { column-gap: .75rem; }
  .menu { order: 1; flex-basis: 100%; justify-content: space-between; border-bottom: 1px solid var(--line); margin-top: .25rem; }
  .menu a { flex: 1; text-align: center; }
  main { padding-top: .25rem; }
}
.sheet { background: var(--sheet); border: 1px solid var(--line); border-radius: 14px; padding: clamp(1.1rem, 4vw, 2.25rem); }
footer { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1rem; padding-top: 1.5rem; padding-bottom: 1.25rem; color: var(--quiet); font-size: .875rem; }
footer a { color: inherit; }

h1 { font-size: 1.55rem; line-height: 1.25; margin: 0 0 .75rem; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.08rem; margin: 1.5rem 0 .25rem; }
p { margin: 0 0 1rem; text-wrap: pretty; overflow-wrap: anywhere; }
bdi { overflow-wrap: anywhere; }
.name { display: -webkit-inline-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; max-width: 100%; vertical-align: bottom; text-align: left; }
.name.full { -webkit-line-clamp: none; }
a > .name { text-decoration: inherit; }
.quiet { color: var(--quiet); }
.after { margin: 1.25rem 0 0; }
.center { text-align: center; }
.hint { color: var(--quiet); font-size: .9rem; font-weight: 400; }
time { white-space: nowrap; }
code { font: .93em/1.5 var(--mono); overflow-wrap: anywhere; }

.field { margin-top: 1.15rem; }
label { display: block; font-weight: 600; margin: 0 0 .3rem; }
.field .hint, .fault { margin: .35rem 0 0; }
.fault { color: var(--danger); font-size: .95rem; white-space: pre-line; }
input, textarea { width: 100%; font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--field); border-radius: 8px; padding: .65rem .75rem; }
textarea { display: block; font: .93rem/1.5 var(--mono); resize: vertical; }
[aria-invalid="true"] { border-color: var(--danger); border-width: 2px; }
button, .button { display: inline-block; font: inherit; font-weight: 600; line-height: 1.3; text-align: center; text-decoration: none; cursor: pointer; border-radius: 8px; padding: .7rem 1.2rem; min-height: 2.75rem; border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); }
button:hover, .button:hover { filter: brightness(1.1); }
.second { background: transparent; color: var(--ink); border-color: var(--field); }
.danger { background: transparent; color: var(--danger); border-color: var(--danger); }
.link { background: none; border: 0; padding: .35rem 0; min-height: 0; color: var(--accent); font-weight: 400; text-decoration: underline; text-underline-offset: .18em; }
p .link { padding: 0; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
.actions > * { flex: 1 1 7rem; }
.actions.left > * { flex: 0 0 auto; }

.note, .alert, .warning { border-radius: 10px; padding: .7rem 1rem; margin: 0 0 1.1rem; background: var(--note); }
.alert { background: var(--alert); border-left: 4px solid var(--danger); }
.warning { background: var(--warning); border-left: 4px solid var(--warning-edge); }
.flash { border: 1px solid var(--line); border-left: 4px solid var(--accent); background: var(--sheet); }
.mark { display: inline-block; font-size: .85rem; line-height: 1.3; padding: .1rem .5rem; border: 1px solid var(--warning-edge); border-radius: 6px; background: var(--warning); }
.account p { margin-bottom: .75rem; }
.destination { margin: 0; text-align: center; }
.destination + .actions { margin-top: .75rem; }
dl { margin: 0 0 1rem; }
dt { font-weight: 600; margin: .9rem 0 .25rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dd.secret { background: var(--note); border-radius: 8px; padding: .5rem .75rem; user-select: all; cursor: pointer; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.rows { list-style: none; margin: 1rem 0 0; padding: 0; border-top: 1px solid var(--line); }
ul.rows > li { display: flex; align-items: center; justify-content: space-between; gap: .75rem 1rem; padding: .85rem 0; border-bottom: 1px solid var(--line); }
ul.rows > li > :first-child { flex: 1; min-width: 0; overflow-wrap: anywhere; }
ul.rows > li > :not(:first-child) { flex: none; }
ul.rows p { margin: 0; }
ul.rows form { margin: 0; }
.empty { margin: 1.25rem 0 0; padding: 1.25rem 1rem; text-align: center; border: 1px dashed var(--line); border-radius: 10px; }
.asks { margin: 0 0 1rem; padding-left: 1.2rem; }
.asks li { margin: .2rem 0; }
.code { display: block; text-align: center; font-size: clamp(1.5rem, 8vw, 2.2rem); font-weight: 650; letter-spacing: .08em; background: var(--note); border-radius: 10px; padding: 1rem .5rem; margin: 1.2rem 0 .5rem; user-select: all; cursor: pointer; }
details { margin-top: 2rem; }
summary { cursor: pointer; padding: .35rem 0; }
.danger-text { color: var(--danger); }
`

const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b5e4b"/><path d="M7 20c3-9 6-11 7-9s-4 9-1 9 4-8 7-8-1 7 2 7 3-2 4-3" fill="none" stroke="#fff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/><path d="M7 25h18" stroke="#6fd0b1" stroke-width="2.4" stroke-linecap="round"/></svg>`

/** A file that is served from memory, under a name that changes with its content. */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly text: string
}

export const stylesheet: Asset = asset('style', 'css', 'text/css; charset=utf-8', text.trim())
export const favicon: Asset = asset('icon', 'svg', 'image/svg+xml', icon)

function asset(name: string, extension: string, type: string, content: string): Asset {
  return { path: `/assets/${name}-${sha256(content).slice(0, 12)}.${extension}`, type, text: content }
}
