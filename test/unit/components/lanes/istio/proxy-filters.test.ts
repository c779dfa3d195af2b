import assert from "node:assert/strict";
import { gatewayFilters, sidecarFilters } from "../../../../../components/lanes/istio/proxy-filters";
import { renderSharedFilters } from "../../../../../components/lanes/istio/render";
import type { IstioObject } from "../../../../../components/lanes/object";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { gatewayPods, s1, s2, s4, s4Input } from "../fixtures";

interface Patch {
  readonly applyTo: string;
  readonly match: { readonly context: string; readonly listener: unknown };
  readonly patch: { readonly operation: string; readonly value: { readonly name: string; readonly disabled?: true } };
}

const patches = ({ spec }: IstioObject) => spec.configPatches as Patch[];
const lines = (object: IstioObject) =>
  patches(object).map(({ match, patch: { operation, value } }) =>
    [match.context, operation, value.name, ...(value.disabled ? ["off"] : [])].join(" "),
  );

describe("the filters that all lane groups share", () => {
  const shared = (group: typeof s4) => renderSharedFilters(group, { gateway: gatewayPods });

  it("are the same for every group of a namespace, whatever is in it", () => {
    const other = laneGroupSchema.parse({
      ...s4Input,
      routeHeader: "x-other",
      entry: { ...s4Input.entry, hosts: ["other.example.com"] },
      responseHeaders: true,
      scope: { egress: ["*/*"] },
    });
    for (const group of [s1, s2, other]) assert.deepEqual(shared(group), shared(s4));
  });

  it("are off where they cost, until a route turns them on", () => {
    assert.deepEqual(shared(s4).map(lines), [
      [
        "SIDECAR_OUTBOUND INSERT_FIRST mesh-lanes.route-header off",
        // Inbound, routes are part of the listener: a header turns it on.
        "SIDECAR_INBOUND INSERT_BEFORE mesh-lanes.answer-version",
      ],
      ["GATEWAY INSERT_FIRST mesh-lanes.client-lane", "GATEWAY INSERT_BEFORE mesh-lanes.client-baggage off"],
    ]);
  });

  it("take the headers of the lanes' own off what clients send, before anything else", () => {
    assert.deepEqual(patches(gatewayFilters(gatewayPods))[0], {
      applyTo: "HTTP_FILTER",
      match: {
        context: "GATEWAY",
        listener: { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager" } } },
      },
      patch: {
        operation: "INSERT_FIRST",
        value: {
          name: "mesh-lanes.client-lane",
          typed_config: {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
            mutations: { request_mutations: [{ remove: "x-mesh-lane" }, { remove: "x-mesh-version" }] },
          },
        },
      },
    });
  });

  it("are named by what they hold, and of no group", () => {
    const { metadata, spec } = sidecarFilters("shop");
    assert.match(metadata.name, /^mesh-lanes\.sidecars\.[0-9a-f]{8}$/);
    assert.deepEqual(metadata.labels, { "app.kubernetes.io/managed-by": "mesh-lanes" });
    assert.deepEqual(sidecarFilters("other").spec, spec);
    assert.equal(sidecarFilters("other").metadata.name, metadata.name);
    const gateway = (istio: string) => gatewayFilters({ namespace: "istio-system", labels: { istio } });
    assert.deepEqual(gateway("a").spec.workloadSelector, { labels: { istio: "a" } });
    assert.notEqual(gateway("a").metadata.name, gateway("b").metadata.name);
  });
});
