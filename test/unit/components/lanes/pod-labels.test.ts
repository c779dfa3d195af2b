import assert from "node:assert/strict";
import { renderVersionHeader } from "../../../../components/lanes/istio/version-header";
import { podLabelsBySelector } from "../../../../components/lanes/object";
import { type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import { allowedCalls } from "../../../../components/security/calls";
import { s4Input } from "./fixtures";
import { render } from "./istio/rendered";

/** S4 with labels of others on the pods of every service. */
function labelled(keys: object = {}, labels = (name: string): object => ({ service: name })): LaneGroupInput {
  return {
    ...s4Input,
    ...keys,
    services: s4Input.services.map((service) => ({ ...service, http2: "upgrade", labels: labels(service.name) })),
  } as LaneGroupInput;
}

describe("labels of a service's pods", () => {
  it("are what every object that is for its pods looks for", () => {
    const group = laneGroupSchema.parse(labelled({ scope: { egress: [] }, responseHeaders: true }));
    const own = new Set(group.services.map(({ name }) => JSON.stringify({ service: name })));
    const selectors = render(group).flatMap(({ kind, metadata, spec }) =>
      metadata.namespace === group.namespace && "workloadSelector" in spec
        ? [[kind, spec.workloadSelector] as const]
        : [],
    );
    assert.deepEqual([...new Set(selectors.map(([kind]) => kind))].sort(), ["EnvoyFilter", "Sidecar"]);
    for (const [, selector] of selectors) {
      const { labels } = selector as { labels: object };
      assert.ok(own.has(JSON.stringify(labels)), JSON.stringify(labels));
    }
    const [answer] = renderVersionHeader(group);
    const [service] = group.services;
    assert.deepEqual(answer?.spec.workloadSelector, {
      labels: { service: service?.name, [group.versionLabel]: service?.versions[0] },
    });
  });

  it("are who may call and be called", () => {
    const group = laneGroupSchema.parse(labelled());
    const gateway = { namespace: "istio-system", account: "gateway", labels: { istio: "ingressgateway" } };
    const calls = allowedCalls({ laneGroups: [group], workloads: [], allow: [], gateway });
    assert.ok(calls.length > 1);
    for (const { from, to } of calls) {
      assert.deepEqual(to.labels, { service: to.service });
      if (from.account !== gateway.account) assert.deepEqual(from.labels, { service: from.account });
    }
  });

  for (const [title, input, expected] of [
    ["nothing", labelled({}, () => ({})), "got {}"],
    ["a key that is none", labelled({}, () => ({ "a b": "c" })), 'key "a b"'],
    ["a value that is none", labelled({}, (name) => ({ app: `${name}/` })), 'got "mocka/"'],
    [
      "the label of versions",
      labelled({}, (name) => ({ app: name, [s4Input.versionLabel ?? "version"]: "v1" })),
      `${s4Input.versionLabel ?? "version"}, the label that tells the version`,
    ],
  ] as const) {
    it(`are refused with ${title}`, () => {
      const [problem] = validateLaneGroups([{ path: "g", input }]);
      assert.ok(problem?.path.startsWith("g.services[0].labels"), problem?.path);
      assert.equal(problem?.got, expected);
    });
  }

  it("are refused where a scoped group has them twice: Istio takes one Sidecar for a pod", () => {
    const twice = labelled({ scope: { egress: [] } }, () => ({ tier: "shop" }));
    assert.deepEqual(
      validateLaneGroups([{ path: "g", input: twice }]).map(({ path, got }) => `${path}: ${got}`),
      [
        "g.services[1].labels: the labels of mocka, too: tier=shop",
        "g.services[2].labels: the labels of mocka, too: tier=shop",
      ],
    );
    assert.deepEqual(validateLaneGroups([{ path: "g", input: labelled({}, () => ({ tier: "shop" })) }]), []);
  });

  it("are what the Service's selector says, where that is not the default", () => {
    const bySelector = (selector: Record<string, string>) => podLabelsBySelector({ name: "cart" }, selector, ["stage"]);
    assert.deepEqual(bySelector({ service: "cart" }), { service: "cart" });
    assert.deepEqual(bySelector({ service: "cart", stage: "prod" }), { service: "cart" });
    assert.equal(bySelector({ app: "cart" }), undefined);
    assert.equal(bySelector({ app: "cart", tier: "web" }), undefined);
    assert.equal(bySelector({ stage: "prod" }), undefined);
    assert.equal(bySelector({}), undefined);
  });
});
