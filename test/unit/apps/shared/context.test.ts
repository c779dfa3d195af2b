import assert from "node:assert/strict";
import { laneOf, noLane, readForwardHeaders } from "../../../../apps/shared/context";
import { readEnv } from "../../../../apps/shared/env";

const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const all = ["baggage", "traceparent", "tracestate", "version"];

describe("apps/shared/context", () => {
  const cases: readonly [title: string, raw: readonly string[], names: readonly string[], expected: object][] = [
    ["picks named headers only", ["Baggage", "lane=v2", "Cookie", "c=1"], all, { baggage: "lane=v2" }],
    ["forwards nothing when no name is given", ["baggage", "lane=v2", "traceparent", parent], [], {}],
    [
      "joins repeated lines in their order",
      ["baggage", "a=1", "x", "y", "BAGGAGE", "lane=v2;p=1", "baggage", "b=2"],
      all,
      { baggage: "a=1,lane=v2;p=1,b=2" },
    ],
    ["leaves empty lines out of a join", ["baggage", "", "baggage", " a=1 ", "version", ""], all, { baggage: "a=1" }],
    ["keeps percent-encoding as it is", ["baggage", "n=DF%2028,l=%2C"], all, { baggage: "n=DF%2028,l=%2C" }],
    [
      "joins tracestate and keeps its traceparent",
      ["tracestate", "a=1", "traceparent", parent, "tracestate", "b=2"],
      all,
      { traceparent: parent, tracestate: "a=1,b=2" },
    ],
    [
      "drops a repeated traceparent, and tracestate with it",
      ["traceparent", parent, "traceparent", parent, "tracestate", "a=1", "version", "v2"],
      all,
      { version: "v2" },
    ],
    ["drops a tracestate that came without traceparent", ["tracestate", "a=1"], all, {}],
  ];
  for (const [title, rawHeaders, names, expected] of cases) {
    it(title, () => assert.deepEqual(laneOf({ rawHeaders }, names), expected));
  }

  it("has no header in no lane", () => assert.deepEqual(noLane, {}));

  it("reads the names to forward", () => {
    assert.deepEqual(readEnv({}, readForwardHeaders), ["baggage", "traceparent", "tracestate"]);
    assert.deepEqual(readEnv({ FORWARD_HEADERS: "" }, readForwardHeaders), []);
    assert.deepEqual(readEnv({ FORWARD_HEADERS: "x-asm-prefer-tag" }, readForwardHeaders), ["x-asm-prefer-tag"]);
  });

  for (const name of ["host", "Content-Length", "transfer-encoding", "upgrade", "connection"]) {
    it(`fails to forward ${name}, which belongs to one connection`, () => {
      assert.throws(
        () => readEnv({ FORWARD_HEADERS: `baggage,${name}` }, readForwardHeaders),
        /belongs to one connection/,
      );
    });
  }
});
