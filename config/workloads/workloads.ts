import { z } from "zod";
import { languages } from "../../components/telemetry/instrumentation-spec";
import { lingerSeconds, mostDrainSeconds } from "../../components/workloads/drain";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { mayBeEncrypted, name, port, text } from "../values";

/** Apps that a workload can run: folders of apps/. */
const appNames = ["mock", "wsk", "helloworld", "live-chart", "ws-echo", "ws-client", "otlp-sink"] as const;

const autoscaling = z
  .strictObject({
    min: z.number().int().min(1).describe("the fewest pods, at least 1"),
    max: z.number().int().min(1).describe("the most pods"),
    cpuPercent: z.number().int().min(1).max(1000).optional().describe("percent of the CPU request; default 80"),
  })
  .describe("an autoscaler of this stack: min, max, cpuPercent");

const count = z
  .union([z.number().int().min(0), z.literal("auto"), autoscaling])
  .describe("a whole number from 0, min and max of an autoscaler, or auto: left to others or to kubectl scale");

const drainRange = `${lingerSeconds} to ${mostDrainSeconds} seconds`;
const drainSeconds = z.number().int().min(lingerSeconds).max(mostDrainSeconds).optional();

const keyOfObject = z.strictObject({
  name: text.describe("name of the object, in the workload's namespace"),
  key: text.describe("key in it"),
});

const environment = z
  .record(
    z.string(),
    z
      .union([
        z.string(),
        z.strictObject({ secretKeyRef: keyOfObject.describe("where a Secret has the value: name, key") }),
        z.strictObject({ configMapKeyRef: keyOfObject.describe("where a ConfigMap has the value: name, key") }),
      ])
      .describe("text, or secretKeyRef or configMapKeyRef with name and key"),
  )
  .default({})
  .meta({
    description: "environment variable -> text, secretKeyRef or configMapKeyRef; a text may be encrypted",
    [mayBeEncrypted]: true,
  });

const image = z
  .string()
  .optional()
  .meta({
    description: "an image with its tag or digest; beside app, where the app's image is",
    examples: ["registry.example.com/shop/cart:1.4.2"],
  });

const pod = z
  .strictObject({
    metadata: z
      .strictObject({
        labels: z.record(z.string(), z.string()).optional().describe("label -> value"),
        annotations: z.record(z.string(), z.string()).optional().describe("annotation -> value"),
      })
      .optional()
      .describe("labels and annotations of the pods"),
    spec: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("fields of Kubernetes' PodSpec; the app's container is app"),
  })
  .optional()
  .describe("what the pods have besides, in Kubernetes' own fields: metadata, spec");

const versionSchema = z
  .strictObject({
    image,
    env: environment,
    replicas: count.optional(),
    drainSeconds: drainSeconds.describe(
      `how long a pod of the version serves on when it is told to stop, ${drainRange}; default: that of the workload`,
    ),
    pod,
  })
  .nullable()
  .transform((version) => version ?? { env: {} })
  .describe("what a version has of its own: image, env, replicas, drainSeconds, pod");

const probe = z
  .union([
    z.enum(["tcp", "grpc", "none"]),
    z.strictObject({ http: z.string().describe("a path that answers 200 to 399, such as /healthz") }),
  ])
  .optional()
  .meta({
    description:
      "when a pod is ready: tcp (its port takes connections), grpc (the health service of gRPC), http with a path, or none; default tcp",
    examples: ["tcp"],
  });

