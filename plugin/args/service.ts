import type { ServicePolicyArgs } from "./policy";
import type { TrafficArgs } from "./traffic";

/** A further port of a service. */
export interface LanePortArgs {
  /** Port of the Service. */
  port: number;
  /** `http`, `http2` or `grpc`, which lanes route; or such as `tcp`, `udp`, `thrift` and `kafka`, which they cannot. */
  protocol: string;
}

/** A service of the call chain. */
export interface LaneServiceArgs {
  name: string;
  /** Namespace of the Service and its pods. Default: that of the group. */
  namespace?: string;
  /** Port of the Service, by which the gateway reaches it. */
  port: number;
  /** Further ports, each with its protocol. Default: none. */
  ports?: LanePortArgs[];
  versions: string[];
  /** Label of the service's pods that holds the version. Default: the group's. */
  versionLabel?: string;
  /**
   * Version -> labels of its pods, where not one label holds the version, such as `track: canary` and `release: b` of `v2`. Default: the
   * label `versionLabel` with the version.
   */
  versionLabels?: { [version: string]: { [label: string]: string } };
  /** Services that it calls. Default: the next one in the list. */
  calls?: string[];
  /** Whether the baseline answers when a version has no healthy pod; permissive groups only. Default: the group's. */
  fallback?: boolean;
  /** `upgrade` (HTTP/1.1 to HTTP/2 between sidecars) or `keep`. */
  http2?: string;
  /** Labels that all its pods have, whatever their version. Default: `app` with the name of the service. */
  labels?: { [label: string]: string };
  /** Whether its requests change data, so that no copies of requests may reach it. Default: false. */
  writes?: boolean;
  /** How requests to the service are treated. */
  policy?: ServicePolicyArgs;
  /** How proxies treat its pods. */
  traffic?: TrafficArgs;
}
