import { z } from "zod";
import { laneGroupSchema } from "../components/lanes/spec";
import { podSecurityLevels } from "../components/security/pod-security";
import { ackSchema, asmSchema, loadBalancerSchema } from "./schema-alibaba";
import { instrumentSchema, telemetrySchema } from "./schema-telemetry";

/** Apps that a workload can run: folders of apps/. */
export const appNames = ["mock", "wsk", "helloworld", "live-chart", "ws-echo", "ws-client", "otlp-sink"] as const;

const name = z.string().describe("a name of at most 63 characters: a-z, 0-9 and '-', not first or last");
const port = z.number().int().min(1).max(65535).describe("a port number, 1 to 65535");

export const clusterSchema = z
  .strictObject({
    kind: z
      .enum(["auto", "embedded", "kind", "existing", "ack"])
      .optional()
      .describe("auto, embedded, kind, existing or ack"),
    name: name.optional(),
    kubeconfig: z.string().min(1).optional().describe("path of a kubeconfig file (existing only)"),
    context: z.string().min(1).optional().describe("a context of that file (existing only)"),
    kubernetesVersion: z.string().optional().describe("a version such as 1.35.4"),
    id: z
      .string()
      .min(1)
      .optional()
      .describe("the id of a cluster that is there (ack), or the one that the mesh knows it by (existing with asm)"),
    ack: ackSchema.optional(),
  })
  .describe("a cluster: kind, name, kubeconfig, context, kubernetesVersion, id, ack");

export const meshSchema = z
  .strictObject({
    kind: z.enum(["istio", "asm"]).optional().describe("istio or asm"),
    version: z.string().optional().describe("a version such as 1.29.1; of asm, such as 1.24.6.64"),
    charts: z.string().min(1).optional().describe("a folder that stands in for the chart repository (istio only)"),
    revision: name.optional().describe("an Istio revision, such as stable (istio only)"),
    kubeconfig: z.string().min(1).optional().describe("path of the kubeconfig file of a mesh that is there (asm only)"),
    context: z.string().min(1).optional().describe("a context of that file (asm only)"),
    asm: asmSchema.optional(),
  })
  .describe("a mesh: kind, version, charts, revision, kubeconfig, context, asm");

const gatewayPortSchema = z
  .strictObject({
    name,
    port,
    protocol: z.enum(["HTTP", "HTTPS"]).describe("HTTP or HTTPS"),
    hosts: z.array(z.string()).min(1).optional().describe('a list of host names; default ["*"]'),
    credentialName: z
      .string()
      .optional()
      .describe("the name of a TLS secret (HTTPS only): of an entry of tls, or managed elsewhere"),
    redirect: z
      .boolean()
      .optional()
      .describe("true or false: send requests on to HTTPS and serve none (HTTP only); default false"),
  })
  .describe("a port: name, port, protocol, hosts, credentialName, redirect");

export const gatewaySchema = z
  .strictObject({
    name: name.optional(),
    namespace: name.optional(),
    ports: z.array(gatewayPortSchema).min(1).optional().describe("a list of at least one port"),
    loadBalancer: loadBalancerSchema.optional(),
  })
  .describe("a gateway: name, namespace, ports, loadBalancer");

export const furtherGatewaySchema = z
  .strictObject({
    name,
    namespace: name,
    ports: z.array(gatewayPortSchema).min(1).describe("a list of at least one port"),
  })
  .describe("a further gateway on the same pods: name, namespace, ports");

const issuerSchema = z
  .strictObject({
    name: z.string().min(1).describe("the name of a cert-manager issuer"),
    kind: z.enum(["Issuer", "ClusterIssuer"]).optional().describe("Issuer or ClusterIssuer; default Issuer"),
  })
  .describe("a cert-manager issuer: name, kind");

export const tlsSchema = z
  .strictObject({
    secret: z.string().describe("the name of the secret; a port's credentialName names it"),
    hosts: z.array(z.string()).min(1).describe("a list of at least one DNS name, *.name or IP address"),
    source: z
      .strictObject({
        kind: z.enum(["selfSigned", "pem", "certManager"]).describe("selfSigned, pem or certManager"),
        days: z
          .number()
          .int()
          .min(1)
          .max(825)
          .optional()
          .describe("days that a certificate lasts, 1 to 825; default 90 (selfSigned only)"),
        certificate: z.string().optional().describe("a certificate and its chain as PEM text (pem only)"),
        key: z
          .unknown()
          .optional()
          .describe("never here: the private key is the encrypted key mesh-lanes:tlsKey.<secret>"),
        issuer: issuerSchema.optional(),
      })
      .describe("where the certificate comes from: kind, days, certificate, issuer"),
  })
  .describe("a TLS secret of the gateway: secret, hosts, source");

