import { status as grpcStatus } from "@grpc/grpc-js";

/*
 * What `explain` says in words of a hop's policy, read back, so that the words themselves are held against the proxies.
 */

/** Request headers that policies change and apps do not hand on: each hop sees what its own route made of them. */
export const requestProbes = ["x-p1", "x-p2"] as const;
/** Of answers: one of no app's, and one that every app sets. */
export const answerProbes = ["x-r1", "x-served-by"] as const;

type Change = (values: readonly string[]) => readonly string[];

/** What a policy does to the headers of one side. */
interface Changes {
  readonly [name: string]: Change;
}

export interface HopPolicy {
  readonly request: Changes;
  readonly answer: Changes;
  readonly abort?: { readonly percent: number; readonly status: number };
  /** Percent and milliseconds. */
  readonly delay?: { readonly percent: number; readonly ms: number };
}

/** @throws when words of headers or faults have a form that this does not know. */
export function readPolicy(words: readonly string[] = []): HopPolicy {
  const sides: Record<"request" | "answer", Record<string, Change>> = { request: {}, answer: {} };
  let faults: Pick<HopPolicy, "abort" | "delay"> = {};
  for (const word of words) {
    const [, side, name, plus, value] = /^(request|answer) header (\S+): (\+ )?(.*)$/.exec(word) ?? [];
    const [, bare, removed] = /^(request|answer) without (\S+)$/.exec(word) ?? [];
    const [, percent, what, much] = /^fault: (\d+) % (answered|held back for) (\d+)/.exec(word) ?? [];
    if (isSide(side) && name !== undefined && value !== undefined) {
      sides[side][name] = plus === undefined ? () => [value] : (values) => [...values, value];
    } else if (isSide(bare) && removed !== undefined) sides[bare][removed] = () => [];
    else if (what === "answered") faults = { ...faults, abort: { percent: Number(percent), status: Number(much) } };
    else if (what !== undefined) faults = { ...faults, delay: { percent: Number(percent), ms: Number(much) } };
    else if (/^(request|answer|fault)/.test(word)) throw new Error(`not known: ${word}`);
  }
  return { ...sides, ...faults };
}

function isSide(text: string | undefined): text is "request" | "answer" {
  return text === "request" || text === "answer";
}

/** The probes of one side as a policy leaves them, in one form: values in order, with commas between. */
export function probesText(
  names: readonly string[],
  came: (name: string) => readonly string[],
  changes: Changes,
): string {
  return names
    .flatMap((name) => {
      const values = (changes[name] ?? ((same) => same))(came(name));
      return values.length === 0 ? [] : [`${name}=${values.join()}`];
    })
    .join(" ");
}

/** Values of a header on one line or several. */
export function valuesOf(lines: string | readonly string[] | undefined): string[] {
  return [lines ?? []].flat().flatMap((line) => line.split(",").map((value) => value.trim()));
}

/** How Envoy tells a gRPC client a status of HTTP (grpc/grpc doc/http-grpc-status-mapping.md). */
export function asGrpc(httpStatus: number): string {
  const codes: Readonly<Record<number, grpcStatus>> = { 429: grpcStatus.UNAVAILABLE, 503: grpcStatus.UNAVAILABLE };
  return grpcStatus[codes[httpStatus] ?? grpcStatus.UNKNOWN];
}
