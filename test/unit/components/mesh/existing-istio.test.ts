import assert from "node:assert/strict";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import { kubectlWith } from "../../../../components/live/kubectl";
import { planeProblems } from "../../../../components/mesh/existing-istio";
import { liveRevisions } from "../../../../components/mesh/live-revisions";
import { KubectlFailure } from "../../../../tools/kubectl/kubectl";

const istiod = (revision: string) => ({
  kind: "Deployment",
  metadata: {
    name: `istiod-${revision}`,
    namespace: "istio-system",
    labels: { app: "istiod", "istio.io/rev": revision },
  },
});
const tag = (kind: string, name: string, revision: string) => ({
  kind,
  metadata: { name: `istio-revision-tag-${name}`, labels: { "istio.io/tag": name, "istio.io/rev": revision } },
});
const webhook = (name: string, revision: string) => tag("MutatingWebhookConfiguration", name, revision);

type Answers = Readonly<Record<string, readonly object[] | string>>;

/** What is wrong with a revision on a cluster whose kubectl gives these lists by kind, or fails with these words. */
async function problemsOf(name: string, answers: Answers): Promise<string[]> {
  const kubectl = kubectlWith("kind: Config", async (_target, args) => {
    const [kind = ""] = (args[args.indexOf("get") + 1] ?? "").split(".");
    const answer = answers[kind] ?? [];
    if (typeof answer === "string") throw new KubectlFailure(answer, false);
    if (kind === "mutatingwebhookconfigurations") assert.ok(args.join(" ").includes("--selector istio.io/tag"));
    return JSON.stringify({ items: answer });
  });
  const cluster = new ClusterObjects(kubectl, "mesh-lanes.dev");
  return planeProblems(name, await liveRevisions(cluster)).map(({ path, got, expected, fix }) =>
    [path, got, expected, fix].join("\n"),
  );
}

const deployments = [istiod("1-30-0"), istiod("1-31-0")];
const mutatingwebhookconfigurations = [webhook("stable", "1-30-0"), webhook("old", "1-29-0")];
const there = { deployments, mutatingwebhookconfigurations };

describe("the control plane that an existing Istio is named by", () => {
  it("is there by its revision", async () => {
    assert.deepEqual(await problemsOf("1-31-0", there), []);
    assert.deepEqual(await problemsOf("default", { deployments: [istiod("default")] }), []);
  });

  it("is there by a tag", async () => {
    assert.deepEqual(await problemsOf("stable", there), []);
    assert.deepEqual(await problemsOf("stable", { deployments, services: [tag("Service", "stable", "1-31-0")] }), []);
  });

  it("is the one of the tag default where the config names none", async () => {
    const answers = { deployments, mutatingwebhookconfigurations: [webhook("default", "1-31-0")] };
    assert.deepEqual(await problemsOf("default", answers), []);
  });

  it("is refused where neither a revision nor a tag has the name: those that are there are told", async () => {
    const [problem, ...rest] = await problemsOf("stabel", there);
    assert.deepEqual(rest, []);
    assert.equal(
      problem,
      [
        "mesh.existing",
        "in istio-system: revisions 1-30-0, 1-31-0; tags old (1-29-0), stable (1-30-0)",
        "a control plane of revision or tag stabel",
        "Name one of them in mesh.revision, or remove mesh.existing to have this stack install Istio.",
      ].join("\n"),
    );
    assert.match((await problemsOf("default", {}))[0] ?? "", /^mesh.existing\nin istio-system: no control plane\n/);
  });

  it("is refused where a tag stands for a control plane that is gone", async () => {
    const [problem] = await problemsOf("old", there);
    assert.match(problem ?? "", /^mesh.revision\ntag old, which stands for revision 1-29-0, of which no control plane/);
    assert.match(problem ?? "", /istioctl tag set old --revision REVISION --overwrite/);
  });

  it("is found by revision where webhooks may not be listed, which a refusal says", async () => {
    const answers = { deployments, mutatingwebhookconfigurations: "webhooks is forbidden: User x cannot list" };
    assert.deepEqual(await problemsOf("1-31-0", answers), []);
    const [problem = ""] = await problemsOf("stable", answers);
    assert.match(
      problem,
      /tags cannot be read: kubectl get mutatingwebhookconfigurations\S*: webhooks is forbidden: User x cannot list$/m,
    );
    assert.match(
      problem,
      /\nLet your account list mutatingwebhookconfigurations, .*Name one of them in mesh\.revision/,
    );
  });

  it("is not judged where the cluster does not answer", async () => {
    await assert.rejects(problemsOf("stable", { mutatingwebhookconfigurations: "connection refused" }), /refused/);
  });
});
