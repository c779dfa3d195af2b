import { type Problem, UserError } from "../../tools/user-error";
import type { Inventory } from "./inventory";
import type { ImportOptions } from "./options";
import type { LeftOut, Selected } from "./select";

/*
 * Why there is no proposal at all. Documents that could not be read are named: the service that is missing may be in one.
 */

/** No service is left: each with its reason, what was broken, or else what was read. */
export function nothingLeft(inventory: Inventory, selected: Selected, options: ImportOptions): UserError {
  const left = selected.leftOut.filter(({ service }) => isWanted(service, options));
  const problems = [...unwanted(selected, left, options), ...left.map(problemOf), ...inventory.broken];
  const said = problems.length > 0 ? problems : [whatWasRead(inventory)];
  return new UserError("No service of what was read can be in lanes.", said);
}

/** What lanes cannot route is told too: the entry may be among it. */
export function noEntry({ broken }: Inventory, { candidates, leftOut }: Selected): UserError {
  const expected = candidates.map(({ service }) => service.name).join(", ");
  const fix = "Name the service by which requests come in: --entry.";
  return new UserError("lanes import cannot tell where requests come in", [
    { path: "--entry", got: "no route of a gateway, no Ingress, and no call leads to one service", expected, fix },
    ...leftOut.filter(({ protocol }) => protocol === undefined).map(problemOf),
    ...broken,
  ]);
}

export function isWanted({ name }: { readonly name: string }, { only, without }: ImportOptions): boolean {
  return (only?.includes(name) ?? true) && !without?.includes(name);
}

function problemOf({ service, got, expected, fix }: LeftOut): Problem {
  return { path: `${service.namespace}/${service.name}`, got, expected, fix };
}

/** Namespaces were named, and nothing that was read is in one of them. */
export function nothingInNamespaces(
  wanted: readonly string[],
  found: readonly string[],
  broken: readonly Problem[],
): UserError {
  const others = [...new Set(found)].sort().join(", ");
  const problem = {
    path: "what was read",
    got: `no object of namespace ${wanted.join(", ")}${others === "" ? "" : `; there are some in ${others}`}`,
    expected: "Services and the workloads behind them",
    fix: "Correct --namespace. Objects that name none are in the first.",
  };
  return new UserError("No service of what was read can be in lanes.", [...broken, problem]);
}

/** A flag that leaves nothing of what could be in lanes. */
function unwanted({ candidates }: Selected, left: readonly LeftOut[], { without = [] }: ImportOptions): Problem[] {
  const names = candidates.map(({ service }) => service.name);
  const excluded = names.some((name) => without.includes(name));
  // What --service asks for has its own reason.
  if (names.length === 0 || (!excluded && left.length > 0)) return [];
  const path = excluded ? "--without" : "--service";
  const got = "no service that lanes can route is left";
  return [{ path, got, expected: `one of ${names.join(", ")}`, fix: `Correct ${path}, or leave it out.` }];
}

/** What was read that says nothing about lanes, in words. */
export function readCounts({ unknown, secrets, foreign }: Inventory): string[] {
  const kinds = Object.entries(unknown).sort(([a], [b]) => a.localeCompare(b));
  const documents = foreign === 1 ? "one document that is" : `${foreign} documents that are`;
  return [
    ...kinds.map(([kind, number]) => `${number} ${kind}`),
    ...(secrets > 0 ? [`${secrets} Secret (never read)`] : []),
    ...(foreign > 0 ? [`${documents} no object of Kubernetes`] : []),
  ];
}

function whatWasRead(inventory: Inventory): Problem {
  const { services, workloads } = inventory;
  const pods = workloads.length > 0 ? [`${workloads.length} with a pod template`] : [];
  const counts = [...pods, ...readCounts(inventory)];
  const noService = services.length === 0 && counts.length > 0 ? ["no Service"] : [];
  const got = [...noService, ...counts].join(", ") || "nothing: no document";
  const fix = "Name the files or the folder that hold the system's manifests.";
  return { path: "what was read", got, expected: "Services and the workloads behind them", fix };
}
