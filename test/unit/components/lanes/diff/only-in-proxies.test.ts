import assert from "node:assert/strict";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { gatewayPods } from "../fixtures";
import { randomPairs } from "./pairs";

describe("objects of some kinds", () => {
  it("are those of all objects that are of these kinds, for random groups", () => {
    const kinds = ["EnvoyFilter", "Sidecar"];
    let seen = 0;
    for (const { before, after } of randomPairs(7, 40)) {
      for (const group of [...before, ...after]) {
        const of = (only?: readonly string[]) =>
          renderIstio(group, { gateway: gatewayPods }, only).filter(({ kind }) => kinds.includes(kind));
        assert.deepEqual(of(kinds), of());
        seen += of().length;
      }
    }
    assert.ok(seen > 40);
  });
});
