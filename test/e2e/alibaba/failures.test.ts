import assert from "node:assert/strict";
import { adviceOn, failureOf } from "../../../tools/alibaba/failures";
import type { Fault } from "../../cloud/account";
import { AccountStack } from "./stack";

type Planned = Omit<Fault, "times">;

/** What the account refuses while staging is made. Of several that nothing orders, one command may meet any. */
const whileMade: readonly Planned[] = [
  { action: "servicemesh:DescribeVersions", code: "Forbidden.RAM", status: 403 },
  { action: "vpc:CreateVpc", code: "QuotaExceeded.Vpc" },
  { action: "ram:CreateRole", code: "EntityAlreadyExists.Role", status: 409 },
  { action: "ram:CreatePolicy", code: "LimitExceeded.Policy", status: 409 },
  { action: "ram:AttachPolicyToRole", code: "NoPermission", status: 403 },
  { action: "slb:CreateLoadBalancer", code: "InvalidAccountStatus.NotEnoughBalance", status: 403 },
  { action: "vpc:CreateVSwitch", code: "Zone.NotOnSale" },
  { action: "ecs:CreateSecurityGroup", code: "InvalidSecurityToken.Expired", status: 403 },
  { action: "ecs:AuthorizeSecurityGroup", code: "Forbidden.RAM", status: 403 },
  { action: "cs:CreateCluster", code: "ErrorQuotaExceeded" },
  { action: "cs:CheckControlPlaneLogEnable", code: "Forbidden.RAM", status: 403 },
  { action: "cs:CreateClusterNodePool", code: "ErrorNodePoolNameAlreadyExist", status: 409 },
  { action: "cs:DescribeClusterUserKubeconfig", code: "Forbidden.RAM", status: 403 },
  { action: "servicemesh:CreateServiceMesh", code: "UserNotAuthorizedToServiceRole", status: 403 },
  { action: "servicemesh:AddClusterIntoServiceMesh", code: "InvalidActiveState.ACK" },
];
const whileDestroyed: readonly Planned[] = [
  { action: "servicemesh:RemoveClusterFromServiceMesh", code: "Forbidden.RAM", status: 403 },
  { action: "cs:DeleteCluster", code: "ErrorDeletionProtectionEnabled" },
  { action: "slb:DeleteLoadBalancer", code: "OperationDenied.DeleteProtectionIsOn" },
  { action: "ram:DeletePolicy", code: "Forbidden.RAM", status: 403 },
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
      const isMet = ({ action, code }: Planned) =>
        calls.some((call) => call.action === action && call.refused === code);
      const met = account.faults.filter(isMet);
      process.stderr.write(`refused: ${met.map(({ action, code }) => `${action} ${code}`).join(", ")}\n`);
      const left = account.faults.map(({ action }) => action).join(", ");
      assert.notEqual(exitCode, 0, `it ended well, with refusals planned of ${left}: ${said}`);
      assert.notEqual(met.length, 0, `none was met of the refusals of ${left}: ${said}`);
      for (const fault of met) advised(fault, said);
      account.faults.splice(0, account.faults.length, ...account.faults.filter((fault) => !isMet(fault)));
    }
  }

  function advised({ action, code }: Planned, said: string): void {
    assert.ok(said.includes(code), `${code} is not in ${said}`);
    // AsmMembership is this project's own: its message has the advice in it.
    const { fix } = failureOf(code) ?? {};
    const byLanes = adviceOn(said).some(({ got }) => got === code);
    const byMembership = said.includes(`Grant ${action} to whoever`) || (fix !== undefined && said.includes(fix));
    assert.ok(byLanes || byMembership, `no advice (${fix}) on ${code} in ${said}`);
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

  it("is destroyed in part, and says what to do about each refusal", () => refusesEach(whileDestroyed, destroy));

  it("has nothing left when it refuses no more", async () => {
    const { exitCode, stdout, stderr } = await stack.pulumi(...destroy, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stack.has, {});
  });
});
