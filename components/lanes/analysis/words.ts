import type { Share } from "./proportions";
import type { Finding, Shortage, Verdict } from "./verdict";
import { share } from "./verdict";

/** `mockc v2: 3.1 % errors (31 of 1,000), baseline v1 0.2 % (2 of 1,010)` */
function findingText(finding: Finding): string {
  const { service, version, baselineVersion, what, bound, canary, baseline } = finding;
  const words = what === "errors" ? "errors" : `slower than ${bound} ms`;
  const than =
    baseline === undefined ? "nothing to compare with" : `baseline ${baselineVersion} ${shareText(baseline)}`;
  return `${service} ${version}: ${shareText(canary, words)}, ${than}`;
}

function shareText(of: Share, words = ""): string {
  const counts = `(${of.count.toLocaleString("en-US")} of ${of.of.toLocaleString("en-US")})`;
  return [`${(share(of) * 100).toFixed(1)} %`, words, counts].filter(Boolean).join(" ");
}

function shortageText({ service, version, requests, wanted, fellBack }: Shortage): string {
  const seen = `${service} ${version}: ${requests.toLocaleString("en-US")} of ${wanted.toLocaleString("en-US")} requests`;
  return fellBack === 0 ? seen : `${seen}, and ${fellBack.toLocaleString("en-US")} that the baseline answered`;
}

/** A verdict in lines, the first of which says it all. */
export function verdictLines(verdict: Verdict): string[] {
  switch (verdict.kind) {
    case "worse": {
      const { seenAt } = verdict;
      const call = seenAt.length === 1 ? "calls" : "call";
      const seen = seenAt.length > 0 ? [`seen at ${seenAt.join(", ")} too, which ${call} it`] : [];
      return [...verdict.causes.map(findingText), ...seen];
    }
    case "too little traffic":
      return [`too little traffic: ${verdict.missing.map(shortageText).join("; ")}`];
    case "as good":
      return ["as good as the baseline"];
    default:
      return verdict satisfies never;
  }
}
