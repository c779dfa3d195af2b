import { z } from "zod";
import { laneGroupSchema } from "../components/lanes/spec";

/** Apps that a workload can run: folders of apps/. */
export const appNames = ["mock", "wsk", "helloworld", "live-chart", "ws-echo", "ws-client"] as const;

const name = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");
const port = z.number().int().min(1).max(65535).describe("a port number, 1 to 65535");

export const clusterSchema = z
  .strictObject({
    kind: z.enum(["auto", "embedded", "kind", "existing"]).optional().describe("auto, embedded, kind or existing"),
    name: name.optional(),
    kubeconfig: z.string().min(1).optional().describe("path of a kubeconfig file (existing only)"),
    context: z.string().min(1).optional().describe("a context of that file (existing only)"),
    kubernetesVersion: z.string().optional().describe("a version such as 1.35.4"),
  })
  .describe("a cluster: kind, name, kubeconfig, context, kubernetesVersion");

export const meshSchema = z
  .strictObject({
    kind: z.enum(["istio"]).optional().describe("istio"),
    version: z.string().optional().describe("a version such as 1.29.1"),
    charts: z.string().min(1).optional().describe("a folder that stands in for the chart repository"),
    revision: name.optional().describe("an Istio revision, such as stable"),
  })
  .describe("a mesh: kind, version, charts, revision");

const gatewayPortSchema = z
  .strictObject({
    name,
    port,
    protocol: z.enum(["HTTP", "HTTPS"]).describe("HTTP or HTTPS"),
    hosts: z.array(z.string()).min(1).optional().describe('a list of host names; default ["*"]'),
    credentialName: z.string().optional().describe("the name of a TLS secret beside the gateway (HTTPS only)"),
  })
  .describe("a port: name, port, protocol, hosts, credentialName");

export const gatewaySchema = z
  .strictObject({
    name: name.optional(),
    namespace: name.optional(),
    ports: z.array(gatewayPortSchema).min(1).optional().describe("a list of at least one port"),
  })
  .describe("a gateway: name, namespace, ports");

export const workloadSchema = z
  .strictObject({
    name,
    app: z.enum(appNames).describe(appNames.join(", ")),
    namespace: name.optional(),
    port,
    portName: z.string().optional().describe("a port name that tells the protocol, such as http or http-ws"),
    targetPort: port.optional().describe("a port number of the container, 1 to 65535; default: port"),
    calls: z.string().optional().describe("an http URL that the app calls, such as http://mockb:8000/mock"),
    versions: z.array(z.string()).min(1).describe("a list of at least one version"),
    versionLabel: z.string().optional().describe("the pod label that holds the version; default version"),
    replicas: z
      .union([z.number().int().min(0), z.record(z.string(), z.number().int().min(0))])
      .optional()
      .describe("a whole number from 0, or version -> number"),
    env: z.record(z.string(), z.string()).optional().describe("environment variable -> text"),
  })
  .describe(
    "a workload: name, app, namespace, port, portName, targetPort, calls, versions, versionLabel, replicas, env",
  );

export const stackConfigSchema = z.strictObject({
  cluster: clusterSchema.optional(),
  mesh: meshSchema.optional(),
  gateway: gatewaySchema.optional(),
  workloads: z.array(workloadSchema).optional().describe("a list of workloads"),
  laneGroups: z.array(laneGroupSchema).optional().describe("a list of lane groups"),
});

export type StackConfigInput = z.infer<typeof stackConfigSchema>;

/** JSON schema of the `mesh-lanes:` keys of a stack file, for editors; committed as mesh-lanes.schema.json. */
export function stackConfigJsonSchema(): object {
  return z.toJSONSchema(stackConfigSchema, { target: "draft-7", io: "input" });
}
