import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { projectRoot } from "../../tools/paths";

/*
 * Well-known public systems as graphs: facts about them, in graphs/, each with the repository and the commit that they are
 * read from.
 */

export const systemNames = [
  ...["bookinfo", "hotel-reservation", "hotrod-signadot", "online-boutique", "otel-demo"],
  ...["petclinic-cloud", "robot-shop", "sock-shop", "train-ticket"],
] as const;

export type SystemName = (typeof systemNames)[number];

const portSchema = z.strictObject({
  port: z.number(),
  name: z.string().optional(),
  targetPort: z.number().optional(),
  appProtocol: z.string().optional(),
  /** What the app speaks, whatever the port is called. */
  speaks: z.enum(["http", "grpc", "tcp", "udp"]),
});

const graphSchema = z.strictObject({
  name: z.enum(systemNames),
  source: z.string(),
  namespace: z.string(),
  services: z.array(
    z.strictObject({
      name: z.string(),
      namespace: z.string().optional(),
      kind: z.string().default("Deployment"),
      labels: z.record(z.string(), z.string()),
      versionLabel: z.string().optional(),
      versions: z.array(z.string()).default([]),
      type: z.string().optional(),
      headless: z.boolean().default(false),
      /** Another service, whose pods it selects. */
      podsOf: z.string().optional(),
      /** None: no Service leads to it. */
      ports: z.array(portSchema).default([]),
    }),
  ),
  calls: z.array(z.tuple([z.string(), z.string(), z.number(), z.string(), z.enum(["env", "api", "code"])])),
  entries: z.array(
    z.strictObject({ service: z.string(), port: z.number(), path: z.string(), exact: z.boolean().default(false) }),
  ),
  routes: z
    .array(
      z.strictObject({
        service: z.string(),
        subsets: z.record(z.string(), z.string()).default({}),
        weights: z.record(z.string(), z.number()).default({}),
      }),
    )
    .default([]),
});

export type SystemGraph = z.output<typeof graphSchema>;
export type SystemService = SystemGraph["services"][number];

export function systemGraph(name: SystemName): SystemGraph {
  return graphSchema.parse(parse(readFileSync(join(projectRoot, "test", "systems", "graphs", `${name}.yaml`), "utf8")));
}
