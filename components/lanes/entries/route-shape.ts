import { z } from "zod";
import type { DeepReadonly } from "../../../tools/deep-readonly";
import { entryRoutePolicySchema } from "../policy/shape";
import { conditionShape } from "./match-shape";

export const entryRouteSchema = z
  .strictObject({
    name: z.string().optional().describe("a name for its routes in the mesh; default: its service's"),
    service: z.string().describe("the name of the group's service that these requests go to"),
    path: conditionShape.path,
    method: conditionShape.method,
    hosts: conditionShape.hosts,
    headers: conditionShape.headers,
    query: conditionShape.query,
    // Of a prefix, what it matched is replaced and the rest kept; else the whole path. Queries stay.
    rewrite: z
      .string()
      .optional()
      .meta({ description: "a path that replaces what `path` matched: its prefix, or all of it", examples: ["/"] }),
    policy: entryRoutePolicySchema.optional(),
  })
  .describe("a route of the entry: name, service, path, method, hosts, headers, query, rewrite, policy")
  .transform((route) => ({ ...route, name: route.name ?? route.service }));

/** Requests of the entry that go to a service of their own. */
export type EntryRoute = DeepReadonly<z.output<typeof entryRouteSchema>>;