const replicas = z.union([z.number().int().min(0), z.literal("auto")]);

export const workloadSchema = z
  .strictObject({
    name,
    app: z.enum(appNames).optional().describe(appNames.join(", ")),
    image: z.string().optional().describe("an image with its tag or digest, in place of the one that is built of app"),
    namespace: name.optional(),
    port,
    portName: z.string().optional().describe("a port name that tells the protocol, such as http or http-ws"),
    targetPort: port.optional().describe("a port number of the container, 1 to 65535; default: port"),
    calls: z.string().optional().describe("an http URL that the app calls, such as http://mockb:8000/mock"),
    versions: z.array(z.string()).min(1).describe("a list of at least one version"),
    versionLabel: z.string().optional().describe("the pod label that holds the version; default version"),
    replicas: z
      .union([replicas, z.record(z.string(), replicas)])
      .optional()
      .describe("a whole number from 0, auto (left to an autoscaler or to kubectl scale), or version -> one of these"),
    env: z.record(z.string(), z.string()).optional().describe("environment variable -> text"),
    sessionAffinity: z
      .enum(["None", "ClientIP"])
      .optional()
      .describe("None or ClientIP: one pod for each client outside the mesh; default None"),
    instrument: instrumentSchema,
  })
  .describe(
    "a workload: name, app, image, namespace, port, portName, targetPort, calls, versions, versionLabel, replicas, env, sessionAffinity, instrument",
  );

export const securitySchema = z
  .strictObject({
    mtls: z
      .enum(["strict", "permissive"])
      .optional()
      .describe("strict (no request without a certificate of the mesh) or permissive; default strict"),
    authorization: z
      .boolean()
      .optional()
      .describe("true or false: only calls of lane groups, of workloads and of allow; default true"),
    networkPolicies: z
      .boolean()
      .optional()
      .describe("true or false: the same calls for the network; default true with istio, and not with asm"),
    podSecurity: z
      .enum(podSecurityLevels)
      .optional()
      .describe(`${podSecurityLevels.join(", ")}: what pods must satisfy; default privileged, see docs/security.md`),
  })
  .describe("security of the workloads' namespaces: mtls, authorization, networkPolicies, podSecurity");

export const allowSchema = z
  .strictObject({
    from: z.string().describe("namespace/account: the service account of the caller"),
    to: z.string().describe("namespace/service: a workload or a service of a lane group"),
  })
  .describe("a call that is allowed besides those of lane groups and workloads: from, to");

/** Prefix of the keys that hold private keys, each encrypted; the rest of such a key is the name of a TLS secret. */
export const tlsKeyPrefix = "tlsKey.";

/** Keys that a file named by `include` may have; each is appended to the stack's own list. */
export const includableKeys = ["workloads", "laneGroups", "gateways", "tls", "allow"] as const;

export const stackConfigSchema = z.strictObject({
  include: z
    .array(z.string())
    .optional()
    .describe(`a list of YAML files with ${includableKeys.join(", ")}; paths begin at the folder of the project`),
  cluster: clusterSchema.optional(),
  mesh: meshSchema.optional(),
  gateway: gatewaySchema.optional(),
  gateways: z.array(furtherGatewaySchema).optional().describe("a list of further gateways on the same pods"),
  tls: z.array(tlsSchema).optional().describe("a list of TLS secrets of the gateway"),
  workloads: z.array(workloadSchema).optional().describe("a list of workloads"),
  laneGroups: z.array(laneGroupSchema).optional().describe("a list of lane groups"),
  security: securitySchema.optional(),
  allow: z.array(allowSchema).optional().describe("a list of further calls that are allowed"),
  telemetry: telemetrySchema.optional(),
});

export type StackConfigInput = z.infer<typeof stackConfigSchema>;

/** JSON schema of the `mesh-lanes:` keys of a stack file, for editors; committed as mesh-lanes.schema.json. */
export function stackConfigJsonSchema(): object {
  const description =
    "the private key of a TLS secret; set it by `pulumi config set --secret mesh-lanes:tlsKey.<secret>`";
  return {
    ...z.toJSONSchema(stackConfigSchema, { target: "draft-7", io: "input" }),
    patternProperties: { [`^${tlsKeyPrefix.replace(".", "\\.")}`]: { description } },
  };
}
