import { type BadConfig, bad, workloads } from "./bad-config";

export const badSecurity: readonly BadConfig[] = [
  bad(
    "pods that no sidecar's init container lets be",
    { security: { podSecurity: "restricted" } },
    "security.podSecurity",
    "restricted, which refuses the init container of every sidecar (NET_ADMIN, NET_RAW, root)",
    /^Remove it: pods that are not restricted are named in warnings/,
  ),
  bad(
    "an unknown level of pod security",
    { security: { podSecurity: "open" } },
    "security.podSecurity",
    'got "open"',
    /^Use privileged or baseline or restricted/,
  ),
  bad("mTLS that is neither", { security: { mtls: "off" } }, "security.mtls", 'got "off"', /^Use strict or permissive/),
  bad(
    "a workload in the root namespace of the mesh",
    workloads({ namespace: "istio-system" }),
    "workloads[0].namespace",
    "istio-system, whose policies would be those of the whole mesh",
    /Move the workload/,
  ),
  bad(
    "a caller without its namespace",
    { ...workloads({}), allow: [{ from: "nightly", to: "default/mocka" }] },
    "allow[0].from",
    'got "nightly"',
    /^Write its namespace too: default\/nightly\.$/,
  ),
  bad(
    "a call of a service that is not there",
    { ...workloads({}), allow: [{ from: "jobs/nightly", to: "default/mokca" }] },
    "allow[0].to",
    'unknown service "default/mokca"',
    /mean default\/mocka\?/,
  ),
  bad(
    "a call that is allowed twice",
    { ...workloads({}), allow: [1, 2].map(() => ({ from: "jobs/nightly", to: "default/mocka" })) },
    "allow[1]",
    'call "jobs/nightly -> default/mocka" is there twice',
    /Remove/,
  ),
];
