import assert from "node:assert/strict";
import { actionsOf } from "../../../components/alibaba/policies";
import { adviceOn, failureOf } from "../../../tools/alibaba/failures";
import { inPassing, type Planned, whileChanged, whileDestroyed, whileMade } from "./refusals";
import { AccountStack } from "./stack";

/** All refusals are planned from the start; those that a command met are lifted, and the next goes on where it ended. */
describe("an account that refuses", () => {
  let stack: AccountStack;
  // What does not depend on a refused resource is tried too, so that a command meets as many as can be.
  const all = ["--yes", "--skip-preview", "--continue-on-error"];
  const up = ["up", ...all];
  const destroy = ["destroy", ...all, "--run-program"];
  let refusals = 0;

  before(async () => {
    stack = await AccountStack.make("staging", "e2e-account-refuses");
  });
  after(() => stack?.remove());

  async function refusesEach(planned: readonly Planned[], command: readonly string[]): Promise<void> {
    const { account } = stack;
    // The provider repeats some calls, so each is refused until it is lifted.
    const left = new Set(planned.map((fault) => ({ ...fault, times: Number.POSITIVE_INFINITY })));
    account.faults.push(...left);
    while (left.size > 0) {
      const before = account.calls.length;
      const { exitCode, stdout, stderr } = await stack.pulumi(...command, "--stack", stack.name);
      const said = stdout + stderr;
      const calls = account.calls.slice(before);
      // Where something else has failed before, the engine may not show what a look-up was told: that is met again.
      const isMet = (fault: Planned) =>
        calls.some((call) => call.action === fault.action && call.refused === fault.code) && isAdvised(fault, said);
      const met = [...left].filter(isMet);
      process.stderr.write(`refused: ${met.map(({ action, code }) => `${action} ${code}`).join(", ")}\n`);
      const names = [...left].map(({ action }) => action).join(", ");
      assert.notEqual(exitCode, 0, `it ended well, with refusals planned of ${names}: ${said}`);
      assert.notEqual(met.length, 0, `none was met, with advice, of the refusals of ${names}: ${said}`);
      refusals += met.length;
      for (const fault of met) {
        left.delete(fault);
        account.faults.splice(account.faults.indexOf(fault), 1);
      }
    }
  }

  /** The update goes on to its end, nothing is left to change, and there is one of each. */
  async function goesOn(): Promise<void> {
    const { exitCode, stdout, stderr } = await stack.pulumi(...up, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    const unchanged = await stack.pulumi("preview", "--expect-no-changes", "--stack", stack.name);
    assert.equal(unchanged.exitCode, 0, unchanged.stdout + unchanged.stderr);
    const { VSwitch, ...others } = stack.has;
    assert.equal(VSwitch, 4);
    assert.deepEqual([...new Set(Object.values(others))], [1], JSON.stringify(others));
  }

  /** Whether it says what to do: as `lanes up` finds it, or in the message of AsmMembership, which is this project's own. */
  function isAdvised({ action, code }: Planned, said: string): boolean {
    const fix = failureOf(code)?.fix;
    if (adviceOn(said).some(({ got }) => got === code)) return true;
    return said.includes(code) && (said.includes(`Grant ${action} to`) || (fix !== undefined && said.includes(fix)));
  }

  it("is made in the end, and says what to do about each refusal", async () => {
    const passing = inPassing.map((fault) => ({ ...fault, times: 1 }));
    stack.account.faults.push(...passing);
    await refusesEach(whileMade, up);
    await goesOn();
    assert.deepEqual(
      passing.filter(({ times }) => times > 0),
      [],
      "what passes by was not met",
    );
  });

  it("is changed in the end, and says what to do about each refusal", async () => {
    stack.account.meshVersions.push("v1.25.6.70-gaaa-aliyun");
    stack.write((config) => {
      config.setIn(["config", "mesh-lanes:mesh", "version"], "1.25.6.70");
      config.setIn(["config", "mesh-lanes:mesh", "asm", "traceSampling"], 50);
      config.setIn(["config", "mesh-lanes:cluster", "ack", "nodes", "min"], 3);
    });
    await refusesEach(whileChanged, up);
  });

  it("ends the change when it no longer refuses, with nothing made twice", goesOn);

  // What is deleted is looked up again by the program of the next one.
  it("is destroyed in part under the policy of a destroy, and says what to do about each refusal", async () => {
    stack.account.allowed = new Set(actionsOf("destroy"));
    await refusesEach(whileDestroyed, destroy);
  });

  it("has nothing left when it no longer refuses", async () => {
    const { exitCode, stdout, stderr } = await stack.pulumi(...destroy, "--stack", stack.name);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.deepEqual(stack.has, {});
    assert.equal(refusals, whileMade.length + whileChanged.length + whileDestroyed.length);
    assert.ok(refusals >= 25);
  });
});
