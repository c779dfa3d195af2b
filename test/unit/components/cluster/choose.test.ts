import assert from "node:assert/strict";
import { chooseClusterKind, type HostFacts } from "../../../../components/cluster/choose";

function facts(some: Partial<HostFacts> & { docker?: boolean }): HostFacts {
  return { platform: "linux", root: true, present: undefined, dockerAnswers: () => some.docker ?? false, ...some };
}

describe("chooseClusterKind", () => {
  for (const [wanted, host, kind, reason] of [
    ["auto", { docker: true }, "kind", "a Docker engine answers"],
    ["auto", { docker: true, platform: "darwin", root: false }, "kind", "a Docker engine answers"],
    ["auto", {}, "embedded", "no Docker engine answers, and this is Linux and root"],
    ["auto", { docker: true, present: "embedded" }, "embedded", "it runs already"],
    ["auto", { present: "kind" }, "kind", "it runs already"],
    ["embedded", { docker: true }, "embedded", "config names it"],
    ["kind", {}, "kind", "config names it"],
    ["existing", { platform: "darwin", root: false }, "existing", "config names it"],
  ] as const) {
    it(`${wanted} with ${JSON.stringify(host)} is ${kind}`, () => {
      assert.deepEqual(chooseClusterKind(wanted, facts(host)), { kind, reason });
    });
  }

  it("asks Docker only when nothing else decides", () => {
    const dockerAnswers = () => assert.fail("Docker was asked");
    assert.equal(chooseClusterKind("embedded", facts({ dockerAnswers })).kind, "embedded");
    assert.equal(chooseClusterKind("auto", facts({ dockerAnswers, present: "kind" })).kind, "kind");
  });

  for (const [title, wanted, host, got, fix] of [
    [
      "auto without Docker on macOS",
      "auto",
      { platform: "darwin", root: false },
      "auto; no Docker engine answers, and this is darwin, not Linux",
      "Start Docker, or set cluster.kind to existing with a kubeconfig and a context.",
    ],
    [
      "auto without Docker and root",
      "auto",
      { root: false },
      "auto; no Docker engine answers, and this user is not root",
      "Start Docker, or run this as root, or set cluster.kind to existing with a kubeconfig and a context.",
    ],
    [
      "embedded without root",
      "embedded",
      { root: false },
      "embedded, and this user is not root",
      "Start Docker, or run this as root, or set cluster.kind to existing with a kubeconfig and a context.",
    ],
  ] as const) {
    it(`fails for ${title}`, () => {
      assert.throws(() => chooseClusterKind(wanted, facts(host)), {
        name: "UserError",
        problems: [
          {
            path: "cluster.kind",
            got,
            expected: "a running Docker engine (kind), or Linux as root (embedded), or a cluster of yours (existing)",
            fix,
          },
        ],
      });
    });
  }
});
