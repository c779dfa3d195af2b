import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";

/** S1: socket.io in front of helloworld; the client's own `version` header names the lane. */
export const s1Input: LaneGroupInput = {
  name: "ws",
  mode: "permissive",
  services: [
    { name: "wsk-svc", port: 5000, versions: ["v1"] },
    { name: "helloworld", port: 5000, versions: ["v1", "v2"] },
  ],
  entry: { service: "wsk-svc", gateway: "default/ws-gateway", header: "version" },
  routeHeader: "version",
  baseline: "baseline",
  lanes: [
    { name: "baseline", version: "v1" },
    { name: "v1", services: ["helloworld"] },
    { name: "v2", services: ["helloworld"] },
  ],
};

/** S2: three strict lanes over three services. */
export const s2Input: LaneGroupInput = {
  name: "test",
  mode: "strict",
  versionLabel: "ASM_TRAFFIC_TAG",
  services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
  entry: {
    service: "mocka",
    gateway: "istio-system/ingressgateway",
    path: { exact: "/mock" },
    header: "x-asm-prefer-tag",
    unmatched: "reject",
  },
  lanes: [
    { name: "s1", version: "v1" },
    { name: "s2", version: "v2" },
    { name: "s3", version: "v3" },
  ],
};

/** S3: one version of a page with a WebSocket. */
export const s3Input: LaneGroupInput = {
  name: "chart",
  mode: "strict",
  services: [{ name: "live-chart", port: 8888, versions: ["v1"] }],
  entry: { service: "live-chart", gateway: "istio-system/ingressgateway", hosts: ["chart.example.com"] },
  baseline: "v1",
  lanes: [{ name: "v1" }],
};

/** S4: three permissive lanes with holes, entered by weight. */
export const s4Input: LaneGroupInput = {
  name: "shop",
  mode: "permissive",
  versionLabel: "ASM_TRAFFIC_TAG",
  services: [
    { name: "mocka", port: 8000, versions: ["v1", "v2", "v3"] },
    { name: "mockb", port: 8000, versions: ["v1", "v3"] },
    { name: "mockc", port: 8000, versions: ["v1", "v2"] },
  ],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  routeHeader: "version",
  baseline: "v1",
  lanes: [
    { name: "v1", weight: 40 },
    { name: "v2", weight: 30 },
    { name: "v3", weight: 30 },
  ],
};

/** S5: WebSocket over HTTP/2 between sidecars. */
export const s5Input: LaneGroupInput = {
  name: "echo",
  mode: "strict",
  services: [{ name: "websockets-server", port: 80, versions: ["v1"], http2: "upgrade" }],
  entry: { service: "websockets-server", gateway: "istio-system/ingressgateway", hosts: ["echo.example.com"] },
  baseline: "v1",
  lanes: [{ name: "v1" }],
};

/** Each service tells its versions in another way: by a label of its own, by several labels, and by the group's. */
export const labelledInput: LaneGroupInput = {
  name: "labelled",
  mode: "permissive",
  namespace: "shop",
  services: [
    { name: "web", port: 80, versions: ["v1", "v2"], versionLabel: "app.kubernetes.io/version" },
    {
      name: "cart",
      port: 8080,
      versions: ["v1", "v2"],
      versionLabels: { v1: { track: "stable" }, v2: { track: "canary", release: "b" } },
    },
    { name: "prices", port: 9090, versions: ["v1", "v2"] },
  ],
  entry: { service: "web", gateway: "istio-system/ingressgateway", header: "x-lane-entry" },
  routeHeader: "x-lane",
  baseline: "v1",
  lanes: [{ name: "v1" }, { name: "v2" }],
};

/** The same as a strict group. */
export const strictlyLabelledInput: LaneGroupInput = (({ routeHeader: _, ...input }) => ({
  ...input,
  mode: "strict" as const,
}))(labelledInput);

export const labelled: LaneGroup = laneGroupSchema.parse(labelledInput);
export const strictlyLabelled: LaneGroup = laneGroupSchema.parse(strictlyLabelledInput);

export const s1: LaneGroup = laneGroupSchema.parse(s1Input);
export const s2: LaneGroup = laneGroupSchema.parse(s2Input);
export const s4: LaneGroup = laneGroupSchema.parse(s4Input);
export const s5: LaneGroup = laneGroupSchema.parse(s5Input);

/** S4 with its second service in a namespace of its own, and each sidecar knowing its own calls only. */
export const spread: LaneGroup = laneGroupSchema.parse({
  ...s4Input,
  namespace: "shop",
  scope: { egress: [] },
  services: s4Input.services.map((service, index) => (index === 1 ? { ...service, namespace: "stock" } : service)),
});

export const gatewayPods = { namespace: "istio-system", labels: { istio: "ingressgateway" } };
