import assert from "node:assert/strict";
import { mirrorOf, releaseName } from "../../../../tools/images/debian";

describe("the machine's own Debian", () => {
  for (const [text, name] of [
    ["ID=debian\nVERSION_CODENAME=bookworm\n", "bookworm"],
    ['ID=ubuntu\nVERSION_CODENAME="noble"\nUBUNTU_CODENAME=noble\n', "noble"],
    ["ID=arch\n", undefined],
  ] as const) {
    it(`is ${name} by ${JSON.stringify(text)}`, () => assert.equal(releaseName(text), name));
  }

  const targets = [
    "http://mirror.example/debian-security bookworm-security main",
    "http://mirror.example/debian bookworm-updates main",
    "http://other.example/nodesource bookworm stable",
    "http://mirror.example/debian bookworm main ",
  ].join("\n");

  it("comes from the site of its main component", () => {
    assert.equal(mirrorOf(targets, "bookworm"), "http://mirror.example/debian");
  });

  it("fails to be found for another suite", () => assert.equal(mirrorOf(targets, "trixie"), undefined));
});
