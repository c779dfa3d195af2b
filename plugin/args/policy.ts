import type { TextMatchArgs } from "./matches";

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
  /** Conditions of Envoy's retry_on or statuses, such as `5xx,reset`. Default: what Istio tries again. */
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
