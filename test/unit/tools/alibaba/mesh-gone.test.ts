import assert from "node:assert/strict";
import { apiCaller, serviceMeshApi } from "../../../../tools/alibaba/api";
import { meshGone } from "../../../../tools/alibaba/mesh-gone";
import { type Answer, StandIn } from "./stand-in";

const soon = { withinMs: 500, everyMs: 1 };
const mesh = { meshName: "lanes", vpcId: "vpc-1" };
const listed = (State: string, { Name = "lanes", VpcId = "vpc-1" } = {}) => ({
  ServiceMeshInfo: { ServiceMeshId: "m-7", Name, State },
  Spec: { Network: { VpcId } },
});

describe("an ASM instance that was deleted", () => {
  /** What the account answers, one after the other; the last one again and again. */
  let answers: Answer[];
  let standIn: StandIn;

  beforeEach(async () => {
    standIn = await StandIn.start(() => (answers.length > 1 ? answers.shift() : answers[0]) ?? {});
  });
  afterEach(() => standIn.stop());

  const look = () => {
    const key = async () => ({ id: "key", secret: "secret" });
    return meshGone(apiCaller(serviceMeshApi, key, { env: standIn.environment, pace: soon }), mesh, soon);
  };

  it("is gone where the account has none, or others: of another name, or in another network", async () => {
    answers = [{ ServiceMeshes: [listed("running", { Name: "other" }), listed("running", { VpcId: "vpc-2" })] }];
    await look();
    assert.deepEqual(standIn.calls, ["DescribeServiceMeshes"]);
  });

  it("is waited for while it is being deleted", async () => {
    answers = [{ ServiceMeshes: [listed("deleting")] }, { ServiceMeshes: [listed("deleting")] }, { ServiceMeshes: [] }];
    await look();
    assert.equal(standIn.calls.length, 3);
  });

  it("is named with its id where it runs: its delete was forbidden, and the provider took that as done", async () => {
    answers = [{ ServiceMeshes: [listed("running")] }];
    await assert.rejects(look(), {
      name: "UserError",
      message: /ASM instance m-7: .*lanes is in the account, in state running.*DeleteServiceMesh --ServiceMeshId m-7/s,
    });
    assert.equal(standIn.calls.length, 1, "nothing to wait for");
  });

  it("is named where it is being deleted for too long", async () => {
    answers = [{ ServiceMeshes: [listed("deleting")] }];
    await assert.rejects(look(), /ASM instance m-7: .*in state deleting/s);
  });

  it("is not taken as gone where nobody may look", async () => {
    answers = [{ status: 403, code: "Forbidden.RAM" }];
    await assert.rejects(look(), /Nobody knows.*Forbidden\.RAM.*Grant servicemesh:DescribeServiceMeshes/s);
  });

  it("says what to do where the look-up fails in another way", async () => {
    answers = [{ status: 400, code: "InvalidSecurityToken.Expired" }];
    await assert.rejects(look(), /Renew the credential/);
  });
});
