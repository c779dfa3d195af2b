import assert from "node:assert/strict";
import { closest } from "../../../../components/lanes/suggest";
import { reservedHeaderReason } from "../../../../components/lanes/syntax";

describe("reservedHeaderReason", () => {
  for (const name of [
    "baggage",
    "traceparent",
    "X-Request-Id",
    "x-b3-traceid",
    ":authority",
    "host",
    "cookie",
    "x-envoy-x",
  ]) {
    it(`keeps ${name} out`, () => assert.notEqual(reservedHeaderReason(name), undefined));
  }
  for (const name of ["version", "x-lane", "x-asm-prefer-tag"]) {
    it(`lets ${name} in`, () => assert.equal(reservedHeaderReason(name), undefined));
  }
});

describe("closest", () => {
  const names: [string, string | undefined][] = [
    ["wieght", "weight"],
    ["Version", "version"],
    ["versoin", "version"],
    ["colour", undefined],
    ["v", undefined],
  ];
  for (const [got, expected] of names) {
    it(`finds ${expected ?? "nothing"} for ${got}`, () => {
      assert.equal(closest(got, ["name", "version", "weight", "match"]), expected);
    });
  }
});
