import type * as pulumi from "@pulumi/pulumi";
import type { LaneEntryArgs } from "./entry";
import type { LaneArgs } from "./lane";
import type { PolicyArgs } from "./policy";
import type { LaneServiceArgs } from "./service";

/*
 * Pulumi reads the schema for other languages out of these interfaces: it knows no unions, no readonly lists, and nothing
 * that is imported under another name. What the texts may be is for the lane group's own schema to say.
 */

/** What the services' sidecars know of the mesh: the services they call, and these. */
export interface LaneScopeArgs {
  /** `namespace/host`: a namespace, `.` or `*`; then a DNS name, `*.name` or `*`. */
  egress: string[];
}

/** A lane group, and where the gateway's pods are. */
export interface LanesArgs {
  /** Name of the group. Default: the name of the resource. */
  group?: string;
  /** `strict`: each lane has every service. `permissive`: holes are filled by the baseline. */
  mode: string;
  /** Namespace of the services that name none of their own. Default: `default`. */
  namespace?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Label of the pods that holds the version, of services that name none of their own. Default: `version`. */
  versionLabel?: string;
  /** In calling order. */
  services: LaneServiceArgs[];
  entry: LaneEntryArgs;
  lanes: LaneArgs[];
  /** Header that routing matches; permissive groups must have one. */
  routeHeader?: string;
  /** `baggage`, or the same as `routeHeader`. Default: `baggage`. */
  traceHeader?: string;
  /** The lane that the others fall back to. */
  baseline?: string;
  /** Whether the baseline answers for versions without a healthy pod. Default: true. */
  fallback?: boolean;
  /** Whether answers tell their lane and version. Default: false. */
  responseHeaders?: boolean;
  /** Default: every sidecar knows the whole mesh. */
  scope?: LaneScopeArgs;
  policy?: PolicyArgs;
  /** Namespace of the gateway's pods. Default: that of the Gateway. */
  gatewayNamespace?: string;
  /** Labels of the gateway's pods. Default: `istio: <name of the Gateway>`. */
  gatewayLabels?: { [label: string]: string };
  /**
   * Kubeconfig of the provider, as text. With it a change of lanes waits for the proxies and mixes no versions; it needs kubectl on
   * PATH. Default: none, and a warning.
   */
  kubeconfig?: pulumi.Input<string>;
}
