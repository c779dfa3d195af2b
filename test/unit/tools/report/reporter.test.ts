import assert from "node:assert/strict";
import { mock } from "node:test";
import { LineReporter } from "../../../../tools/report/reporter";

describe("LineReporter", () => {
  it("says at once, and once, what somebody else has to finish, before any phase too", () => {
    const lines: string[] = [];
    const reporter = new LineReporter(1, (line) => lines.push(line));
    reporter.blocked("waiting for process 7");
    reporter.blocked("waiting for process 7");
    reporter.waiting("waiting for process 7");
    assert.deepEqual(lines, ["      waiting for process 7"]);
    reporter.done();
  });

  it("numbers phases, keeps notes and tells how long each phase took", () => {
    const lines: string[] = [];
    let clock = 0;
    const reporter = new LineReporter(
      2,
      (line) => lines.push(line),
      15,
      () => clock,
    );
    reporter.phase("tools");
    reporter.note("pulumi 3: in the cache");
    clock = 1500;
    reporter.phase("update");
    clock = 4000;
    reporter.done();
    assert.deepEqual(lines, [
      "[1/2] tools",
      "      pulumi 3: in the cache",
      "      tools: 1.5 s",
      "[2/2] update",
      "      update: 2.5 s",
    ]);
    assert.deepEqual(reporter.times, [
      { name: "tools", seconds: 1.5 },
      { name: "update", seconds: 2.5 },
    ]);
  });

  it("says every so often what is waited for, in the words of that moment, however often they change", () => {
    mock.timers.enable({ apis: ["setInterval"] });
    try {
      const lines: string[] = [];
      let clock = 0;
      const reporter = new LineReporter(
        1,
        (line) => lines.push(line),
        15,
        () => clock,
      );
      for (const pod of ["pulls", "cannot pull", "backs off", "cannot pull"]) {
        reporter.waiting(`pod ${pod}`);
        clock += 10_000;
        mock.timers.tick(10_000);
      }
      assert.deepEqual(lines, ["      … pod cannot pull (20.0 s)", "      … pod backs off (30.0 s)"]);
      reporter.note("pod runs");
      mock.timers.tick(60_000);
      assert.equal(lines.length, 3);
    } finally {
      mock.timers.reset();
    }
  });
});
