/**
 * The header that tells a request's lane at every hop: the proxies write it for their access logs, and on answers where the
 * group asks for it. Nothing is routed by it.
 */
export const laneHeader = "x-mesh-lane";

/** The header of an answer that tells the version of the entry service; the pod's own sidecar writes it. */
export const versionHeader = "x-mesh-version";
