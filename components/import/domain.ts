import { texts } from "../../tools/values";
import { defaultClusterDomain } from "../lanes/spec";
import { isDnsName } from "../lanes/syntax";
import type { Inventory } from "./inventory";

/** `cart.shop.svc.prod.example`, also within a longer text and behind the name of a pod. Bounded, so that no text takes long. */
const wholeName =
  /(?<![-\w])([a-z0-9][-a-z0-9]{0,62})\.([a-z0-9][-a-z0-9]{0,62})\.svc\.([a-z0-9][-a-z0-9]{0,62}(?:\.[a-z0-9][-a-z0-9]{0,62}){0,9})/gi;

/** The domains under which Services that were read are named, in what pods read and in routes; each once. */
function clusterDomains({ services, workloads, unreadConfigMaps, others }: Inventory): string[] {
  const known = new Set(services.map(({ name, namespace }) => `${name}.${namespace}`));
  const read = [
    ...workloads.flatMap((workload) => workload.texts.map(({ text }) => text)),
    ...unreadConfigMaps.map(({ text }) => text),
    ...others.flatMap(({ spec }) => [...texts(spec.hosts), ...texts([spec.host])]),
  ];
  const found = read.flatMap((text) =>
    [...text.matchAll(wholeName)].flatMap(([, name = "", namespace = "", domain = ""]) =>
      known.has(`${name}.${namespace}`.toLowerCase()) ? domain.toLowerCase() : [],
    ),
  );
  return [...new Set(found)].filter(isDnsName);
}

/** The domain that all these names agree on; else the usual one. */
export function clusterDomainOf(inventory: Inventory): string {
  const [domain = defaultClusterDomain, ...more] = clusterDomains(inventory);
  return more.length > 0 ? defaultClusterDomain : domain;
}
