import assert from "node:assert/strict";
import { injectedBy, meshRevisions, revisionOf, revisionsInWords } from "../../../../components/lanes/revisions";

const tag = (name: string, revision: string) => ({ "istio.io/tag": name, "istio.io/rev": revision, app: "x" });
const known = meshRevisions({
  controlPlanes: [
    { app: "istiod", "istio.io/rev": "1-31-0" },
    { app: "istiod", "istio.io/rev": "1-30-0" },
    // A second pod of it, and what is no control plane.
    { app: "istiod", "istio.io/rev": "1-30-0" },
    { app: "istio-cni", "istio.io/rev": "cni" },
    { app: "istiod" },
  ],
  services: [tag("by-service", "1-31-0"), tag("both", "1-30-0"), { "istio.io/rev": "1-31-0" }],
  webhooks: [tag("stable", "1-30-0"), tag("both", "1-31-0"), tag("old", "1-29-0"), { "istio.io/rev": "1-30-0" }],
});

describe("revisions and tags of control planes", () => {
  it("are told by labels of istiod, webhooks and Services; a webhook counts before a Service", () => {
    assert.deepEqual(known, {
      revisions: ["1-30-0", "1-31-0"],
      tags: { "by-service": "1-31-0", both: "1-31-0", stable: "1-30-0", old: "1-29-0" },
    });
  });

  it("give the revision that a name stands for, also where it is gone", () => {
    const names = ["1-31-0", "stable", "by-service", "old", "1-29-0", "stabel", "constructor"];
    assert.deepEqual(
      names.map((name) => revisionOf(name, known)),
      ["1-31-0", "1-30-0", "1-31-0", "1-29-0", undefined, undefined, undefined],
    );
  });

  it("have the tag default in front of the control plane without a revision", () => {
    const revisions = ["1-31-0", "default"];
    assert.equal(revisionOf("default", { revisions, tags: {} }), "default");
    assert.equal(revisionOf("default", { revisions, tags: { default: "1-31-0" } }), "1-31-0");
  });

  it("are named in words", () => {
    assert.equal(
      revisionsInWords(known),
      "revisions 1-30-0, 1-31-0; tags both (1-31-0), by-service (1-31-0), old (1-29-0), stable (1-30-0)",
    );
    assert.equal(revisionsInWords({ revisions: ["default"], tags: {} }), "revision default");
    assert.equal(
      revisionsInWords({ revisions: [], tags: {}, problem: "forbidden" }),
      "no control plane; tags cannot be read: forbidden",
    );
  });

  it("are what a namespace's labels name, as Istio reads them", () => {
    const labels: [Record<string, string>, string | undefined][] = [
      [{}, undefined],
      [{ "istio-injection": "enabled" }, "default"],
      [{ "istio-injection": "enabled", "istio.io/rev": "stable" }, "default"],
      [{ "istio-injection": "disabled", "istio.io/rev": "stable" }, undefined],
      [{ "istio.io/rev": "stable" }, "stable"],
      [{ "istio.io/rev": "" }, undefined],
    ];
    for (const [given, name] of labels) assert.equal(injectedBy(given), name, JSON.stringify(given));
  });
});
