/*
 * What a mesh really has, as plain data. The edge gathers it (`cli/status/`), `diagnose` judges it; nothing here is secret:
 * of a TLS secret only what can be judged is kept.
 */

import type { StrayCall } from "../preflight/judge";
import type { MeshRevisions } from "../revisions";

export type Labels = Readonly<Record<string, string>>;

export interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface NamespaceFact {
  readonly name: string;
  readonly labels: Labels;
}

export interface ServicePortFact {
  readonly name?: string;
  readonly port: number;
  /** A number, or the name of a container's port. */
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

export interface ServiceFact extends Named {
  /** Empty: the Service selects no pods by itself. */
  readonly selector: Labels;
  readonly ports: readonly ServicePortFact[];
  /** Its ClusterIPs; none where it is headless. */
  readonly addresses: readonly string[];
}

/** Kinds whose pods are taken for those of a version, in the order in which they are told. */
export const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet"] as const;
export type WorkloadKind = (typeof workloadKinds)[number];

/** What keeps pods running. */
export interface WorkloadFact extends Named {
  readonly kind: WorkloadKind;
  /** Pods wanted; of a DaemonSet the nodes that it is to run on. */
  readonly replicas: number;
  /** Labels of its pod template. */
  readonly templateLabels: Labels;
}

export interface ContainerTrouble {
  readonly container: string;
  /** As Kubernetes says it: `CrashLoopBackOff`, `ImagePullBackOff`, `Unschedulable`, … */
  readonly reason: string;
  readonly message: string;
}

export interface PodFact extends Named {
  readonly labels: Labels;
  /** `Pending`, `Running` or `Unknown`: pods that have ended or are being deleted are left out. */
  readonly phase: string;
  readonly ready: boolean;
  /** Names of its containers, with init containers that stay (native sidecars). */
  readonly containers: readonly string[];
  /** The workload that made it; undefined for a pod made by anything else. */
  readonly owner?: { readonly kind: WorkloadKind; readonly name: string };
  /** Its IP addresses; none before it has a network. */
  readonly addresses: readonly string[];
  /** The version of Istio in the image's tag, of a pod of istiod: `1.31.0`; undefined where the tag is none, or another pod's. */
  readonly istiodVersion?: string;
  /** Revision of the control plane whose proxy it was given, `default` where that has none; undefined: it was given none. */
  readonly proxyRevision?: string;
  /** The version that the app is told to be by the environment variable VERSION; undefined when it is not told. */
  readonly appVersion?: string;
  readonly troubles: readonly ContainerTrouble[];
}

/** A DestinationRule, VirtualService, EnvoyFilter or Gateway. */
export interface IstioFact extends Named {
  readonly kind: string;
  readonly labels: Labels;
  /** Milliseconds since 1970: of two objects in conflict Istio takes the older one. */
  readonly createdAt: number;
  readonly spec: Readonly<Record<string, unknown>>;
}

export interface CertificateFact {
  /** DNS names it is made for. */
  readonly hosts: readonly string[];
  /** Milliseconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyBelongs: boolean;
}

export interface SecretFact extends Named {
  readonly keys: readonly string[];
  /** Undefined when it has no certificate, or one that cannot be read. */
  readonly certificate?: CertificateFact;
}

/** One kind of config that the control plane has sent to one proxy. */
export interface SyncFact {
  /** `pod.namespace` */
  readonly proxy: string;
  /** `clusters`, `listeners`, `routes`, `endpoints`, or the full type. */
  readonly type: string;
  readonly acknowledged: boolean;
  /** Milliseconds since 1970; undefined when the control plane does not tell. */
  readonly sentAt?: number;
  /** What the proxy said when it rejected the config. */
  readonly rejection?: string;
}

export interface ControlPlaneFact {
  /** Pods of istiod that answered. */
  readonly answered: number;
  /** Why others, or all, did not. */
  readonly problems: readonly string[];
  /** `pod.namespace` of every proxy that is connected. */
  readonly connected: readonly string[];
  readonly syncs: readonly SyncFact[];
  /** Of connected proxies whose version, and whose control plane's, are known. */
  readonly versions: readonly ProxyVersionFact[];
}

export interface ProxyVersionFact {
  /** `pod.namespace` */
  readonly proxy: string;
  /** Of Istio: `1.30.4`. */
  readonly version: string;
  /** Of the istiod that it is connected to. */
  readonly controlPlane: string;
}

/** From the access log of the pod's sidecar. */
export interface StrayFact extends StrayCall {
  readonly namespace: string;
}

/** What the access logs of the groups' sidecars tell of the last minutes. */
export interface AccessLogFact {
  /** Pods whose logs have lines that can be read: JSON with `upstream_cluster`. */
  readonly pods: number;
  readonly strays: readonly StrayFact[];
  /** Why logs could not be read. */
  readonly problems: readonly string[];
}

export interface MeshFacts {
  /** When they were gathered: milliseconds since 1970. */
  readonly at: number;
  readonly namespaces: readonly NamespaceFact[];
  readonly services: readonly ServiceFact[];
  readonly workloads: readonly WorkloadFact[];
  /** Kinds of workloads that could not be read, each with the reason. */
  readonly unread: readonly string[];
  readonly pods: readonly PodFact[];
  readonly istio: readonly IstioFact[];
  /** Secrets, in any namespace, of the names that the Gateways ask for. */
  readonly secrets: readonly SecretFact[];
  readonly controlPlane: ControlPlaneFact;
  /** By what names the control planes go that are there. */
  readonly revisions: MeshRevisions;
  readonly accessLogs: AccessLogFact;
}
