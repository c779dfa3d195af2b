import assert from "node:assert/strict";
import { parseHops } from "../../../../cli/verify/hops";

describe("parseHops", () => {
  const cases: [string, string, { service: string; version: string }[]][] = [
    [
      "the answer in the document",
      "-> mocka(version: v1, ip: 172.17.0.54)-> mockb(version: v1, ip: 172.17.0.129)",
      [
        { service: "mocka", version: "v1" },
        { service: "mockb", version: "v1" },
      ],
    ],
    ["a broken chain", "-> mocka(version: v2, ip: 10.0.0.1)-> error(503)", [{ service: "mocka", version: "v2" }]],
    ["an IPv6 address", "-> a.b(version: 1.2-rc_3, ip: fd00::1)", [{ service: "a.b", version: "1.2-rc_3" }]],
    ["another answer", "no healthy upstream", []],
  ];
  for (const [title, body, expected] of cases) {
    it(`reads ${title}`, () => assert.deepEqual(parseHops(body), expected));
  }
});
