import assert from "node:assert/strict";
import { adviceOn, failureOf } from "../../../tools/alibaba/failures";
import type { Fault } from "../../cloud/account";
import { AccountStack } from "./stack";

/** What the account refuses while staging is made and destroyed, in the order in which it is met. */
const whileMade: readonly Omit<Fault, "times">[] = [
  { action: "vpc:CreateVpc", code: "QuotaExceeded.Vpc" },
  { action: "ram:CreateRole", code: "EntityAlreadyExists.Role", status: 409 },
  { action: "ram:CreatePolicy", code: "LimitExceeded.Policy", status: 409 },
  { action: "slb:CreateLoadBalancer", code: "InvalidAccountStatus.NotEnoughBalance", status: 403 },
  { action: "vpc:CreateVSwitch", code: "Zone.NotOnSale" },
  { action: "ecs:CreateSecurityGroup", code: "InvalidSecurityToken.Expired", status: 403 },
  { action: "ecs:AuthorizeSecurityGroup", code: "Forbidden.RAM", status: 403 },
  { action: "cs:CreateCluster", code: "ErrorQuotaExceeded" },
  { action: "cs:CheckControlPlaneLogEnable", code: "Forbidden.RAM", status: 403 },
  { action: "cs:CreateClusterNodePool", code: "ErrorNodePoolNameAlreadyExist", status: 409 },
  { action: "servicemesh:CreateServiceMesh", code: "UserNotAuthorizedToServiceRole", status: 403 },
  { action: "servicemesh:AddClusterIntoServiceMesh", code: "InvalidActiveState.ACK" },
];
const whileDestroyed: readonly Omit<Fault, "times">[] = [
  { action: "servicemesh:RemoveClusterFromServiceMesh", code: "Forbidden.RAM", status: 403 },
  { action: "cs:DeleteCluster", code: "ErrorDeletionProtectionEnabled" },
  { action: "slb:DeleteLoadBalancer", code: "OperationDenied.DeleteProtectionIsOn" },
  { action: "ram:DeletePolicy", code: "Forbidden.RAM", status: 403 },
];

/** Each refusal is planned alone; the next command goes on where the one before it ended. */
describe("an account that refuses", () => {
  let stack: AccountStack;
  const up = ["up", "--yes", "--skip-preview"];
  const destroy = ["destroy", "--yes", "--skip-preview", "--run-program"];

  before(async () => {
    stack = await AccountStack.make("staging");
  });
  after(() => stack?.remove());

  async function refuses({ action, code, status }: Omit<Fault, "times">, command: readonly string[]): Promise<void> {
    // The provider repeats some calls, so it is refused for as long as the command runs.
    const fault: Fault = { action, code, ...(status !== undefined && { status }), times: Number.POSITIVE_INFINITY };
    stack.account.faults.push(fault);
    const { exitCode, stdout, stderr } = await stack.pulumi(...command, "--stack", stack.name);
    stack.account.faults.length = 0;
    const said = stdout + stderr;
    assert.notEqual(exitCode, 0, said);
    assert.ok(said.includes(code), said);
    // Refusals of this project's own calls have their advice in the message itself.
    const fix = failureOf(code)?.fix ?? "a kind of failure";
    const advised = adviceOn(said).some(({ got }) => got === code) || said.includes("expected");
    assert.ok(advised, `no advice (${fix}) on ${said}`);
  }

  for (const fault of whileMade) {
    it(`${fault.action} ends with ${fault.code}`, () => refuses(fault, up));
  }

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

  for (const fault of whileDestroyed) {
    it(`${fault.action} ends with ${fault.code}`, () => refuses(fault, destroy));
  }

  it("has nothing left when it refuses no more", async () => {
    const { exitCode, stdout, stderr } = await stack.pulumi(...destroy, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stack.has, {});
  });
});