const workloadSchema = z
  .strictObject({
    name,
    app: z
      .enum(appNames)
      .optional()
      .describe(`an app of this project, whose image is built: ${appNames.join(", ")}`),
    image,
    namespace: name.default("default"),
    port,
    portName: z
      .string()
      .default("http")
      .describe(
        "a port name that tells the protocol, such as http, http-ws or grpc, in which the mock app speaks too; default http",
      ),
    targetPort: port.optional().describe("a port number of the container, 1 to 65535; default: port"),
    ports: z
      .array(
        z
          .strictObject({
            port: port.describe("a port number of the Service, 1 to 65535"),
            name: z.string().describe("a port name that tells the protocol, such as grpc, http-admin or tcp-thrift"),
            targetPort: port.optional().describe("a port number of the container, 1 to 65535; default: port"),
          })
          .describe("a port: port, name, targetPort"),
      )
      .default([])
      .meta({
        description: "a list of further ports of the Service; default none",
        examples: [[{ port: 9090, name: "grpc" }]],
      }),
    calls: z
      .string()
      .optional()
      .meta({
        description:
          "an http URL that the app of this project calls, such as http://mockb:8000/mock; of app mock also grpc://mockb:9000, by gRPC",
        examples: ["http://mockb:8000/mock"],
      }),
    versions: z
      .union([
        z.array(z.string()).min(1),
        z.record(z.string(), versionSchema).refine((versions) => Object.keys(versions).length > 0),
      ])
      .describe("a list of at least one version, or version -> its image, env, replicas, drainSeconds and pod"),
    versionLabel: z.string().default("version").describe("the pod label that holds the version; default version"),
    replicas: z
      .union([count, z.record(z.string(), count).describe("version -> number of pods")])
      .default(1)
      .describe(
        "a whole number from 0, min and max of an autoscaler, auto (left to others or to kubectl scale), or version -> one of these; default 1",
      ),
    minAvailable: z
      .number()
      .int()
      .min(1)
      .optional()
      .describe("pods of each version that a drain of nodes leaves running; default: no budget"),
    drainSeconds: drainSeconds.meta({
      description: `how long a pod that is told to stop serves open requests and sockets before its app gets SIGTERM, ${drainRange}; default ${lingerSeconds}`,
      examples: [60],
    }),
    env: environment,
    probe,
    imagePullSecrets: z.array(name).optional().describe("a list of Secrets with which images are pulled"),
    serviceAccount: z
      .strictObject({ annotations: z.record(z.string(), z.string()).describe("annotation -> value") })
      .optional()
      .describe("the account of the pods: annotations"),
    pod,
    sessionAffinity: z
      .enum(["None", "ClientIP"])
      .optional()
      .describe("None or ClientIP: one pod for each client outside the mesh; default None"),
    instrument: z
      .enum(languages)
      .optional()
      .describe(`${languages.join(", ")}: the operator injects instrumentation that forwards baggage; default: none`),
  })
  .describe("a workload: name, app or image, namespace, port, versions and how its pods are")
  .transform(({ targetPort, ports, replicas, versions, ...workload }) => {
    const ofVersions: Readonly<Record<string, OfVersion>> = Array.isArray(versions)
      ? Object.fromEntries(versions.map((version) => [version, { env: {} }]))
      : versions;
    const ofReplicas: Readonly<Record<string, Count>> = isCount(replicas) ? {} : replicas;
    const usual = isCount(replicas) ? replicas : 1;
    // A map has no order: the engine hands its keys over sorted, and so does what an update notes.
    const names = Array.isArray(versions) ? versions : Object.keys(versions).sort();
    return {
      ...workload,
      targetPort: targetPort ?? workload.port,
      ports: ports.map((each) => ({ ...each, targetPort: each.targetPort ?? each.port })),
      /** Their names. */
      versions: names,
      /** Version -> what it has of its own. */
      ofVersions,
      /** Of every version, and of those that are none. */
      replicas: {
        ...Object.fromEntries(names.map((version) => [version, ofVersions[version]?.replicas ?? usual])),
        ...ofReplicas,
      },
    };
  });

type Count = z.output<typeof count>;
type OfVersion = z.output<typeof versionSchema>;

/** Version -> count is the only other map; a version is hardly called min. */
function isCount(replicas: Count | Readonly<Record<string, Count>>): replicas is Count {
  return typeof replicas !== "object" || (typeof replicas.min === "number" && typeof replicas.max === "number");
}

export const workloadsSchema = z.array(workloadSchema).default([]).describe("a list of workloads");

export type WorkloadConfig = DeepReadonly<z.output<typeof workloadSchema>> & {
  /** Environment variable -> text that is kept secret; encrypted values of `env`. */
  readonly secretEnv?: Readonly<Record<string, string>>;
  /** The same of a version. */
  readonly secretEnvOf?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};
