import assert from "node:assert/strict";
import { normalizePath, pathRefusal } from "../../../../components/lanes/envoy-path";

/** What the truth test compares with the gateway. */
const paths: Readonly<Record<string, string>> = {
  "/mock": "/mock",
  "//mock": "//mock",
  "/./mock": "/mock",
  "/x/../mock": "/mock",
  "/x/%2e%2E/mock": "/mock",
  "/mock/..": "/",
  "/%6dock": "/mock",
  "/%7Ex%2D": "/~x-",
  "/a%2fb": "/a%2fb",
  "/a%20b": "/a%20b",
  "/a%zz%": "/a%zz%",
  "/a%2%30": "/a%2520",
  "/a%%32x": "/a%2x",
  "/a%2541": "/a%2541",
  "/a\\b": "/a/b",
  "*": "*",
};

describe("normalizePath", () => {
  for (const [path, normal] of Object.entries(paths)) {
    it(`makes ${normal} of ${path}`, () => assert.equal(normalizePath(path), normal));
  }
});

describe("pathRefusal", () => {
  for (const [path, method, refused] of [
    ["/mock", "GET", false],
    ["*", "OPTIONS", false],
    ["*", "GET", true],
    ["\\mock", "GET", true],
    ["/mock%00", "GET", true],
  ] as const) {
    it(`${refused ? "refuses" : "takes"} ${method} ${path}`, () =>
      assert.equal(pathRefusal(path, method) !== undefined, refused));
  }
});
