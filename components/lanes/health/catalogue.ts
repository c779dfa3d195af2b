/** What a code of `lanes status` stands for. */
export interface CatalogueEntry {
  /** The heading of the finding. */
  readonly title: string;
  /** What requests meet while it lasts. */
  readonly effect: string;
  /** What to do first. */
  readonly action: string;
}

/**
 * Every finding by its code, and the source of docs/findings.md. Codes are stable: a retired code is never used again.
 * The finding itself names the objects and prints the exact command.
 */
export const catalogue = {
  ML001: {
    title: "pods carry another version's label",
    effect: "Requests of one lane reach pods of another version.",
    action: "Compare the pod template's version label with the image it runs, and correct the template.",
  },
  ML002: {
    title: "a version has no workload and no pods",
    effect: "Lanes with this version fail with 503, or use the baseline where the service has a fallback.",
    action: "Deploy the version, or take it out of the lane group.",
  },
  ML003: {
    title: "a version is scaled to zero, or finds no node",
    effect: "Lanes with this version fail with 503, or use the baseline where the service has a fallback.",
    action:
      "Scale the version up in the config, or retire the lanes that use it; a DaemonSet needs nodes that it fits.",
  },
  ML004: {
    title: "containers crash",
    effect: "The version serves no requests, or only those between two crashes.",
    action: "Read the container's last log (`kubectl logs --previous`).",
  },
  ML005: {
    title: "images cannot be pulled",
    effect: "New pods of the version never start.",
    action: "Check the image's name and tag, and the pull secret of the namespace.",
  },
  ML006: {
    title: "pods are pending",
    effect: "The version has fewer pods than planned, or none.",
    action: "Read the scheduler's reason (`kubectl describe pod`): resources, taints or volumes.",
  },
  ML007: {
    title: "pods are not ready",
    effect: "The proxies send these pods no requests.",
    action: "Check the readiness probe and the container's log.",
  },
  ML010: {
    title: "pods have no sidecar",
    effect: "Calls that these pods make leave the lane.",
    action: "Restart the pods after the namespace has its injection label.",
  },
  ML011: {
    title: "the namespace has no injection label, or one of no control plane",
    effect: "New pods get no sidecar, so their calls leave the lane.",
    action: "Label the namespace for the mesh's revision, then restart its workloads.",
  },
  ML012: {
    title: "the namespace does not exist",
    effect: "Nothing of the lane group can run.",
    action: "Run an update, or correct `namespace` of the lane group.",
  },
  ML013: {
    title: "calls have a Host that no route fits",
    effect: "They are in no lane: they meet every version of the service, or fail with 503 where mutual TLS is STRICT.",
    action: "Let the app send the Service's name as Host instead of its own caller's.",
  },
  ML014: {
    title: "calls go to an address instead of a name",
    effect: "They are in no lane: they meet every version of the service, or fail with 503 where mutual TLS is STRICT.",
    action: "Call the Service by its name.",
  },
  ML015: {
    title: "access logs cannot be read",
    effect: "None; calls that get past the routes (ML013, ML014) stay unseen.",
    action: "Give your account `get` on `pods/log` in the group's namespaces.",
  },
  ML020: {
    title: "the Service is missing",
    effect: "Every call to the service fails.",
    action: "Create the Service, or correct its name in the lane group.",
  },
  ML021: {
    title: "the Service does not have this port",
    effect: "The routes lead to a cluster that does not exist: 503.",
    action: "Correct `port` in the lane group, or add the port to the Service.",
  },
  ML022: {
    title: "Istio does not treat the port as HTTP",
    effect: "The proxies forward bytes and see no headers, so no lane can be matched.",
    action: "Name the port `http…`, `http2…` or `grpc…`, or set `appProtocol`.",
  },
  ML023: {
    title: "the Service selects no pods",
    effect: "Every call to the service fails with 503.",
    action: "Compare the Service's selector with the labels of the pods.",
  },
  ML024: {
    title: "the Service leaves pods out",
    effect: "Lanes whose pods are left out fail with 503 or fall back.",
    action: "Remove the version label from the Service's selector.",
  },
  ML030: {
    title: "a DestinationRule is missing",
    effect:
      "Without the rule that lists the subsets, requests to the service fail with 503. Without the other one, proxies replace its clusters whenever versions change.",
    action: "Run an update.",
  },
  ML031: {
    title: "a DestinationRule differs from the plan",
    effect: "The lane may reach pods of another version.",
    action: "Run an update; find out who edits the object.",
  },
  ML032: {
    title: "another DestinationRule defines the same subset",
    effect: "Istio uses one of the two, so the lane may reach pods of another version.",
    action: "Delete the other rule, or take the subset out of it.",
  },
  ML040: {
    title: "a VirtualService is missing",
    effect: "Calls to the service are spread over the pods of all versions.",
    action: "Run an update.",
  },
  ML041: {
    title: "a VirtualService differs from the plan",
    effect: "Calls to the service may take another version or none.",
    action: "Run an update; find out who edits the object.",
  },
  ML042: {
    title: "another VirtualService routes the same host",
    effect: "Sidecars use the older of the two; the lanes' routes may be ignored.",
    action: "Merge the other object's routes into the lane group, or delete it.",
  },
  ML043: {
    title: "the entry's VirtualService is missing",
    effect: "The gateway answers requests of the group with 404.",
    action: "Run an update.",
  },
  ML044: {
    title: "the entry's VirtualService differs from the plan",
    effect: "Requests that should enter get 404 or another lane.",
    action: "Run an update; find out who edits the object.",
  },
  ML045: {
    title: "another VirtualService of the gateway is in front",
    effect: "Its routes take some or all requests before the lanes' routes do.",
    action: "Narrow its hosts or paths, or delete it.",
  },
  ML046: {
    title: "a route of others leads to every version",
    effect: "Its requests, which are in no lane, meet each version of the service, a canary's among them.",
    action: "Name the subset of the version that is meant in that route.",
  },
  ML050: {
    title: "the Gateway is missing",
    effect: "No request of the group is accepted.",
    action: "Run an update, or correct `entry.gateway`.",
  },
  ML051: {
    title: "the Gateway has no ready pods",
    effect: "Connections to the gateway are refused.",
    action: "Check the gateway's Deployment and its events.",
  },
  ML052: {
    title: "the Gateway does not serve the entry's hosts",
    effect: "Requests for these hosts get 404.",
    action: "Add the hosts to a port of the gateway.",
  },
  ML053: {
    title: "the Gateway's port is not on its Service",
    effect: "Clients cannot connect to that port.",
    action: "Add the port to the gateway's Service.",
  },
  ML054: {
    title: "the TLS secret is missing",
    effect: "TLS connections are refused, or the gateway keeps the last certificate it had.",
    action: "Create the secret in the namespace of the gateway's pods.",
  },
  ML055: {
    title: "the TLS secret is in another namespace",
    effect: "TLS connections are refused.",
    action: "Move the secret to the namespace of the gateway's pods.",
  },
  ML056: {
    title: "the TLS secret lacks its keys",
    effect: "TLS connections are refused.",
    action: "Store the certificate as `tls.crt` and its key as `tls.key`.",
  },
  ML057: {
    title: "the certificate is out of date",
    effect: "Clients refuse the certificate, now or soon.",
    action: "Renew the certificate.",
  },
  ML058: {
    title: "the certificate does not cover the hosts",
    effect: "Clients refuse the certificate for these hosts.",
    action: "Issue a certificate that lists the hosts.",
  },
  ML059: {
    title: "the certificate cannot be used",
    effect: "TLS connections are refused.",
    action: "Store a PEM certificate and the key that belongs to it.",
  },
  ML060: {
    title: "an EnvoyFilter is missing",
    effect: "Requests lose their lane, or a version without pods has no fallback.",
    action: "Run an update.",
  },
  ML061: {
    title: "an EnvoyFilter differs from the plan",
    effect: "Requests may lose their lane, or a version without pods may have no fallback.",
    action: "Run an update; find out who edits the object.",
  },
  ML062: {
    title: "a Sidecar is missing",
    effect: "The proxies hold the config of the whole mesh: more memory, the same routes.",
    action: "Run an update.",
  },
  ML063: {
    title: "a Sidecar differs from the plan",
    effect: "The proxies may not know a service that they have to call.",
    action: "Run an update; find out who edits the object.",
  },
  ML064: {
    title: "two Sidecars select the same pods",
    effect: "Istio does not define which one the pods use.",
    action: "Delete one of the two.",
  },
  ML065: {
    title: "the labels of a service do not fit its pods",
    effect:
      "What is for these pods alone does not reach them: `scope` with its fallback, and `http2: upgrade`, whose WebSockets fail with 503.",
    action: "Write `services[].labels` as the pods have them, which is what the Service's selector says.",
  },
  ML070: {
    title: "proxies have not acknowledged their config",
    effect: "These proxies may route by an older plan.",
    action: "Wait a minute and look again; then read the proxy's log.",
  },
  ML071: {
    title: "proxies reject their config",
    effect: "These proxies keep routing by an older plan.",
    action: "Find the object that the proxy's message names, often an EnvoyFilter.",
  },
  ML072: {
    title: "proxies are not connected",
    effect: "These proxies receive no change.",
    action: "Restart the pods if their control plane is gone; else check their network.",
  },
  ML073: {
    title: "the control plane does not answer",
    effect: "Existing routes keep working; no change reaches the proxies.",
    action: "Check the pods of istiod.",
  },
  ML074: {
    title: "proxies are of another version than their control plane",
    effect: "None yet: Istio supports proxies one minor version older than their control plane, and no newer ones.",
    action: "Restart the pods: a new pod gets the proxy of the control plane.",
  },
  ML075: {
    title: "proxies are of another control plane than their namespace",
    effect: "None: both serve the same lanes. The control plane of before cannot go while they use it.",
    action: "Restart the pods: a new pod gets its proxy by the label of its namespace.",
  },
  ML080: {
    title: "lanes share pods",
    effect: "None: two lanes name the same version of a service.",
    action: "Nothing, if that is intended.",
  },
  ML090: {
    title: "objects are left over",
    effect: "Objects of an earlier plan may still shape traffic.",
    action: "Run an update; delete what it does not remove.",
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type FindingCode = keyof typeof catalogue;

/** Every code, in order. */
export const findingCodes = Object.keys(catalogue) as readonly FindingCode[];
