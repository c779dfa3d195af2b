import assert from "node:assert/strict";
import { deployment, istio, proposed, service, versioned } from "./fixtures";

const calling = (...urls: string[]) => [
  service("web"),
  deployment("web", { app: "web", version: "v1" }, { args: urls }),
];
const far = (...urls: string[]) => [...calling(...urls), ...versioned("user", "v1"), ...versioned("cart", "v1")];
const callsOfWeb = ({ group }: ReturnType<typeof proposed>) =>
  group.services.find(({ name }) => name === "web")?.calls ?? [];

describe("the domain of the cluster", () => {
  it("is learnt from whole names of Services that were read, and written down", () => {
    const learnt = proposed(far("http://user.default.svc.prod.example:80", "cart.default.svc.prod.example.:80"), {
      entry: "web",
    });
    assert.equal(learnt.group.clusterDomain, "prod.example");
    assert.deepEqual([...callsOfWeb(learnt)].sort(), ["cart", "user"]);
  });

  it("is learnt from hosts of routes too", () => {
    const host = "cart.default.svc.prod.example";
    const routed = proposed(
      [...far(), istio("VirtualService", "cart", { hosts: [host], http: [{ route: [{ destination: { host } }] }] })],
      { entry: "web" },
    );
    assert.equal(routed.group.clusterDomain, "prod.example");
    assert.match(routed.of("decide").join(), /it routes calls to cart already/);
  });

  it("is the usual one where no name tells, or names of it alone do", () => {
    assert.equal(proposed(far("http://user"), { entry: "web" }).group.clusterDomain, undefined);
    const usual = proposed(far("http://user.default.svc.cluster.local", "http://a.elsewhere.svc.prod.example"), {
      entry: "web",
    });
    assert.equal(usual.group.clusterDomain, undefined);
    assert.deepEqual(callsOfWeb(usual), ["user"]);
  });

  it("is not guessed where names differ: each that is under another is told, with the flag", () => {
    const urls = ["http://user.default.svc.prod.example", "http://cart.default.svc.cluster.local"];
    const differing = proposed(far(...urls), { entry: "web" });
    assert.equal(differing.group.clusterDomain, undefined);
    assert.deepEqual(callsOfWeb(differing), ["cart"]);
    assert.ok(
      differing.findings.some(
        ({ got, fix }) =>
          got.includes("user.default.svc.prod.example") && fix.includes("--cluster-domain prod.example"),
      ),
    );
    const told = proposed(far(...urls), { entry: "web", clusterDomain: "prod.example" });
    assert.equal(told.group.clusterDomain, "prod.example");
    assert.deepEqual(callsOfWeb(told), ["user"]);
  });

  it("may be told to be the usual one, whatever names say", () => {
    const told = proposed(far("http://user.default.svc.prod.example"), {
      entry: "web",
      clusterDomain: "cluster.local",
    });
    assert.deepEqual([told.group.clusterDomain, callsOfWeb(told)], [undefined, []]);
  });
});
