import type { AddOptions } from "../../config/lifecycle/add/options";
import type { Weights } from "../../config/lifecycle/weights";
import { type Problem, UserError } from "../../tools/user-error";

/** Flags of `lanes add`, as they were given. */
export interface AddFlags {
  readonly from?: string;
  readonly version?: string;
  readonly services?: string;
  /** Each `name: value`. */
  readonly header?: readonly string[];
  /** Each `name=value`. */
  readonly cookie?: readonly string[];
  readonly weight?: string;
  /** Each `service=image`. */
  readonly image?: readonly string[];
  /** Each `service:label=value,label=value`. */
  readonly labels?: readonly string[];
}

/** `v2=10` -> { v2: 10 }. @throws UserError naming every text that is none. */
export function weightsFrom(texts: readonly string[]): Weights {
  const problems: Problem[] = [];
  const weights: Record<string, number> = {};
  for (const text of texts) {
    const [, lane = "", weight = ""] = /^([^=]+)=(\d+)%?$/.exec(text) ?? [];
    if (lane === "") problems.push({ path: text, got: `got "${text}"`, expected: "lane=weight", fix: "Write v2=10." });
    else if (Object.hasOwn(weights, lane)) {
      problems.push({ path: text, got: `${lane} is named twice`, expected: "each lane once", fix: "Remove one." });
    } else weights[lane] = Number(weight);
  }
  if (problems.length > 0) throw new UserError("lanes shift cannot run like this", problems);
  return weights;
}

const labelsExample = "cart:track=canary,release=c";

/** @throws UserError naming every flag that is wrong. */
export function addOptionsFrom(flags: AddFlags): AddOptions {
  const problems: Problem[] = [];
  const pairs = (flag: string, texts: readonly string[] = [], sign: string, example: string) => {
    const found: [string, string][] = [];
    for (const text of texts) {
      const at = text.indexOf(sign);
      const [name, value] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
      if (found.some(([other]) => other === name)) {
        problems.push({ path: flag, got: `${name} is named twice`, expected: "each name once", fix: "Remove one." });
      } else if (at > 0 && name !== "" && value !== "") found.push([name, value]);
      else problems.push({ path: flag, got: `got "${text}"`, expected: example, fix: `Write ${flag} '${example}'.` });
    }
    return found.length > 0 ? Object.fromEntries(found) : undefined;
  };
  const headers = pairs("--header", flags.header, ":", "x-lane: v3");
  const cookies = pairs("--cookie", flags.cookie, "=", "lane=v3");
  const images = pairs("--image", flags.image, "=", "cart=registry.example.com/shop/cart:1.4.2") ?? {};
  const labels = Object.entries(pairs("--labels", flags.labels, ":", labelsExample) ?? {}).map(([service, text]) => {
    return [service, pairs("--labels", text.split(","), "=", labelsExample) ?? {}] as const;
  });
  const { from, version, services, weight } = flags;
  if (weight !== undefined && !(/^\d+$/.test(weight) && Number(weight) <= 100)) {
    const fix = "Write a number such as 10.";
    problems.push({ path: "--weight", got: `got "${weight}"`, expected: "a whole number, 0 to 100", fix });
  }
  if (problems.length > 0) throw new UserError("lanes add cannot run like this", problems);
  const names = services?.split(",").map((name) => name.trim());
  return {
    images,
    ...(labels.length > 0 && { labels: Object.fromEntries(labels) }),
    ...(from !== undefined && { from }),
    ...(version !== undefined && { version }),
    ...(names && { services: names.filter((name) => name !== "") }),
    ...(weight !== undefined && { weight: Number(weight) }),
    ...((headers || cookies) && { match: { ...(headers && { headers }), ...(cookies && { cookies }) } }),
  };
}
