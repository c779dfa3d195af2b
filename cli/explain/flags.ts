import { METHODS } from "node:http";
import type { LaneRequest } from "../../components/lanes/matching";
import { didYouMean } from "../../components/lanes/suggest";
import { isCookieName, isHeaderName } from "../../components/lanes/syntax";
import { shellWord } from "../../components/shell";
import type { Problem } from "../../tools/user-error";

/** The flags of `lanes explain` that make up a request, as they were given. */
export interface RequestFlags {
  readonly host?: string;
  readonly path?: string;
  readonly method: string;
  /** Each `name: value`. */
  readonly header?: readonly string[];
  /** Each `name=value`. */
  readonly cookie?: readonly string[];
}

/** The request that the flags describe, and every problem with them; the request is of use only when there is none. */
export function requestFromFlags(flags: RequestFlags): { request: LaneRequest; problems: readonly Problem[] } {
  const problems: Problem[] = [
    ...hostProblems(flags.host),
    ...pathProblems(flags.path),
    ...methodProblems(flags.method),
    ...(flags.header ?? []).flatMap(headerProblems),
    ...(flags.cookie ?? []).flatMap(cookieProblems),
  ];
  const headers = new Map<string, string[]>();
  const add = (name: string, value: string) => headers.set(name, [...(headers.get(name) ?? []), value]);
  for (const header of flags.header ?? []) {
    const { name, value } = splitAt(header, ":");
    add(name.trim().toLowerCase(), (value ?? "").trim());
  }
  // In one line, as clients send cookies, and as texts, so that a cookie that is given twice is sent twice.
  const lines = headers.get("cookie") ?? [];
  const last = [...lines.slice(-1), ...(flags.cookie ?? [])].join("; ");
  if (last !== "") headers.set("cookie", [...lines.slice(0, -1), last]);
  const { host = "", path = "", method } = flags;
  return { request: { host, path, method, headers: Object.fromEntries(headers) }, problems };
}

function hostProblems(host: string | undefined): Problem[] {
  const expected = "a host name, with or without a port: no scheme, path or space";
  if (host === undefined || host === "") {
    return [{ path: "--host", got: "missing", expected, fix: "Add --host shop.example.com." }];
  }
  if (!/[\s/@?#]/.test(host)) return [];
  const bare = host.replace(/^[a-z]+:\/\//i, "").replace(/[/?#].*$/s, "");
  const fix =
    bare !== "" && !/[\s@]/.test(bare)
      ? `Write --host ${shellWord(bare)}.`
      : "Write the host alone, e.g. --host shop.example.com.";
  return [{ path: "--host", got: `got "${host}"`, expected, fix }];
}

function pathProblems(path: string | undefined): Problem[] {
  const expected = "a path that starts with /, with or without a query, percent-encoded where needed";
  if (path === undefined) return [{ path: "--path", got: "missing", expected, fix: "Add --path /." }];
  if (!path.startsWith("/")) {
    const fix = /^[a-z]+:\/\//i.test(path)
      ? "Give the host by --host, and only the path here."
      : `Write --path ${shellWord(`/${percentEncoded(path)}`)}.`;
    return [{ path: "--path", got: `got "${path}"`, expected, fix }];
  }
  if (!/[^\x21-\x7e]/.test(path)) return [];
  return [{ path: "--path", got: `got "${path}"`, expected, fix: `Write --path ${shellWord(percentEncoded(path))}.` }];
}

function methodProblems(method: string): Problem[] {
  if (METHODS.includes(method)) return [];
  const upper = method.toUpperCase();
  const fix = METHODS.includes(upper) ? `Write ${upper}.` : didYouMean(method, METHODS, "Leave it out for GET.");
  return [
    { path: "--method", got: `got "${method}"`, expected: "an HTTP method in capitals, such as GET or POST", fix },
  ];
}

function headerProblems(header: string): Problem[] {
  const expected = "name: value";
  const { name, value } = splitAt(header, ":");
  const problem = (fix: string) => [{ path: "--header", got: `got "${header}"`, expected, fix }];
  if (value === undefined) return problem("Put a colon after the name, such as --header 'x-lane: v2'.");
  const lower = name.trim().toLowerCase();
  if (!isHeaderName(lower)) return problem("Correct the name before the colon.");
  if (lower === "host") return problem("Use --host.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return /[\u0000-\u0008\u000a-\u001f\u007f]/.test(value) ? problem("Remove the control characters.") : [];
}

function cookieProblems(cookie: string): Problem[] {
  const { name, value } = splitAt(cookie, "=");
  const problem = (fix: string) => [{ path: "--cookie", got: `got "${cookie}"`, expected: "name=value", fix }];
  if (value === undefined) return problem("Put = after the name, such as --cookie 'user=tester'.");
  if (!isCookieName(name)) return problem("Correct the name before the =.");
  return /[;\s]/.test(value) ? problem("Give each cookie by a --cookie of its own, without spaces.") : [];
}

function splitAt(text: string, mark: string): { name: string; value: string | undefined } {
  const at = text.indexOf(mark);
  return at < 0 ? { name: text, value: undefined } : { name: text.slice(0, at), value: text.slice(at + 1) };
}

/** As `encodeURI`, but keeps what is encoded already and takes half surrogates too. */
function percentEncoded(path: string): string {
  return path.replace(/[^\x21-\x7e]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join(""),
  );
}
