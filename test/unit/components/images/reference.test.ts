import assert from "node:assert/strict";
import { imageProblem, parseImage } from "../../../../components/images/reference";

const digest = `sha256:${"0".repeat(64)}`;

describe("parseImage", () => {
  const good: Record<string, object> = {
    mock: { repository: "mock" },
    "shop/mock:1.0.0": { repository: "shop/mock", tag: "1.0.0" },
    "registry.example.com:5000/shop/mock": { repository: "registry.example.com:5000/shop/mock" },
    [`localhost:5000/mock:v1@${digest}`]: { repository: "localhost:5000/mock", tag: "v1", digest },
    [`mock@${digest}`]: { repository: "mock", digest },
  };
  for (const [image, expected] of Object.entries(good)) {
    it(`reads ${image}`, () => assert.deepEqual(parseImage(image), expected));
  }
  for (const image of ["", "mock:", "mock: 1", "mock@sha256:12", "a b", ":1.0.0", "mock:1@", "http://a/mock:1.0.0"]) {
    it(`takes ${JSON.stringify(image)} for none`, () => assert.equal(parseImage(image), undefined));
  }
});

describe("imageProblem", () => {
  const pinned = [`mock@${digest}`, `mock:latest@${digest}`, "mock:1.29.1", "mock:v2.0.1-rc.1", "mock:0123456789ab"];
  for (const image of [...pinned, "mock:2026-11-27", "mock:20261127", "mock:1.29.1-alpine"]) {
    it(`lets ${image} be`, () => assert.equal(imageProblem(image), undefined));
  }
  const moving: Record<string, RegExp> = {
    mock: /no tag/,
    "registry.example.com:5000/mock": /no tag/,
    "mock:latest": /moves/,
    "mock:Stable": /moves/,
    "mock:1": /whole version/,
    "mock:1.29": /whole version/,
    "mock:v1.29": /whole version/,
    "mock:20-bookworm-slim": /whole version/,
    "mock@sha256:12": /no image reference/,
  };
  for (const [image, problem] of Object.entries(moving)) {
    it(`fails on ${image}`, () => assert.match(imageProblem(image) ?? "", problem));
  }
});
