/** One colour in light and in dark surroundings. */
interface Tone {
  readonly light: string;
  readonly dark: string;
}

const tones = {
  page: { light: "#ffffff", dark: "#0f172a" },
  band: { light: "#f5f7fa", dark: "#16203a" },
  baseline: { light: "#e6eef9", dark: "#1d2f55" },
  card: { light: "#ffffff", dark: "#1e293b" },
  border: { light: "#94a3b8", dark: "#64748b" },
  ink: { light: "#0f172a", dark: "#f1f5f9" },
  quiet: { light: "#475569", dark: "#b6c2d3" },
  fallback: { light: "#a34a07", dark: "#fbbf24" },
  missing: { light: "#b91c1c", dark: "#f87171" },
} as const satisfies Record<string, Tone>;

/** Colours of lanes, taken in turn; none is near that of fallbacks or of what is missing. */
const laneTones: readonly Tone[] = [
  { light: "#2563eb", dark: "#60a5fa" },
  { light: "#0f766e", dark: "#2dd4bf" },
  { light: "#7c3aed", dark: "#a78bfa" },
  { light: "#be185d", dark: "#f472b6" },
  { light: "#4d7c0f", dark: "#a3e635" },
  { light: "#0369a1", dark: "#38bdf8" },
  { light: "#a21caf", dark: "#e879f9" },
  { light: "#334155", dark: "#cbd5e1" },
];

/** Class of a lane's colour. */
export function laneClass(color: number): string {
  return `c${color % laneTones.length}`;
}

/**
 * The style sheet of a picture. Colours are written out rather than kept in variables: renderers other than browsers
 * read it too. Every rule is below `.lanes-topology`, so that a page that holds the picture keeps its own look.
 */
export function styleSheet(): string {
  const fixed = [
    'text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}',
    ".title{font-size:18px;font-weight:700}",
    ".heading,.name{font-size:13px;font-weight:700}",
    ".small,.warn{font-size:11px}",
    ".middle{text-anchor:middle}",
    ".end{text-anchor:end}",
    ".line{fill:none;stroke-width:2;stroke-linejoin:round}",
    ".node,.card,.gateway{stroke-width:1.5}",
    ".fallback{stroke-dasharray:5 4}",
    ".missing{stroke-dasharray:2 3}",
    ".line.fallback{stroke-width:1.5}",
  ];
  return [
    ...fixed.map(scoped),
    ...colors("light").map(scoped),
    `@media (prefers-color-scheme:dark){${colors("dark").map(scoped).join("")}}`,
  ].join("\n");
}

function colors(scheme: keyof Tone): string[] {
  const tone = (name: keyof typeof tones) => tones[name][scheme];
  return [
    `.page{fill:${tone("page")}}`,
    `.band{fill:${tone("band")}}`,
    `.band.baseline{fill:${tone("baseline")}}`,
    `.card,.gateway,.node{fill:${tone("card")};stroke:${tone("border")}}`,
    `.title,.heading,.name{fill:${tone("ink")}}`,
    `.small{fill:${tone("quiet")}}`,
    `.warn,.arrow.fallback{fill:${tone("fallback")}}`,
    ...laneTones.map((lane, index) => `.line.c${index},.node.c${index},.card.c${index}{stroke:${lane[scheme]}}`),
    ...laneTones.map((lane, index) => `.arrow.c${index}{fill:${lane[scheme]}}`),
    `.line.fallback,.node.fallback{stroke:${tone("fallback")}}`,
    `.node.missing{stroke:${tone("missing")}}`,
  ];
}

function scoped(rule: string): string {
  const brace = rule.indexOf("{");
  const selectors = rule.slice(0, brace).split(",");
  return `${selectors.map((selector) => `.lanes-topology ${selector}`).join(",")}${rule.slice(brace)}`;
}
