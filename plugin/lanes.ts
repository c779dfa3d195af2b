import * as pulumi from "@pulumi/pulumi";
import { LaneGroup } from "../components/lanes/lane-group";
import { parseLaneGroup } from "../components/lanes/parse";
import { planLaneGroup } from "../components/lanes/plan";
import { formatLaneTable, laneTable } from "../components/lanes/table";

/*
 * Pulumi reads the schema for other languages out of these interfaces: it knows no unions, no readonly lists, and nothing
 * that is imported under another name. What the texts may be is for the lane group's own schema to say.
 */

/** One of the three. */
export interface TextMatchArgs {
  /** The whole text. */
  exact?: string;
  /** How the text begins. */
  prefix?: string;
  /** An RE2 expression that fits the whole text. */
  regex?: string;
}

/** Conditions of a lane at the entry; all must hold. */
export interface LaneMatchArgs {
  /** Header name in lower case -> condition. */
  headers?: { [name: string]: TextMatchArgs };
  /** Cookie name -> condition, exact or prefix. */
  cookies?: { [name: string]: TextMatchArgs };
  /** Query key -> condition on the value as it stands in the URL. */
  query?: { [name: string]: TextMatchArgs };
  /** Host names; `*.example.com` is allowed. */
  hosts?: string[];
  path?: TextMatchArgs;
}

/** A lane: a version of some or all services. */
export interface LaneArgs {
  name: string;
  /** Version of every service in the lane. Default: the lane's name. */
  version?: string;
  /** Percent of the requests that fit no lane's conditions. The weights of a group add up to 100. */
  weight?: number;
  match?: LaneMatchArgs;
  /** Services that the lane overrides. Default: all. */
  services?: string[];
  /** Service -> version, where it is not `version`. */
  versions?: { [service: string]: string };
  /** `active` or `draining`: it takes nobody new, and keeps those it has. Default: active. */
  state?: string;
}

/** A service of the call chain. */
export interface LaneServiceArgs {
  name: string;
  /** Port of the Service. */
  port: number;
  versions: string[];
  /** Services that it calls. Default: the next one in the list. */
  calls?: string[];
  /** Whether the baseline answers when a version has no healthy pod; permissive groups only. Default: the group's. */
  fallback?: boolean;
  /** `upgrade` (HTTP/1.1 to HTTP/2 between sidecars) or `keep`. */
  http2?: string;
}

/** Where requests come in. */
export interface LaneEntryArgs {
  /** The service that the gateway sends requests to. */
  service: string;
  /** `namespace/name` of the Gateway. */
  gateway: string;
  /** Default: any. */
  hosts?: string[];
  path?: TextMatchArgs;
  /** Header whose value is a lane's name. */
  header?: string;
  /** `reject`, or the lane that other requests take. Default: the baseline, or reject. */
  unmatched?: string;
  /** Whether a client that got a lane by weight keeps it. Default: true. */
  sticky?: boolean;
}

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
  /** Namespace of the services. Default: `default`. */
  namespace?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  clusterDomain?: string;
  /** Label of the pods that holds the version. Default: `version`. */
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

/**
 * Traffic lanes of one group on upstream Istio: the DestinationRules, VirtualServices and EnvoyFilters, made and removed in
 * an order that never leads a request to what is not there. All mistakes are reported at once, before anything is made.
 */
export class Lanes extends pulumi.ComponentResource {
  /** Names of the lanes, in their order. */
  public readonly laneNames: pulumi.Output<string[]>;
  /** Lane x service as a table in plain text. */
  public readonly table: pulumi.Output<string>;

  public constructor(name: string, args: LanesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Lanes", name, {}, opts);
    const { group: groupName = name, gatewayNamespace, gatewayLabels, kubeconfig, ...rest } = args;
    const group = parseLaneGroup({ ...rest, name: groupName }, name);
    const [namespace = "", gateway = ""] = group.entry.gateway.split("/");
    const pods = { namespace: gatewayNamespace ?? namespace, labels: gatewayLabels ?? { istio: gateway } };
    const lanes = new LaneGroup(
      name,
      { group, gateway: pods, ...(kubeconfig !== undefined && { kubeconfig }) },
      { parent: this },
    );
    this.laneNames = lanes.lanes;
    this.table = pulumi.output(formatLaneTable(laneTable(planLaneGroup(group))));
    this.registerOutputs({ laneNames: this.laneNames, table: this.table });
  }
}
