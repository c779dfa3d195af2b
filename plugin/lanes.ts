import * as pulumi from "@pulumi/pulumi";
import { LaneGroup } from "../components/lanes/lane-group";
import { gatewayLabels } from "../components/lanes/object";
import { parseLaneGroup } from "../components/lanes/parse";
import { planLaneGroup } from "../components/lanes/plan";
import { formatLaneTable, laneTable } from "../components/lanes/table";
import { UserError } from "../tools/user-error";
import { makeProxySync } from "./proxy-sync";

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
  /** HTTP method, in capitals. */
  method?: TextMatchArgs;
}

/** Requests of the entry that go to a service of their own. */
export interface LaneRouteArgs {
  /** Default: the service's name. */
  name?: string;
  /** The service of the group that these requests go to. */
  service: string;
  path?: TextMatchArgs;
  /** HTTP method, in capitals. */
  method?: TextMatchArgs;
  /** Host names; `*.example.com` is allowed. */
  hosts?: string[];
  /** Header name in lower case -> condition. */
  headers?: { [name: string]: TextMatchArgs };
  /** Query key -> condition on the value as it stands in the URL. */
  query?: { [name: string]: TextMatchArgs };
  /** A path that replaces what `path` matched: its prefix, or all of it. */
  rewrite?: string;
}

/** The cookie that keeps a client in the lane that weights gave it. */
export interface LaneCookieArgs {
  /** Name. Default: `mesh-lane-<group>`. */
  cookie?: string;
  /** `Strict`, `Lax` or `None`. Default: `Lax`. */
  sameSite?: string;
  /** Whether it is sent over HTTPS only. Default: false. */
  secure?: boolean;
  /** Seconds. Default: until the browser is closed. */
  maxAge?: number;
  /** A domain whose hosts all get it. Default: the host alone. */
  domain?: string;
  /** The path below which it is sent. Default: `/`. */
  path?: string;
}

/** A lane: a version of some or all services. */
export interface LaneArgs {
  name: string;
  /** Version of every service in the lane. Default: the lane's name. */
  version?: string;
  /** Percent of the requests that fit no lane's conditions. The weights of a group add up to 100. */
  weight?: number;
  match?: LaneMatchArgs;
  /** Conditions of which any leads into the lane, in place of `match`. */
  anyMatch?: LaneMatchArgs[];
  /** Services that the lane overrides. Default: all. */
  services?: string[];
  /** Service -> version, where it is not `version`. */
  versions?: { [service: string]: string };
  /** `active` or `draining`: it takes nobody new, and keeps those it has. Default: active. */
  state?: string;
  /** How its requests are treated where a route is the lane's alone; wins over all other policies. */
  policy?: LanePolicyArgs;
}

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
  /** Services that it calls. Default: the next one in the list. */
  calls?: string[];
  /** Whether the baseline answers when a version has no healthy pod; permissive groups only. Default: the group's. */
  fallback?: boolean;
  /** `upgrade` (HTTP/1.1 to HTTP/2 between sidecars) or `keep`. */
  http2?: string;
  /** Whether its requests change data, so that no copies of requests may reach it. Default: false. */
  writes?: boolean;
  /** How requests to the service are treated. */
  policy?: ServicePolicyArgs;
  /** How proxies treat its pods. */
  traffic?: TrafficArgs;
}

/** Changes of headers. */
export interface HeaderChangesArgs {
  /** Header name -> value, in place of what it has. */
  set?: { [name: string]: string };
  /** Header name -> value, beside what it has. */
  add?: { [name: string]: string };
  /** Header names. */
  remove?: string[];
}

/** Headers of requests and answers. */
export interface PolicyHeadersArgs {
  /** Of requests. */
  request?: HeaderChangesArgs;
  /** Of answers. */
  response?: HeaderChangesArgs;
}

/** Which pages of other origins may send requests (CORS); the gateway answers browsers that ask. */
export interface CorsArgs {
  /** Origins such as `https://app.example.com`; `exact: "*"` for any. */
  allowOrigins: TextMatchArgs[];
  /** Methods in capitals, or `*` alone. Default: GET, HEAD and POST. */
  allowMethods?: string[];
  /** Request headers, or `*` alone. Those by which lanes are entered are added. */
  allowHeaders?: string[];
  /** Headers of the answer that pages may read, or `*` alone. */
  exposeHeaders?: string[];
  /** How long browsers keep the answer to a preflight, such as `10m`. Default: what the browser does. */
  maxAge?: string;
  /** Whether pages may send cookies and Authorization. Default: false. */
  allowCredentials?: boolean;
}

/** Retries of requests. */
export interface RetriesArgs {
  /** How often a request is tried again; 0 for never. */
  attempts: number;
  /** How long one try may take, such as `2s`. Default: the timeout. */
  perTryTimeout?: string;
  /** Envoy's retry_on. Default: what Istio tries again. */
  on?: string;
}

/** How requests are treated. */
export interface PolicyArgs {
  /** How long an answer may take, such as `5s`. Default: no limit. */
  timeout?: string;
  /** Default: those of Istio, 2 attempts. */
  retries?: RetriesArgs;
  /** Changes of headers. */
  headers?: PolicyHeadersArgs;
  /** Pages of other origins; at the gateway only. */
  cors?: CorsArgs;
}

/** How requests in a lane are treated. */
export interface LanePolicyArgs {
  /** How long an answer may take, such as `5s`. Default: that of the service, the entry or the group. */
  timeout?: string;
  /** Default: those of the service, the entry or the group. */
  retries?: RetriesArgs;
  /** Changes of headers. */
  headers?: PolicyHeadersArgs;
}

