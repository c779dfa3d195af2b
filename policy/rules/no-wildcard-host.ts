import { withoutNamespace } from "../../components/lanes/hosts";
import { asRecord } from "../../tools/values";
import { isIstio, list, objectName, type ResourceRule, text } from "../resource";

/** In production gateways and their routes name their hosts: `*` serves whatever name a client sends. */
export const noWildcardHost: ResourceRule = (resource, { production }) => {
  if (!production) return [];
  const spec = asRecord(resource.props.spec);
  if (isIstio(resource, "Gateway")) {
    return list(spec.servers).flatMap((server) => {
      const { hosts, port } = asRecord(server);
      if (!list(hosts).some(isAny)) return [];
      const where = `port ${text(asRecord(port).number)}`;
      return [`Gateway ${objectName(resource)} serves any host on ${where}. Write the names under hosts of the port.`];
    });
  }
  // Routes of sidecars have names of services.
  if (!isIstio(resource, "VirtualService") || !list(spec.gateways).some((gateway) => gateway !== "mesh")) return [];
  if (!list(spec.hosts).some(isAny)) return [];
  return [
    `VirtualService ${objectName(resource)} routes any host. Write the names under entry.hosts of the lane group.`,
  ];
};

/** Gateways may have `namespace/host`. */
function isAny(host: unknown): boolean {
  return withoutNamespace(text(host)) === "*";
}
