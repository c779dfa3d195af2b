import type { StringMatch } from "../../text-match/shape";
import type { CorsPolicy } from "./shape";

/** A policy of CORS in words: `CORS for https://app.example.com`, `CORS methods GET, PUT`. */
export function corsWords(cors: CorsPolicy): string[] {
  const { allowMethods, allowHeaders, exposeHeaders, maxAge, allowCredentials } = cors;
  const list = (name: string, values: readonly string[] | undefined) =>
    values && values.length > 0 ? [`CORS ${name} ${values.join(", ")}`] : [];
  return [
    `CORS for ${originWords(cors)}`,
    ...list("methods", allowMethods),
    ...list("headers", allowHeaders),
    ...list("readable headers", exposeHeaders),
    ...(allowCredentials ? ["CORS with credentials"] : []),
    ...(maxAge === undefined ? [] : [`CORS kept for ${maxAge}`]),
  ];
}

/** The origins that are allowed: `https://app.example.com, https://localhost:…, ~ https://[a-z]+\.example\.com`. */
export function originWords({ allowOrigins }: CorsPolicy): string {
  return allowOrigins.map(wordsOf).join(", ");
}

function wordsOf({ kind, value }: StringMatch): string {
  switch (kind) {
    case "exact":
      return value === "*" ? "any origin" : value;
    case "prefix":
      return `${value}…`;
    case "regex":
      return `~ ${value}`;
    default:
      return kind satisfies never;
  }
}
