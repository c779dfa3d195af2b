import type * as pulumi from "@pulumi/pulumi";
import type { EnvValue } from "./env-value";
import type { Overlay } from "./pod-overlay";
import type { Probe } from "./probe";
import type { Replicas } from "./scaling";

/** What one version has of its own; the rest is as in all versions. */
export interface WorkloadVersion {
  /** Image of the version's app container. @default that of the workload */
  readonly image?: pulumi.Input<string>;
  /** Pods of the version. @default those of the workload */
  readonly replicas?: Replicas;
  /** Seconds that a pod of the version serves on when it is told to stop. @default those of the workload */
  readonly drainSeconds?: number;
  /** More environment variables; they win over those of all versions. @default none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** The same, kept in a Secret. @default none */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Laid over the pod of all versions. @default nothing */
  readonly pod?: Overlay;
}

/** A port of a Service beside the first. */
export interface WorkloadPort {
  /** Port of the Service. */
  readonly port: number;
  /** Its name, which tells Istio the protocol, e.g. `grpc` or `tcp-thrift`. */
  readonly name: string;
  /** Port of the container. @default the Service's port */
  readonly targetPort?: number;
}

export interface WorkloadArgs {
  /** Name of the Service, its account and the pods' label `app`. */
  readonly serviceName: string;
  /** Namespace of all that is made. */
  readonly namespace: string;
  /** Image of the versions that name none of their own. @default none: each version names its own */
  readonly image?: pulumi.Input<string>;
  /** Port of the Service. */
  readonly port: number;
  /** Its name, which tells Istio the protocol, e.g. `http` or `http-ws`. @default "http" */
  readonly portName?: string;
  /**
   * Port of the container.
   * @default the Service's port
   */
  readonly targetPort?: number;
  /**
   * Further ports of the Service; their names tell Istio the protocol.
   * @example [{ port: 9090, name: "grpc" }]
   * @default none
   */
  readonly ports?: readonly WorkloadPort[];
  /**
   * Names of the versions, or version -> what it has of its own.
   * @example { v1: { image: "registry.example.com/cart:1.4.2" }, v2: { image: "registry.example.com/cart:1.5.0" } }
   */
  readonly versions: readonly string[] | Readonly<Record<string, WorkloadVersion>>;
  /**
   * Label of the pods that holds the version, beside `version`.
   * @example "ASM_TRAFFIC_TAG"
   * @default "version": no other label
   */
  readonly versionLabel?: string;
  /** Pods of each version that says nothing else. @default 1 */
  readonly replicas?: Replicas;
  /** Pods of a version that a drain of nodes leaves running: a PodDisruptionBudget each. @default no budget */
  readonly minAvailable?: number;
  /**
   * Seconds that a pod which is told to stop serves open requests and sockets before its app gets SIGTERM, 5 to 3600. The grace
   * period is at least 30 seconds longer, and the hook takes the place of a `preStop` of the app's container in `pod`.
   * @example 60
   * @default 5, with the grace period that `pod` or Kubernetes has
   */
  readonly drainSeconds?: number;
  /**
   * Whether kube-proxy sends a client's connections to one pod. Clients in the mesh are balanced by their own proxy, which
   * does not look at this.
   * @default "None"
   */
  readonly sessionAffinity?: "None" | "ClientIP";
  /** Environment variables of the container. @default none */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /**
   * More of them, kept in a Secret: their values are in no spec of a pod, and nowhere in clear in the state.
   * @default none
   */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Annotations of the pods, such as those that ask for instrumentation. @default none */
  readonly podAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** When a pod is ready. @default "tcp": when its port takes connections */
  readonly probe?: Probe;
  /** Secrets of the namespace with which images are pulled. @default none */
  readonly imagePullSecrets?: readonly pulumi.Input<string>[];
  /** Annotations of the service account, such as the cloud role that it stands for. @default none */
  readonly accountAnnotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /**
   * What the pods have besides, in the fields of Kubernetes' `PodTemplateSpec`, laid over what is made here, several in their
   * order: see `overlaid`. The app's container is called `app`.
   * @example { spec: { containers: [{ name: "app", resources: { limits: { memory: "1Gi" } } }] } }
   * @default nothing
   */
  readonly pod?: Overlay | readonly Overlay[];
}
