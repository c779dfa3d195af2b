import { fits, sample } from "../../text-match/match";
import { escapeRegex, regexProblem } from "../../text-match/re2";
import type { StringMatch } from "../../text-match/shape";
import { type Problems, quote } from "../../validate/problems";
import type { CorsPolicy } from "./shape";

/** Origins as browsers write them, and none of strangers where credentials are allowed. */
export function validateOrigins(
  problems: Problems,
  path: string,
  { allowOrigins, allowCredentials }: CorsPolicy,
): void {
  allowOrigins.forEach((match, index) => {
    const where = `${path}.allowOrigins[${index}]`;
    if (match.value === "" || (match.kind === "regex" && regexProblem(match.value) !== undefined)) {
      problems.stringMatch(where, match);
    } else if (match.kind !== "exact" && fits(match, "*")) {
      const got = `${match.kind} ${quote(match.value)}, which fits the text *: Envoy takes it for any origin`;
      problems.add(where, got, 'origins, or "*"', 'Write "*" for any origin, or begin with a scheme: https://.');
    } else if (match.kind !== "regex" && !isOrigin(match)) {
      const expected = match.kind === "exact" ? "an origin as browsers write it" : "how an origin begins";
      problems.add(where, `got ${quote(match.value)}`, `${expected}, such as https://app.example.com`, fixOf(match));
    } else if (allowCredentials) {
      const stranger = strangerOf(match);
      if (stranger === undefined) return;
      const got = `${quote(match.value)} with allowCredentials, which lets ${stranger} act for the user too`;
      const fix = "Name the origins, end a prefix in the colon before the port, or remove allowCredentials.";
      problems.add(where, got, "origins of your own", fix);
    }
  });
}

/** https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin */
function isOrigin({ kind, value }: StringMatch): boolean {
  if (kind === "prefix") return /^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\sA-Z]*$/.test(value);
  if (value === "*" || value === "null") return true;
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+$/.test(value) || !URL.canParse(value)) return false;
  // The usual port is left out, and names are in lower case and ASCII.
  return /^https?:/.test(value) ? new URL(value).origin === value : true;
}

function fixOf({ kind, value }: StringMatch): string {
  if (value.includes("*")) {
    const regex = value.split("*").map(escapeRegex).join("[^/]+");
    return `Write it as a regex: ${JSON.stringify({ regex })}.`;
  }
  if (kind === "prefix") return "Begin with the scheme, in lower case: https://.";
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `https://${value}`;
  const origin = URL.canParse(whole) ? new URL(whole).origin : "null";
  return origin === "null" ? "Write scheme://host, with the port if it is not the usual one." : `Write ${origin}.`;
}

/** No site has such a name (RFC 2606), so who lets it in lets in strangers. */
const strangers: StringMatch = { kind: "regex", value: "[a-z][a-z0-9+.-]*://[a-z0-9.-]+\\.invalid" };

function strangerOf(match: StringMatch): string | undefined {
  if (match.kind !== "exact") return sample([match, strangers], { preferred: ["https://evil.invalid"] });
  if (match.value === "null") return "any page in a sandbox";
  return match.value === "*" ? "any site" : undefined;
}
