import { originHeader, requestHeadersHeader, requestMethodHeader } from "../../entries/preflight";
import { comparedValues, type EnvoyRequest } from "../../matching";
import type { CorsPolicy } from "./shape";

/** Whether a browser asks what it may send. */
export function isPreflight(sent: EnvoyRequest): boolean {
  return sent.method === "OPTIONS" && lineOf(sent, originHeader) !== "" && lineOf(sent, requestMethodHeader) !== "";
}

/** What is to be known of a preflight that no policy answers. */
export const unansweredPreflight =
  "a browser's preflight, which names no lane by header or cookie and which no cors answers: the browser forgets a cookie that is set";

/** What becomes of the request after a preflight whose origin is not allowed. */
export const refusedPreflight = "and cors does not allow its origin: the browser does not send the request";

/** What a browser does with the answer: it compares method and headers by itself. */
export function afterPreflight(cors: CorsPolicy, sent: EnvoyRequest): string {
  const { allowMethods = [], allowHeaders = [] } = cors;
  const method = lineOf(sent, requestMethodHeader);
  const missing = [
    ...(allowMethods.includes("*") || [...alwaysAllowed, ...allowMethods].includes(method) ? [] : [`method ${method}`]),
    ...lineOf(sent, requestHeadersHeader)
      .split(",")
      .map((name) => name.trim().toLowerCase())
      .filter((name) => name !== "" && !allows(allowHeaders, name))
      .map((name) => `header ${name}`),
  ];
  if (missing.length === 0) return "and cors allows its origin: the browser sends the request";
  return `and cors allows its origin, but not ${missing.join(", ")}: the browser does not send the request`;
}

/** https://fetch.spec.whatwg.org/#cors-safelisted-method */
const alwaysAllowed = ["GET", "HEAD", "POST"];

function allows(allowed: readonly string[], name: string): boolean {
  return allowed.includes("*") || allowed.some((own) => own.toLowerCase() === name);
}

function lineOf(sent: EnvoyRequest, name: string): string {
  return comparedValues(sent, name).join(",");
}
