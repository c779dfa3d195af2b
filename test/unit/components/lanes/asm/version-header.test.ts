import assert from "node:assert/strict";
import { renderVersionHeader } from "../../../../../components/lanes/istio/version-header";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { s2, s2Input } from "../fixtures";

describe("the version on answers, on ASM", () => {
  it("is off by default", () => {
    assert.deepEqual(renderVersionHeader(s2), []);
  });

  it("is told by the sidecars of the entry service, one object per version", () => {
    const [first, ...others] = s2Input.services;
    assert.ok(first);
    const services = [{ ...first, versions: ["v1", "V_2"] }, ...others];
    const lanes = [{ name: "s1", version: "v1" }];
    const group = laneGroupSchema.parse({ ...s2Input, services, lanes, responseHeaders: true });
    const filters = renderVersionHeader(group);
    assert.deepEqual(
      filters.map(({ metadata, stage }) => [metadata.name, stage]),
      [
        ["test.answer.mocka.v1", "filters"],
        // An object's name cannot hold what a label can.
        ["test.answer.mocka.c5bc961c4206a922", "filters"],
      ],
    );
    assert.deepEqual(filters[1]?.spec, {
      workloadSelector: { labels: { app: "mocka", ASM_TRAFFIC_TAG: "V_2" } },
      configPatches: [
        {
          applyTo: "ROUTE_CONFIGURATION",
          match: { context: "SIDECAR_INBOUND" },
          patch: {
            operation: "MERGE",
            value: {
              response_headers_to_add: [
                { header: { key: "x-mesh-version", value: "V_2" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
              ],
            },
          },
        },
      ],
    });
  });
});
