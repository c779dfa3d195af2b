import assert from "node:assert/strict";
import { compare } from "../../../../components/live/compare";

describe("compare", () => {
  const paths = (operations: readonly { path: string }[]) => operations.map(({ path }) => path);

  describe("objects of Istio, to which nobody adds defaults", () => {
    const planned = { spec: { host: "a", http: [{ route: [{ weight: 1 }] }] } };
    const applied = { "f:spec": { "f:host": {}, "f:http": {} } };

    it("finds nothing in what was applied, with empty fields or without", () => {
      const live = { spec: { host: "a", http: [{ route: [{ weight: 1 }], headers: {} }], exportTo: [] } };
      assert.deepEqual(compare(planned, live, applied, true), { differences: [], strays: [] });
    });
    it("finds a value that was edited, and one that was deleted", () => {
      const live = { spec: { http: [{ route: [{ weight: 2 }] }] } };
      assert.deepEqual(compare(planned, live, applied, true).differences, ["spec.host", "spec.http.0.route.0.weight"]);
    });
    it("finds an entry more in a list, and leaves it to be written over: lists are one value", () => {
      const live = { spec: { host: "a", http: [...planned.spec.http, { route: [] }] } };
      assert.deepEqual(compare(planned, live, applied, true), { differences: ["spec.http"], strays: [] });
    });
    it("takes out a field that somebody else has added", () => {
      const live = { spec: { ...planned.spec, exportTo: ["."], trafficPolicy: { tls: { mode: "DISABLE" } } } };
      const { differences, strays } = compare(planned, live, applied, true);
      assert.deepEqual(differences, ["spec.exportTo", "spec.trafficPolicy"]);
      assert.deepEqual(paths(strays), ["/spec/exportTo", "/spec/trafficPolicy"]);
    });
    it("leaves a field of an earlier plan in place: it goes when the new plan is applied, in its turn", () => {
      const live = { spec: { ...planned.spec, exportTo: ["."] } };
      const earlier = { "f:spec": { ...applied["f:spec"], "f:exportTo": {} } };
      assert.deepEqual(compare(planned, live, earlier, true), { differences: ["spec.exportTo"], strays: [] });
    });
  });

  describe("objects of Kubernetes, which adds defaults", () => {
    const planned = {
      spec: {
        replicas: 2,
        template: {
          spec: { containers: [{ name: "app", image: "x", resources: { limits: { cpu: "0.5", memory: "1024Mi" } } }] },
        },
      },
    };
    const container = { name: "app", image: "x", resources: { limits: { cpu: "500m", memory: "1Gi" } }, tty: true };
    const live = (containers: object[], replicas = 2) => ({
      spec: { replicas, strategy: { type: "RollingUpdate" }, template: { spec: { containers, dnsPolicy: "Default" } } },
    });
    const own = { 'k:{"name":"app"}': { ".": {}, "f:name": {}, "f:image": {} } };
    const applied = { "f:spec": { "f:template": { "f:spec": { "f:containers": own } } } };

    it("takes defaults and another way to write a quantity for the same", () => {
      assert.deepEqual(compare(planned, live([container]), applied, false), { differences: [], strays: [] });
    });
    it("finds another number of replicas", () => {
      assert.deepEqual(compare(planned, live([container], 5), applied, false).differences, ["spec.replicas"]);
    });
    it("has no opinion on what the plan leaves undefined, as the library does for fields without a value", () => {
      const { differences } = compare(
        { ...planned, data: undefined },
        { ...live([container]), data: { a: "b" } },
        applied,
        false,
      );
      assert.deepEqual(differences, []);
    });
    it("leaves replicas to others where the plan has none", () => {
      const { replicas: _, ...rest } = planned.spec;
      assert.deepEqual(compare({ spec: rest }, live([container], 5), applied, false).differences, []);
    });
    it("takes out a container that somebody else has put in front", () => {
      const { differences, strays } = compare(planned, live([{ name: "spy" }, container]), applied, false);
      assert.deepEqual(differences, ["spec.template.spec.containers.0"]);
      assert.deepEqual(paths(strays), ["/spec/template/spec/containers/0"]);
    });
    it("takes out the last of several first, so that their places stay right", () => {
      const { strays } = compare(planned, live([{ name: "a" }, container, { name: "b" }]), applied, false);
      assert.deepEqual(paths(strays), ["/spec/template/spec/containers/2", "/spec/template/spec/containers/0"]);
    });
  });

  it("writes paths as JSON pointers", () => {
    const { strays } = compare({ spec: { a: 1 } }, { spec: { a: 1, "b/c~d": 1 } }, { "f:spec": { "f:a": {} } }, true);
    assert.deepEqual(paths(strays), ["/spec/b~1c~0d"]);
  });
});
