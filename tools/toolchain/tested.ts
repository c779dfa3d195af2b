import { optionalPins, pins } from "./pins";

/** A version that this project supports, and how that is known. A row of docs/versions.md. */
export interface TestedVersion {
  readonly what: string;
  readonly version: string;
  readonly how: string;
}

/** `1.29.1` -> `1.29` */
const line = (version: string) => version.split(".").slice(0, 2).join(".");

/**
 * Versions that `mesh.version` takes for upstream Istio: from the oldest tested one to the last of the newest line. A
 * range of the package semver: `1.29.1 - 1.31` has 1.31.9 and not 1.32.0.
 */
export const testedIstio = {
  range: `${optionalPins.istio} - ${line(pins.istio)}`,
  inWords: `${optionalPins.istio} to ${line(pins.istio)}.x`,
} as const;

/** Node.js versions that CI runs the unit tests on, beside the one that runs everything; test/nodes/package.json locks them. */
export const testedNodes = ["22.23.3", "24.21.0", "26.12.1"] as const;

const everything = "unit tests, end-to-end and conformance suite in CI";

const testedVersions: readonly TestedVersion[] = [
  { what: "Istio", version: pins.istio, how: `${everything}; the default` },
  {
    what: "Istio",
    version: optionalPins.istio,
    how: "conformance suite on the embedded node, run by hand before a release",
  },
  { what: "Envoy", version: pins.envoy, how: `with Istio ${pins.istio}` },
  { what: "Envoy", version: optionalPins.envoy, how: `with Istio ${optionalPins.istio}` },
  { what: "Kubernetes", version: pins.kubernetes, how: `${everything}, on the embedded node` },
  { what: "etcd", version: pins.etcd, how: everything },
  { what: "CoreDNS", version: pins.coredns, how: everything },
  { what: "Pulumi CLI", version: pins.pulumi, how: `${everything}; on PATH \`${pins.pulumiRange}\` is taken` },
  { what: "Pulumi Kubernetes provider", version: pins.kubernetesProvider, how: everything },
  {
    what: "OpenTelemetry operator",
    version: optionalPins.opentelemetryOperator,
    how: "end-to-end test, run by hand: `npm run e2e:more`",
  },
  {
    what: "Node.js",
    version: pins.nodeRange.replace(">=", ""),
    how: "the oldest that is supported; CI runs everything on Node.js 20",
  },
  ...testedNodes.map((version) => ({ what: "Node.js", version, how: "unit tests in CI" })),
  {
    what: "Go, for building the tools",
    version: pins.goRange.replace(">=", ""),
    how: "builds the tools in CI; or newer",
  },
  { what: "kind", version: pins.kindRange.replace(">=", ""), how: "unit tests with a stand-in; or newer" },
];

/** The text of docs/versions.md. */
export function versionsPage(): string {
  return `# Versions

What this project runs with, and how that is known. This page is written from
[tools/toolchain/pins.ts](../tools/toolchain/pins.ts) and [tested.ts](../tools/toolchain/tested.ts) by
\`npm run versions\`; a test compares them.

| what | version | how it is tested |
|---|---|---|
${testedVersions.map(({ what, version, how }) => `| ${what} | ${version} | ${how} |`).join("\n")}

\`mesh.version\` takes Istio ${testedIstio.inWords}. Without internet the embedded node has the images of ${pins.istio}, and of
${optionalPins.istio} when a stack asks for it: its istiod, agent, charts and Envoy are then built once, apart from the other tools.

\`\`\`sh
npm run older-istio   # gets Istio ${optionalPins.istio} and loads its images into the running node; prints where its charts are
\`\`\`
`;
}
