import { z } from "zod";

/** Kinds of config that istiod sends, and where Envoy's `config_dump` keeps them. */
const sections = {
  clusters: "dynamic_active_clusters",
  listeners: "dynamic_listeners",
  routes: "dynamic_route_configs",
  endpoints: "dynamic_endpoint_configs",
} as const;

/** Bytes of JSON, without blanks. */
export type ConfigBytes = Readonly<Record<keyof typeof sections, number>>;

const dumpSchema = z.object({ configs: z.array(z.record(z.string(), z.unknown())) });

/** What istiod has sent to a proxy. @param dump the answer to `config_dump?include_eds` of its admin port. */
export function configBytes(dump: string): ConfigBytes {
  const { configs } = dumpSchema.parse(JSON.parse(dump));
  const bytes = (key: string) =>
    configs.reduce((sum, { [key]: part }) => sum + (part === undefined ? 0 : JSON.stringify(part).length), 0);
  return {
    clusters: bytes(sections.clusters),
    listeners: bytes(sections.listeners),
    routes: bytes(sections.routes),
    endpoints: bytes(sections.endpoints),
  };
}

/** Names of the clusters that istiod has sent. */
export function clusterNames(dump: string): string[] {
  const entry = z.object({ cluster: z.object({ name: z.string() }) });
  return dumpSchema
    .parse(JSON.parse(dump))
    .configs.flatMap(({ [sections.clusters]: part }) => (part === undefined ? [] : z.array(entry).parse(part)))
    .map(({ cluster }) => cluster.name);
}
