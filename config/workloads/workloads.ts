import { z } from "zod";
import { languages } from "../../components/telemetry/instrumentation-spec";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { mayBeEncrypted, name, port } from "../values";

/** Apps that a workload can run: folders of apps/. */
export const appNames = ["mock", "wsk", "helloworld", "live-chart", "ws-echo", "ws-client", "otlp-sink"] as const;
export type AppName = (typeof appNames)[number];

const count = z
  .union([z.number().int().min(0), z.literal("auto")])
  .describe("a whole number from 0, or auto: left to an autoscaler or to kubectl scale");

const workloadSchema = z
  .strictObject({
    name,
    app: z
      .enum(appNames)
      .optional()
      .describe(`an app of this project, whose image is built: ${appNames.join(", ")}`),
    image: z
      .string()
      .optional()
      .meta({
        description: "an image with its tag or digest, in place of the one that is built of app",
        examples: ["registry.example.com/shop/mock:1.0.0"],
      }),
    namespace: name.default("default"),
    port,
    portName: z
      .string()
      .default("http")
      .describe("a port name that tells the protocol, such as http or http-ws; default http"),
    targetPort: port.optional().describe("a port number of the container, 1 to 65535; default: port"),
    calls: z
      .string()
      .optional()
      .meta({
        description: "an http URL that the app calls, such as http://mockb:8000/mock",
        examples: ["http://mockb:8000/mock"],
      }),
    versions: z.array(z.string()).min(1).describe("a list of at least one version"),
    versionLabel: z.string().default("version").describe("the pod label that holds the version; default version"),
    replicas: z
      .union([count, z.record(z.string(), count).describe("version -> number of pods")])
      .default(1)
      .describe(
        "a whole number from 0, auto (left to an autoscaler or to kubectl scale), or version -> one of these; default 1",
      ),
    env: z
      .record(z.string(), z.string())
      .default({})
      .meta({ description: "environment variable -> text; a value may be encrypted", [mayBeEncrypted]: true }),
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
  .transform(({ targetPort, replicas, ...workload }) => ({
    ...workload,
    targetPort: targetPort ?? workload.port,
    /** Of every version. */
    replicas: {
      ...Object.fromEntries(workload.versions.map((version) => [version, typeof replicas === "object" ? 1 : replicas])),
      ...(typeof replicas === "object" && replicas),
    },
  }));

export const workloadsSchema = z.array(workloadSchema).default([]).describe("a list of workloads");

export type WorkloadConfig = DeepReadonly<z.output<typeof workloadSchema>> & {
  /** Environment variable -> text that is kept secret; encrypted values of `env`. */
  readonly secretEnv?: Readonly<Record<string, string>>;
};
