import { imageProblem } from "../../../../components/images/reference";
import { type BadConfig, bad } from "./bad-config";

const image = "registry.example.com/shop/mock:1.0.0";
const workload = { name: "mockx", image, port: 8000, versions: ["v1"] };
const cluster = {
  kind: "ack",
  ack: {
    region: "cn-hangzhou",
    zones: ["cn-hangzhou-i"],
    nodes: { types: ["ecs.g7.xlarge"], min: 2 },
    encryptSecrets: false,
  },
};
const images = (change: object, more: object = {}) => ({ workloads: [{ ...workload, ...change }], ...more });

export const badImages: readonly BadConfig[] = [
  bad(
    "a workload of nothing",
    images({ image: undefined }),
    "workloads[0]",
    "neither app nor image",
    "one of them",
    /Add image/,
  ),
  bad(
    "a version without an image beside others that have one",
    images({ image: undefined, versions: { v1: { image }, v2: {} } }),
    "workloads[0].versions.v2",
    "no image",
    "image, as the other versions have one",
    /Add image to the version/,
  ),
  bad(
    "an image that is told whom to call",
    images({ calls: "http://mockb:8000/mock" }),
    "workloads[0].calls",
    'got "http://mockb:8000/mock"',
    "only for an app of this project, which finds the URL in its environment",
    /variable of env/,
  ),
  bad(
    "a version's image whose tag moves",
    images({ versions: { v1: { image: "shop/mock:latest" } } }),
    "workloads[0].versions.v1.image",
    'got "shop/mock:latest", whose tag moves',
    "an image with the tag of one build, or with a digest",
    /whole version or a digest/,
  ),
  bad(
    "an app on ACK",
    images({ app: "mock", image: undefined }, { cluster }),
    "workloads[0].app",
    'got "mock"',
    "image too, on a cluster of kind ack: images of apps are built for clusters on this machine",
    /apps\/Containerfile/,
  ),
  ...[
    "shop/mock",
    "shop/mock:latest",
    "registry.example.com:5000/mock",
    "mock@sha256:12",
    "shop/mock: 1",
    "mock:1.29",
  ].map((name) =>
    bad(
      `the image ${name}`,
      images({ image: name }),
      "workloads[0].image",
      `got "${name}", ${imageProblem(name)}`,
      "an image with the tag of one build, or with a digest",
      /whole version or a digest/,
    ),
  ),
];
