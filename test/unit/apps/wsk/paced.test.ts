import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { Paced } from "../../../../apps/wsk/paced";
import { until } from "../app-test";

describe("apps/wsk/paced", () => {
  const unexpected = (error: unknown) => assert.fail(String(error));

  it("runs at once, then once more for any number of calls, at most one at a time", async () => {
    let running = 0;
    let runs = 0;
    const paced = new Paced(
      10,
      async () => {
        runs += 1;
        running += 1;
        assert.equal(running, 1);
        await setTimeout(30);
        running -= 1;
      },
      unexpected,
    );
    for (let count = 0; count < 50; count += 1) paced.call();
    assert.equal(runs, 1);
    await until(() => runs === 2 && running === 0, "second run");
    await setTimeout(40);
    assert.equal(runs, 2);
    paced.stop();
  });

  it("goes on after a run that failed", async () => {
    const errors: unknown[] = [];
    let runs = 0;
    const paced = new Paced(
      1,
      async () => {
        runs += 1;
        throw new Error("no");
      },
      (error) => errors.push(error),
    );
    paced.call();
    await until(() => errors.length === 1, "first error");
    paced.call();
    await until(() => errors.length === 2, "second error");
    assert.equal(runs, 2);
    paced.stop();
  });

  it("begins nothing after the stop", async () => {
    let runs = 0;
    const paced = new Paced(
      5,
      async () => {
        runs += 1;
      },
      unexpected,
    );
    paced.call();
    paced.call();
    paced.stop();
    paced.call();
    await setTimeout(20);
    assert.equal(runs, 1);
  });
});
