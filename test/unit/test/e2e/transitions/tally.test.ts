import assert from "node:assert/strict";
import { table, tally } from "../../../../e2e/transitions/tally";

describe("what a change does to requests", () => {
  const sent = {
    name: "lane s2",
    before: new Set(["v1 v1"]),
    after: new Set(["v2 v2"]),
    whole: new Set(["v1 v1", "v2 v2"]),
  };
  const result = { sent: 10, failures: {}, answers: { "v1 v1": 4, "v2 v2": 6 } };

  it("is nothing where each answer is one of before or one of after", () => {
    const none = { sent: 10, failed: 0, mixed: 0, problems: {}, unmoved: [] };
    assert.deepEqual(tally([{ sent, result }]), none);
  });

  it("counts what failed, and chains that are neither, a shorter one too", () => {
    const mixed = {
      sent: 20,
      failures: { "503 no healthy upstream": 2 },
      answers: { ...result.answers, "v1 v2": 3, v1: 5 },
    };
    assert.deepEqual(
      tally([
        { sent, result: mixed },
        { sent: { ...sent, name: "no lane" }, result },
      ]),
      {
        ...{ sent: 30, failed: 2, mixed: 8, unmoved: [] },
        problems: { "lane s2": { "503 no healthy upstream": 2, "v1 v2": 3, v1: 5 } },
      },
    );
  });

  it("says which requests never met the other chain, of those that the change gives one", () => {
    const stays = { ...result, answers: { "v1 v1": 10 } };
    assert.deepEqual(tally([{ sent, result: stays }]).unmoved, ["lane s2"]);
    assert.deepEqual(tally([{ sent: { ...sent, after: sent.before }, result: stays }]).unmoved, []);
  });

  it("is a row of a table", () => {
    const rows = { "this program": tally([{ sent, result }]), reversed: { ...tally([{ sent, result }]), failed: 120 } };
    assert.equal(
      table(rows),
      [
        "way           requests  failed  mixed",
        "this program        10       0      0",
        "reversed            10     120      0",
      ].join("\n"),
    );
  });
});
