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
