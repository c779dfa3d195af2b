import type { TextMatchArgs } from "./matches";
import type { ServicePolicyArgs } from "./policy";

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
  /** Query key -> condition on the value as written in the URL. */
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
