import assert from "node:assert/strict";
import { setImmediate as next } from "node:timers/promises";
import { LiveView } from "../../../../../cli/rollout/live/live";
import { Screen } from "../../../../../cli/rollout/live/screen";
import { Tally } from "../../../../../components/lanes/analysis/tally";
import { laneGroupSchema } from "../../../../../components/lanes/spec";
import { LineReporter } from "../../../../../tools/report/reporter";
import { FakeTerminal } from "./fake-terminal";

describe("a block at the end of a terminal", () => {
  let terminal: FakeTerminal;
  let screen: Screen;
  beforeEach(() => {
    terminal = new FakeTerminal();
    screen = new Screen(terminal.out, [terminal.err]);
    screen.begin();
  });

  it("is drawn over by the next, longer or shorter", () => {
    screen.show(["one", "two"]);
    screen.show(["three", "four", "five"]);
    assert.equal(terminal.text, "three\nfour\nfive");
    screen.show(["six"]);
    assert.equal(terminal.text, "six");
    screen.show([]);
    assert.equal(terminal.text, "");
  });

  it("stays below what others write, on either stream, in pieces or many lines at once", async () => {
    terminal.out.write("before\n");
    screen.show(["block 1", "block 2"]);
    terminal.err.write("a message\n");
    terminal.out.write("two\nlines\n");
    await next();
    assert.equal(terminal.text, "before\na message\ntwo\nlines\nblock 1\nblock 2");
    terminal.err.write("half of ");
    await next();
    screen.show(["block 3"]);
    assert.equal(terminal.text, "before\na message\ntwo\nlines\nhalf of", "not in the middle of a line");
    terminal.err.write("a line\n");
    await next();
    assert.equal(terminal.text, "before\na message\ntwo\nlines\nhalf of a line\nblock 3");
  });

  it("goes where somebody is asked, and comes back", async () => {
    screen.show(["block"]);
    await screen.without(async () => {
      terminal.err.write("Shift v2 to 10 %? [y/N] ");
      await next();
      screen.show(["block 2"]);
      assert.equal(terminal.text, "Shift v2 to 10 %? [y/N]");
      // The terminal itself shows what is typed.
      terminal.err.write("y\n");
    });
    assert.equal(terminal.text, "Shift v2 to 10 %? [y/N] y\nblock 2");
  });

  it("is found again where the terminal was made narrower, which breaks its lines", () => {
    screen.show(["0123456789".repeat(4), "short"]);
    terminal.resize(25);
    assert.equal(terminal.text, "0123456789012345678901234\n567890123456789\nshort");
    screen.show(["new"]);
    assert.equal(terminal.text, "new");
  });

  it("leaves the streams as they were", async () => {
    const fresh = new FakeTerminal();
    const write = fresh.out.write;
    const another = new Screen(fresh.out, [fresh.err]);
    another.begin();
    assert.notEqual(fresh.out.write, write);
    fresh.out.write("a line\n");
    another.show(["block"]);
    another.end();
    await next();
    assert.equal(fresh.out.write, write);
    assert.equal(fresh.text, "a line");
  });
});

describe("a rollout in a terminal", () => {
  const group = laneGroupSchema.parse({
    name: "shop",
    mode: "permissive",
    services: [{ name: "web", port: 80, versions: ["v1", "v2"] }],
    entry: { service: "web", gateway: "istio-system/ingressgateway" },
    routeHeader: "x-lane",
    baseline: "v1",
    lanes: [{ name: "v1" }, { name: "v2" }],
  });

  it("shows lines of what has happened, those of its updates too, and one block below", async () => {
    const terminal = new FakeTerminal();
    terminal.columns = 100;
    let now = 0;
    const view = new LiveView(
      { canary: "v2", steps: [10, 50], patience: 600_000 },
      terminal.out,
      [terminal.err],
      () => now,
    );
    const reporter = new LineReporter(1, (line) => terminal.err.write(`${line}\n`));
    view.say({ event: "begin", lane: "v2", weights: { v1: 100 }, steps: [10, 50] });
    view.say({ event: "update", step: 10 });
    reporter.phase("pulumi up");
    await next();
    const begun = "rollout of v2: now v1 100 %; steps 10, 50 %\nstep 10 %: update\n[1/1] pulumi up";
    assert.equal(terminal.text, `${begun}\nstep 10 % (1 of 2): update, 0 s\nlast verdict: none yet`);

    view.say({ event: "watch", step: 10, pause: 60_000 });
    now += 20_000;
    const tally = new Tally();
    tally.add({ lane: "v2", service: "web", failed: true, milliseconds: 5, fellBack: false });
    view.saw({ group, canary: "v2", baseline: "v1", tally });
    view.say({ event: "look", step: 10, elapsed: 20_000, canary: 1, baseline: 0 });
    const verdict = { kind: "as good" } as const;
    view.say({ event: "verdict", step: 10, verdict, lines: ["as good as the baseline"] });
    await next();
    assert.equal(
      terminal.text,
      [
        begun,
        "step 10 %: as good as the baseline",
        "step 10 % (1 of 2): 40 s left",
        "       v2                             v1",
        "       requests    errors      95 %   requests    errors      95 %",
        "  web         1   100.0 %         -          0         -         -",
        "last verdict: step 10 %: as good as the baseline",
      ].join("\n"),
    );
    view.say({ event: "end", result: "done", weights: { v1: 50, v2: 50 }, text: "done: v1 50 %, v2 50 %" });
    view.end();
    assert.equal(terminal.text, `${begun}\nstep 10 %: as good as the baseline\ndone: v1 50 %, v2 50 %`);
    reporter.done();
  });
});
