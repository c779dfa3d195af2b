import { deploymentName } from "../../components/names";
import { demoEnv, demoPod, demoProbe } from "../../components/workloads/demo-app";
import { deploymentSpec, podLabels } from "../../components/workloads/deployment-spec";
import type { LabObject } from "./cluster";

/** The request header in which a test names the chain that the mock apps call. */
export const callsHeader = "x-mock-calls";

export interface PodsArgs {
  readonly namespace: string;
  /** Label `app` of these pods, and the service that they say they are. */
  readonly name: string;
  /** Image of the mock app. */
  readonly image: string;
  readonly versions: readonly string[];
  readonly forwardHeaders: readonly string[];
  /** Shown by each hop as they came in, beside baggage. */
  readonly echoHeaders: readonly string[];
  /** Port on which they speak gRPC beside HTTP. @default none */
  readonly grpcPort?: number;
}

/** Label of the pods that holds the version, beside `version`. */
export const versionLabel = "ASM_TRAFFIC_TAG";
export const podPort = 8000;

/** A namespace whose pods get sidecars. */
export function labNamespace(name: string, injectionLabel: Readonly<Record<string, string>>): LabObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: injectionLabel } };
}

/** Pods of the mock app, one of each version, with the product's own pod spec. Any number of Services can lead to them. */
export function labPods(args: PodsArgs): LabObject[] {
  const pods = {
    serviceName: args.name,
    image: args.image,
    port: podPort,
    versionLabel,
    probe: demoProbe,
    pod: demoPod(podPort),
    env: {
      CALLS_HEADER: callsHeader,
      FORWARD_HEADERS: args.forwardHeaders.join(),
      ECHO_HEADERS: args.echoHeaders.join(),
    },
  };
  const { namespace, name, grpcPort } = args;
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    ...args.versions.map((version) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: deploymentName(name, version), namespace, labels: podLabels(pods, version) },
      spec: deploymentSpec(pods, version, { env: demoEnv({ name, version, port: podPort, grpcPort }) }),
    })),
  ];
}

/** A Service over such pods. */
export function labService(args: {
  readonly name: string;
  readonly namespace: string;
  readonly port: number;
  /** Label `app` of its pods. */
  readonly pods: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Further ports that lead to the same pods; by default by HTTP, to the same port of them. @default none */
  readonly further?: readonly { readonly port: number; readonly name?: string; readonly targetPort?: number }[];
}): LabObject {
  const { name, namespace, port, pods, annotations, further = [] } = args;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace, ...(annotations && { annotations }) },
    spec: {
      selector: { app: pods },
      ports: [
        { name: "http", port, targetPort: podPort },
        ...further.map((each) => ({ name: `http-${each.port}`, targetPort: podPort, ...each })),
      ],
    },
  };
}
