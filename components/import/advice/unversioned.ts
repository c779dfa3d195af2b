import { subsetName } from "../../lanes/subset";
import { unversionedDestinations } from "../../lanes/unversioned";
import { shellCommand } from "../../shell";
import type { Findings } from "../finding";
import type { ProposalContext } from "../proposal";
import { nameOf, routesOfGateways } from "../routes";
import { furtherPorts } from "../select";
import { list } from "./list";

/** Routes of gateways that stay, and would lead to a canary too: no sidecar chooses the version of what they lead to. */
export function unversionedRoutes(findings: Findings, { inventory, names, services }: ProposalContext): void {
  for (const object of routesOfGateways(inventory)) {
    const found = unversionedDestinations(object.spec).flatMap(({ host, port, pointer }) => {
      const service = names.find(host, object.namespace);
      const proposed = services.find((each) => each.service === service);
      // A port that is not declared is as without lanes.
      const declared = proposed && [proposed.main, ...furtherPorts(proposed)].map((each) => each.port.port);
      if (!proposed || (port !== undefined && !declared?.includes(port))) return [];
      return [{ name: proposed.service.name, pointer, subset: subsetName(proposed.versions.baseline) }];
    });
    if (found.length === 0) continue;
    const patch = found.map(({ pointer, subset }) => ({ op: "add", path: `${pointer}/subset`, value: subset }));
    const command = shellCommand(
      "kubectl",
      "patch",
      "virtualservice",
      object.name,
      "--namespace",
      object.namespace,
      "--type",
      "json",
      "--patch",
      JSON.stringify(patch),
    );
    findings.add(
      "note",
      nameOf(object),
      `it leads to ${list(found.map(({ name }) => name))} and names no subset`,
      "a subset, before a second version runs: its requests, which are in no lane, would meet both versions (ML046)",
      `After the first update: ${command}`,
    );
  }
}