/** Requests that are held back. */
export interface DelayArgs {
  /** Percent of the requests. Default: 100. */
  percent?: number;
  /** Such as `2s`. */
  duration: string;
}

/** Requests that are answered at once. */
export interface AbortArgs {
  /** Percent of the requests. Default: 100. */
  percent?: number;
  /** Status of the answer. */
  status: number;
}

/** Faults on purpose. */
export interface FaultArgs {
  /** Requests that are held back. */
  delay?: DelayArgs;
  /** Requests that are answered at once. */
  abort?: AbortArgs;
  /** Lanes whose requests meet it. Default: all requests. */
  lanes?: string[];
}

/** Copies of the baseline's requests, whose answers nobody gets. */
export interface MirrorArgs {
  /** The lane whose pods get them. */
  lane: string;
  /** Percent of the requests. Default: 100. */
  percent?: number;
  /** Whether copies may reach services that write. Default: false. */
  writes?: boolean;
}

/** How requests to a service are treated. */
export interface ServicePolicyArgs {
  /** How long an answer may take, such as `5s`. Default: no limit. */
  timeout?: string;
  /** Default: those of Istio, 2 attempts. */
  retries?: RetriesArgs;
  /** Changes of headers. */
  headers?: PolicyHeadersArgs;
  /** Pages of other origins; at the gateway only. */
  cors?: CorsArgs;
  /** Faults on purpose. */
  fault?: FaultArgs;
  /** Copies of the baseline's requests. */
  mirror?: MirrorArgs;
}

/** Pods that fail are left out for a while. */
export interface OutlierDetectionArgs {
  /** Errors in a row after which a pod is left out. Default: 5. */
  consecutive5xxErrors?: number;
  /** The same for 502, 503 and 504. */
  consecutiveGatewayErrors?: number;
  /** How often pods are judged. Default: `10s`. */
  interval?: string;
  /** How long a pod is left out at first. Default: `30s`. */
  baseEjectionTime?: string;
  /** Percent of a version's pods that may be left out. Default: 10. */
  maxEjectionPercent?: number;
}

/** Limits of one proxy. */
export interface ConnectionPoolArgs {
  /** Connections to a version. */
  maxConnections?: number;
  /** How long a connection may take to open. Default: `10s`. */
  connectTimeout?: string;
  /** Requests that wait for a connection. */
  maxPendingRequests?: number;
  /** Requests under way at a time. */
  maxRequests?: number;
  /** Requests after which a connection is closed. */
  maxRequestsPerConnection?: number;
  /** How long a connection without a request stays open. Default: `1h`. */
  idleTimeout?: string;
}

/** How proxies treat the pods of a service. */
export interface TrafficArgs {
  /** Pods that fail are left out for a while. */
  outlierDetection?: OutlierDetectionArgs;
  /** Limits of one proxy. */
  connectionPool?: ConnectionPoolArgs;
  /** `LEAST_REQUEST`, `ROUND_ROBIN` or `RANDOM`. Default: `LEAST_REQUEST`. */
  loadBalancer?: string;
}

/** Where a request tells its user: one of them. */
export interface LaneUserArgs {
  /** A request header that holds the user's id, such as `x-user-id`. */
  header?: string;
  /** A cookie that holds it. */
  cookie?: string;
  /** A key of the query that holds it. */
  query?: string;
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
  /** Attributes of its cookie, in place of `sticky`. */
  stickyCookie?: LaneCookieArgs;
  /** Where a request tells its user: weights are then shares of users, and there is no cookie. */
  user?: LaneUserArgs;
  /** Routes to other services of the group, in order. What fits none goes to `service`. */
  routes?: LaneRouteArgs[];
  /** `service`, or `reject` for 404: what becomes of requests that fit no route. Default: `service`. */
  rest?: string;
  /** How requests that come in are treated. */
  policy?: ServicePolicyArgs;
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
  /** Namespace of the services that name none of their own. Default: `default`. */
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
    const { group: groupName = name, gatewayNamespace, gatewayLabels: own, kubeconfig, ...rest } = args;
    const group = parseLaneGroup({ ...withoutUnions(rest), name: groupName }, name);
    const [namespace = "", gateway = ""] = group.entry.gateway.split("/");
    const pods = { namespace: gatewayNamespace ?? namespace, labels: own ?? gatewayLabels(gateway) };
    const lanes = new LaneGroup(
      name,
      { group, gateway: pods, makeWait: makeProxySync, ...(kubeconfig !== undefined && { kubeconfig }) },
      { parent: this },
    );
    this.laneNames = lanes.lanes;
    this.table = pulumi.output(formatLaneTable(laneTable(planLaneGroup(group))));
    this.registerOutputs({ laneNames: this.laneNames, table: this.table });
  }
}

/** Keys that stand for one branch of a union are put where the lane group's own schema has them. */
function withoutUnions<Args extends Pick<LanesArgs, "entry" | "lanes">>(args: Args): object {
  const { stickyCookie, ...entry } = args.entry;
  if (stickyCookie !== undefined && entry.sticky !== undefined) throw both("entry", "sticky", "stickyCookie");
  return {
    ...args,
    entry: { ...entry, ...(stickyCookie !== undefined && { sticky: stickyCookie }) },
    lanes: args.lanes.map(({ anyMatch, ...lane }, index) => {
      if (anyMatch !== undefined && lane.match !== undefined) throw both(`lanes[${index}]`, "match", "anyMatch");
      return { ...lane, ...(anyMatch !== undefined && { match: anyMatch }) };
    }),
  };
}

function both(path: string, one: string, other: string): UserError {
  const fix = "Keep one of them.";
  const problem = { path, got: `got ${one} and ${other}`, expected: `${one} or ${other}`, fix };
  return new UserError("The lane group has one problem.", [problem]);
}
