import assert from "node:assert/strict";
import { actionsOf } from "../../../components/alibaba/policies";
import { adviceOn, failureOf } from "../../../tools/alibaba/failures";
import type { Fault } from "../../cloud/account";
import { AccountStack } from "./stack";

type Planned = Omit<Fault, "times">;

/** What the account refuses while staging is made, each with a code of its own. Of several that nothing orders, one command may meet any. */
const whileMade: readonly Planned[] = [
  { action: "servicemesh:DescribeVersions", code: "Forbidden.SubUser", status: 403 },
  { action: "vpc:CreateVpc", code: "QuotaExceeded.Vpc" },
  { action: "ram:CreateRole", code: "EntityAlreadyExists.Role", status: 409 },
  { action: "ram:CreatePolicy", code: "LimitExceeded.Policy", status: 409 },
  { action: "ram:AttachPolicyToRole", code: "NoPermission", status: 403 },
  { action: "slb:CreateLoadBalancer", code: "InvalidAccountStatus.NotEnoughBalance", status: 403 },
  { action: "vpc:CreateVSwitch", code: "Zone.NotOnSale" },
  { action: "ecs:CreateSecurityGroup", code: "InvalidSecurityToken.Expired", status: 403 },
  { action: "ecs:AuthorizeSecurityGroup", code: "Forbidden.RAM", status: 403 },
  { action: "cs:CreateCluster", code: "ErrorQuotaExceeded" },
  { action: "cs:CheckControlPlaneLogEnable", code: "StatusForbidden", status: 403 },
  { action: "cs:CreateClusterNodePool", code: "ErrorNodePoolNameAlreadyExist", status: 409 },
  { action: "cs:DescribeClusterUserKubeconfig", code: "Forbidden.NoPermissionOfCluster", status: 403 },
  { action: "servicemesh:CreateServiceMesh", code: "UserNotAuthorizedToServiceRole", status: 403 },
  { action: "servicemesh:AddClusterIntoServiceMesh", code: "InvalidActiveState.ACK" },
];
const whileDestroyed: readonly Planned[] = [
  { action: "servicemesh:RemoveClusterFromServiceMesh", code: "Forbidden.RAM", status: 403 },
  { action: "cs:DeleteCluster", code: "ErrorDeletionProtectionEnabled" },
  { action: "slb:DeleteLoadBalancer", code: "OperationDenied.DeleteProtectionIsOn" },
  { action: "ram:DeletePolicy", code: "NoPermission", status: 403 },
];

/** All refusals are planned from the start; those that a command met are lifted, and the next goes on where it ended. */
describe("an account that refuses", () => {
  let stack: AccountStack;
  const up = ["up", "--yes", "--skip-preview"];
  const destroy = ["destroy", "--yes", "--skip-preview", "--run-program"];

  before(async () => {
    stack = await AccountStack.make("staging");
  });
  after(() => stack?.remove());

  async function refusesEach(planned: readonly Planned[], command: readonly string[]): Promise<void> {
    const { account } = stack;
    // The provider repeats some calls, so each is refused until it is lifted.
    account.faults.push(...planned.map((fault) => ({ ...fault, times: Number.POSITIVE_INFINITY })));
    while (account.faults.length > 0) {
      const before = account.calls.length;
      const { exitCode, stdout, stderr } = await stack.pulumi(...command, "--stack", stack.name);
      const said = stdout + stderr;
      const calls = account.calls.slice(before);
      // Where something else has failed before, the engine may not show what a look-up was told: that is met again.
      const isMet = (fault: Planned) =>
        calls.some(({ action, refused }) => action === fault.action && refused === fault.code) &&
        isAdvised(fault, said);
      const met = account.faults.filter(isMet);
      process.stderr.write(`refused: ${met.map(({ action, code }) => `${action} ${code}`).join(", ")}\n`);
      const left = account.faults.map(({ action }) => action).join(", ");
      assert.notEqual(exitCode, 0, `it ended well, with refusals planned of ${left}: ${said}`);
      assert.notEqual(met.length, 0, `none was met, with advice, of the refusals of ${left}: ${said}`);
      account.faults.splice(0, account.faults.length, ...account.faults.filter((fault) => !isMet(fault)));
    }
  }

  /** Whether it says what to do: as `lanes up` finds it, or in the message of AsmMembership, which is this project's own. */
  function isAdvised({ action, code }: Planned, said: string): boolean {
    const fix = failureOf(code)?.fix;
    if (adviceOn(said).some(({ got }) => got === code)) return true;
    return said.includes(code) && (said.includes(`Grant ${action} to`) || (fix !== undefined && said.includes(fix)));
  }

  it("is made in the end, and says what to do about each refusal", () => refusesEach(whileMade, up));

  it("is throttled now and then, which the provider waits for", async () => {
    const { account } = stack;
    account.faults.push({ action: "servicemesh:DescribeServiceMeshDetail", code: "Throttling.User", times: 2 });
    account.faults.push({ action: "cs:DescribeClusterDetail", code: "ServiceUnavailable", status: 503, times: 1 });
    const { exitCode, stdout, stderr } = await stack.pulumi(...up, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    const unchanged = await stack.pulumi("preview", "--expect-no-changes", "--stack", stack.name);
    assert.equal(unchanged.exitCode, 0, unchanged.stdout + unchanged.stderr);
  });

  it("has one of each after all of that", () => {
    const { VSwitch, ...others } = stack.has;
    assert.equal(VSwitch, 4);
    assert.deepEqual([...new Set(Object.values(others))], [1], JSON.stringify(others));
  });

  // What is deleted is looked up again by the program of the next one.
  it("is destroyed in part under the policy of a destroy, and says what to do about each refusal", async () => {
    stack.account.allowed = new Set(actionsOf("destroy"));
    await refusesEach(whileDestroyed, destroy);
  });

  it("has nothing left when it refuses no more", async () => {
    const { exitCode, stdout, stderr } = await stack.pulumi(...destroy, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stack.has, {});
  });
});
