import { entryServices } from "../../entries/parts";
import type { LaneGroup } from "../../spec";
import { isHeaderName } from "../../syntax";
import { type Problems, quote } from "../../validate/problems";
import { istioDuration, istioMillis } from "../duration";
import { validateOrigins } from "./origins";
import type { CorsPolicy } from "./shape";
import { validateTellable } from "./tellable";

/** What browsers, Istio or Envoy would refuse or read otherwise, and policies that no request from outside meets. */
export function validateCors(problems: Problems, at: string, group: LaneGroup): void {
  validateOne(problems, `${at}.policy.cors`, group.policy?.cors);
  validateOne(problems, `${at}.entry.policy.cors`, group.entry.policy?.cors);
  const outside = new Set(entryServices(group).map(({ name }) => name));
  group.services.forEach(({ name, policy }, index) => {
    if (!policy?.cors) return;
    const path = `${at}.services[${index}].policy.cors`;
    validateOne(problems, path, policy.cors);
    if (!outside.has(name)) {
      const got = `cors of ${name}, which no request from outside goes to: browsers are not in the mesh`;
      const expected = "cors of the group, of the entry, or of a service that the entry sends requests to";
      problems.add(path, got, expected, `Remove it, or put it on ${[...outside].join(" or ") || "the entry"}.`);
    } else if (group.entry.policy?.cors) {
      const got = `cors of ${name} beside that of the entry, which wins`;
      problems.add(path, got, "cors of services or of the entry, not both", "Remove one of them.");
    }
  });
  validateTellable(problems, at, group);
}

function validateOne(problems: Problems, path: string, cors: CorsPolicy | undefined): void {
  if (!cors) return;
  validateOrigins(problems, path, cors);
  validateList(problems, `${path}.allowMethods`, cors, cors.allowMethods, (name, where) => {
    if (methods.includes(name)) return;
    const upper = name.toUpperCase();
    const fix = methods.includes(upper) ? `Write ${upper}.` : "Write one of these.";
    problems.add(where, `got ${quote(name)}`, `a method that browsers send: ${methods.join(", ")}`, fix);
  });
  for (const key of ["allowHeaders", "exposeHeaders"] as const) {
    validateList(problems, `${path}.${key}`, cors, cors[key], (name, where) => {
      if (isHeaderName(name.toLowerCase())) return;
      const expected = "the name of one header, such as content-type";
      problems.add(where, `got ${quote(name)}`, expected, "Write each name as an item of the list, without its value.");
    });
  }
  const age = istioMillis(cors.maxAge);
  if (cors.maxAge !== undefined && (age === undefined || age % 1000 !== 0)) {
    const expected = `whole seconds: ${istioDuration}`;
    problems.add(`${path}.maxAge`, `got ${quote(cors.maxAge)}`, expected, "Write it like 600s or 10m.");
  }
}

const methods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** `*` stands for all where it stands alone, and for a thing called `*` where credentials are allowed. */
function validateList(
  problems: Problems,
  path: string,
  { allowCredentials }: CorsPolicy,
  names: readonly string[] = [],
  check: (name: string, where: string) => void,
): void {
  names.forEach((name, index) => {
    if (name !== "*") check(name, `${path}[${index}]`);
  });
  if (!names.includes("*")) return;
  if (names.length > 1) problems.add(path, "* beside others", '["*"] or names', "Remove one or the others.");
  if (!allowCredentials) return;
  const got = "* with allowCredentials: browsers take it for a name then";
  problems.add(path, got, "names", "Write the names, or remove allowCredentials.");
}
