/** The style of the page. Colours are named once, for light and for dark. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --line: #e3e6eb; --ink: #14181f; --soft: #59626f;
  --bar: #3b6fd8; --fresh: #e07a1f; --good: #18794e; --wait: #9a5b00; --bad: #b4231f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0e1116; --card: #161b22; --line: #2b323c; --ink: #e8ebf0; --soft: #9aa4b2;
    --bar: #6c9bff; --fresh: #ffab5c; --good: #4cc38a; --wait: #f0b352; --bad: #ff8079;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: clamp(1rem, 4vw, 3rem) 1rem; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 60rem; margin: 0 auto; }
header { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; justify-content: space-between; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; letter-spacing: -.01em; }
.lead { margin: .3rem 0 0; color: var(--soft); }
.pill {
  display: inline-flex; align-items: center; gap: .5rem; padding: .3rem .85rem; border-radius: 99px;
  border: 1px solid var(--line); background: var(--card); font-size: .9rem; font-weight: 600; white-space: nowrap;
}
.pill::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; }
[data-state="live"] .pill { color: var(--good); }
[data-state="connecting"] .pill { color: var(--wait); }
[data-state="waiting"] .pill { color: var(--bad); }
.card { margin-top: 1.5rem; padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 14px; }
figure { margin: 0; }
svg { display: block; width: 100%; height: auto; overflow: visible; }
[data-state="waiting"] svg { opacity: .45; }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { fill: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; }
.name { fill: var(--soft); font-size: 14px; text-anchor: middle; }
.value { paint-order: stroke; stroke: var(--card); stroke-width: 5px; fill: var(--ink); font-size: 15px; font-weight: 600; text-anchor: middle; font-variant-numeric: tabular-nums; }
.bar { fill: var(--bar); transition: fill 1.2s ease; }
.moves { transition: transform .6s cubic-bezier(.2, .8, .2, 1); }
.fresh .bar { fill: var(--fresh); transition: none; }
.fresh .name { fill: var(--ink); font-weight: 700; }
svg, .pill { transition: opacity .3s ease, color .3s ease; }
.below { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; margin-top: 1.25rem; }
button {
  font: inherit; font-weight: 600; padding: .45rem 1rem; color: var(--card); background: var(--bar);
  border: 0; border-radius: 8px; cursor: pointer;
}
button:hover { filter: brightness(1.08); }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--fresh); outline-offset: 2px; }
code {
  font: .88rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; padding: .35rem .65rem;
  background: var(--page); border: 1px solid var(--line); border-radius: 8px; overflow-wrap: anywhere;
}
summary { cursor: pointer; color: var(--soft); }
table { margin-top: .75rem; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem 1.5rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td { text-align: right; padding-right: 0; }
footer { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin-top: 1rem; color: var(--soft); font-size: .9rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  /* The drawing shrinks with the window, its text must not. */
  .axis { display: none; }
  .name, .value { font-size: 27px; }
}
@media (prefers-reduced-motion: reduce) { *, *::before { transition: none !important; } }
`;
