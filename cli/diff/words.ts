import type { DiffReport, Risk, Route } from "../../components/lanes/diff/report";
import { selectorText } from "../../components/lanes/labels";

/** How a risk is called where it is shown. */
export const riskWords: Readonly<Record<Risk, string>> = { danger: "DANGER", care: "care", note: "note" };

const mostOutcomes = 5;

/**
 * The way of requests that take a rule, an outcome a line: `lane v2, 30 %: gateway -> mocka v2 -> mockb v1 (fallback)`.
 *
 * @param other the same requests on the other side: of many outcomes, those that are not the same there come first.
 */
function routeLines(route: Route | undefined, other: Route | undefined): string[] {
  if (!route) return ["404: no rule fits"];
  if (route.answer !== undefined) return [route.answer];
  const where = ({ namespaces, versionLabel, labels }: Route) => JSON.stringify([namespaces, versionLabel, labels]);
  const alike = other && where(other) === where(route) ? other.outcomes : [];
  const same = new Set(alike.map((outcome) => JSON.stringify(outcome)));
  const changed = route.outcomes.filter((outcome) => !same.has(JSON.stringify(outcome)));
  const chosen = (changed.length > 0 ? changed : route.outcomes).slice(0, mostOutcomes);
  const left = route.outcomes.length - chosen.length;
  const label = route.versionLabel === undefined ? "" : ` by pod label ${route.versionLabel}`;
  const lines = chosen.map(({ lane, weight, hops }) => {
    const share = weight === 100 ? `lane ${lane}` : `lane ${lane}, ${weight} %`;
    return `${share}: ${hopWords(hops, route)}${label}`;
  });
  return left > 0 ? [...lines, `${left} more ${left === 1 ? "outcome" : "outcomes"}`] : lines;
}

/** A chain where each service calls the next, else each call by itself. */
function hopWords(hops: Route["outcomes"][number]["hops"], { namespaces, labels }: Route): string {
  const target = ({ service, version, reason }: (typeof hops)[number]) => {
    const why = reason === "own" ? "" : reason === "fallback" ? " (fallback)" : " (no rule)";
    const where = namespaces && Object.hasOwn(namespaces, service) ? ` in ${namespaces[service]}` : "";
    const own = version === null ? undefined : labels?.[service]?.[version];
    const by = own ? ` by ${selectorText(own)}` : "";
    return `${service} ${version ?? "any version"}${by}${where}${why}`;
  };
  const isChain = hops.every(({ from }, index) => index === 0 || from === hops[index - 1]?.service);
  if (isChain) return [hops[0]?.from ?? "gateway", ...hops.map(target)].join(" -> ");
  return hops.map((hop) => `${hop.from} -> ${target(hop)}`).join(", ");
}

export function routesOf(
  report: DiffReport,
  region: { readonly before: string | null; readonly after: string | null },
) {
  const before = region.before === null ? undefined : report.routes.before[region.before];
  const after = region.after === null ? undefined : report.routes.after[region.after];
  return { before: routeLines(before, after), after: routeLines(after, before) };
}

/** Config may hold anything; a terminal or a comment must not obey it. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
