import assert from "node:assert/strict";
import { apiCaller, serviceMeshApi } from "../../../../tools/alibaba/api";
import { join, leave } from "../../../../tools/alibaba/mesh-membership";
import { type Answer, StandIn } from "./stand-in";

const membership = { meshId: "m1", clusterId: "c1" };
const soon = { withinMs: 2000, everyMs: 1 };
const atOnce = { withinMs: 0, everyMs: 1 };

/** A mesh with state, as the provider's source and its issues tell it: it changes for two questions after each call. */
class Mesh {
  public clusters: string[] = [];
  public refusals: { action: string; answer: Answer }[] = [];
  public state = "running";
  public exists = true;
  public others: object[] = [];
  private busy = 0;
  private later: (() => void) | undefined;

  public answer(action: string, form: URLSearchParams): Answer {
    const index = this.refusals.findIndex((each) => each.action === action);
    const [refusal] = index < 0 ? [] : this.refusals.splice(index, 1);
    if (refusal) return refusal.answer;
    if (!this.exists) return { status: 404, code: "ServiceMesh.NotFound" };
    if (action === "DescribeServiceMeshes") return { ServiceMeshes: this.others };
    const id = form.get("ClusterId") ?? "";
    if (action === "DescribeServiceMeshDetail") {
      if (this.busy > 0) this.busy -= 1;
      else this.later?.();
      const state = this.busy > 0 ? "initial" : this.state;
      return { ServiceMesh: { Clusters: this.clusters, ServiceMeshInfo: { State: state } } };
    }
    const wanted =
      action === "AddClusterIntoServiceMesh" ? [...this.clusters, id] : this.clusters.filter((c) => c !== id);
    this.busy = 2;
    this.later = () => {
      this.clusters = wanted;
    };
    return { RequestId: "R-0" };
  }
}

describe("a cluster in a mesh", () => {
  let mesh: Mesh;
  let standIn: StandIn;

  beforeEach(async () => {
    mesh = new Mesh();
    standIn = await StandIn.start((action, form) => mesh.answer(action, form));
  });
  afterEach(() => standIn.stop());

  const caller = (pace = soon) =>
    apiCaller(serviceMeshApi, async () => ({ id: "key", secret: "secret" }), { env: standIn.environment, pace });
  const changes = () => standIn.calls.filter((call) => !call.startsWith("Describe"));

  it("is taken in, and waited for", async () => {
    await join(caller(), membership, soon);
    assert.deepEqual(changes(), ["AddClusterIntoServiceMesh c1 m1"]);
    assert.deepEqual(mesh.clusters, ["c1"]);
    const [sent] = standIn.headers;
    assert.match(String(sent?.authorization), /^ACS3-HMAC-SHA256 Credential=key,/);
    assert.equal(sent?.["x-acs-version"], "2020-01-11");
  });

  it("is left where it is in: an update that was killed, or an instance that took it in by itself", async () => {
    mesh.clusters = ["c1"];
    await join(caller(), membership, soon);
    assert.deepEqual(changes(), []);
  });

  it("is taken out, and waited for: the instance can be deleted then", async () => {
    mesh.clusters = ["c0", "c1"];
    await leave(caller(), membership, soon);
    assert.deepEqual(changes(), ["RemoveClusterFromServiceMesh c1 m1"]);
    assert.deepEqual(mesh.clusters, ["c0"]);
  });

  it("is out where it or the mesh is gone", async () => {
    await leave(caller(), membership, soon);
    mesh.exists = false;
    await leave(caller(), membership, soon);
    assert.deepEqual(changes(), []);
  });

  it("fails to be taken out where a call is forbidden: that says nothing about the mesh", async () => {
    mesh.refusals = [{ action: "DescribeServiceMeshDetail", answer: { status: 403, code: "StatusForbidden" } }];
    await assert.rejects(leave(caller(), membership, soon), {
      name: "UserError",
      message: /StatusForbidden: words of the server \(request R-1\).*Grant servicemesh:DescribeServiceMeshDetail/s,
    });
  });

  for (const [code, status] of [
    ["Throttling.User", 400],
    ["ServiceUnavailable", 503],
    ["InternalError", 500],
  ] as const) {
    it(`tries again after ${code}`, async () => {
      mesh.refusals = [{ action: "AddClusterIntoServiceMesh", answer: { status, code } }];
      await join(caller(), membership, soon);
      assert.deepEqual(mesh.clusters, ["c1"]);
    });
  }

  for (const [code, fix] of [
    ["InvalidAccessKeyId.NotFound", /Renew the credential/],
    ["InvalidSecurityToken.Expired", /Renew the credential/],
    ["Quota.Exceeded", /Raise the quota/],
    ["ErrorClusterInUse", /cluster that is in no other mesh/],
  ] as const) {
    it(`says what to do about ${code}`, async () => {
      mesh.refusals = [{ action: "AddClusterIntoServiceMesh", answer: { status: 400, code } }];
      await assert.rejects(join(caller(), membership, soon), fix);
    });
  }

  it("names the mesh that has the cluster where that is why", async () => {
    mesh.refusals = [{ action: "AddClusterIntoServiceMesh", answer: { status: 400, code: "InvalidParameter" } }];
    mesh.others = [
      { ServiceMeshInfo: { ServiceMeshId: "m1", Name: "ours" }, Clusters: ["c1"] },
      { ServiceMeshInfo: { ServiceMeshId: "m2", Name: "theirs" }, Clusters: ["c0", "c1"] },
    ];
    await assert.rejects(
      join(caller(), membership, soon),
      /in theirs \(m2\).*InvalidParameter.*Take it out of theirs/s,
    );
    mesh.refusals = [{ action: "AddClusterIntoServiceMesh", answer: { status: 400, code: "InvalidParameter" } }];
    mesh.others = [];
    await assert.rejects(join(caller(), membership, soon), /InvalidParameter.*Look at both in the console/s);
  });

  it("says so where throttling does not end", async () => {
    const throttled = { action: "AddClusterIntoServiceMesh", answer: { status: 400, code: "Throttling.Api" } };
    mesh.refusals = Array.from({ length: 9 }, () => throttled);
    await assert.rejects(join(caller(atOnce), membership, soon), /Throttling\.Api.*run it again/s);
  });

  it("fails with the state of a mesh that does not settle", async () => {
    mesh.state = "initial";
    await assert.rejects(
      join(caller(), membership, atOnce),
      /state initial, clusters none.*state running, with cluster c1/s,
    );
  });

  it("fails with the host where nothing answers", async () => {
    await standIn.stop();
    const env = { ALIBABA_CLOUD_ENDPOINT_SERVICEMESH: "http://127.0.0.1:9" };
    const call = apiCaller(serviceMeshApi, async () => ({ id: "i", secret: "s" }), { env, pace: atOnce });
    await assert.rejects(join(call, membership, atOnce), /NoAnswer: 127\.0\.0\.1:9.*way to the internet/s);
  });
});
