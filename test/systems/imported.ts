import { stringify } from "yaml";
import { parseManifests } from "../../cli/import/read";
import { ownGateway } from "../../cli/import/stack-values";
import type { GivenCall } from "../../components/import/chain";
import { type Inventory, takeInventory } from "../../components/import/inventory";
import { readObjects } from "../../components/import/objects";
import type { ImportOptions } from "../../components/import/options";
import type { GivenProtocol } from "../../components/import/ports";
import type { Proposal } from "../../components/import/proposal";
import { proposeLaneGroup } from "../../components/import/propose";
import { gatewayName } from "../../config/gateway/gateway";
import type { SystemGraph } from "./graph";

/** The inventory of manifests, by way of their text. */
export function inventoryOf(manifests: readonly object[]): Inventory {
  const text = manifests.map((manifest) => stringify(manifest)).join("---\n");
  const { documents, broken } = parseManifests("system.yaml", text);
  const read = readObjects(documents);
  return takeInventory({ ...read, broken: [...broken, ...read.broken] });
}

export function propose(manifests: readonly object[], options: ImportOptions = {}): Proposal {
  return proposeLaneGroup(inventoryOf(manifests), (group) => gatewayName(ownGateway(group)), options);
}

/** What only those know who know the system's code: calls that no manifest shows. What asks Consul calls no Service. */
export function knownCalls({ services, calls }: SystemGraph): GivenCall[] {
  const names = new Set(services.filter(({ ports }) => ports.length > 0).map(({ name }) => name));
  const hidden = calls.filter(
    ([from, to, , host, how]) => how !== "env" && names.has(from) && names.has(to) && !host.startsWith("consul:"),
  );
  return [...new Set(hidden.map(([from]) => from))].map((from) => ({
    from,
    to: [...new Set(hidden.filter(([caller]) => caller === from).map(([, to]) => to))],
  }));
}

/** What ports speak that are named for TCP. */
export function knownProtocols({ services }: SystemGraph): GivenProtocol[] {
  return services.flatMap(({ name: service, ports }) =>
    ports.flatMap(({ port, name = "", speaks }) =>
      (speaks === "http" || speaks === "grpc") && name.startsWith("tcp-") ? [{ service, port, protocol: speaks }] : [],
    ),
  );
}
