import assert from "node:assert/strict";
import { poll, TooLate, waitFor } from "../../../tools/poll";

describe("polling", () => {
  const pace = { withinMs: 60_000, everyMs: 1 };

  it("gives the first answer that is neither undefined nor false", async () => {
    const answers = [undefined, false, 0, "more"];
    assert.equal(await poll(() => answers.shift(), pace), 0);
    assert.deepEqual(answers, ["more"]);
    assert.equal(await waitFor("it", async () => true, pace), true);
  });

  it("asks once when there is no time at all", async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return undefined;
    };
    assert.equal(await poll(ask, { withinMs: 0 }), undefined);
    assert.equal(asked, 1);
  });

  it("asks a last time when the time has passed, however long the pause", async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return asked > 1;
    };
    assert.equal(await poll(ask, { withinMs: 5, everyMs: 60_000 }), true);
  });

  it("pauses as it is told for each round", async () => {
    const rounds: number[] = [];
    const everyMs = (round: number) => {
      rounds.push(round);
      return 1;
    };
    await poll(() => rounds.length === 3, { withinMs: 60_000, everyMs });
    assert.deepEqual(rounds, [0, 1, 2]);
  });

  it("fails with what was waited for, how long, and what was seen last", async () => {
    await assert.rejects(
      waitFor("the node", () => false, { withinMs: 2, everyMs: 1 }),
      {
        constructor: TooLate,
        message: "waited 0.002 s for the node",
      },
    );
    let seen = 0;
    const ask = () => {
      seen += 1;
      return undefined;
    };
    await assert.rejects(
      waitFor(() => `an answer, the last was ${seen}`, ask, { withinMs: 0 }),
      { message: "waited 0 s for an answer, the last was 1" },
    );
  });

  it("fails as the question fails", async () => {
    await assert.rejects(
      poll(() => {
        throw new Error("no kubectl");
      }, pace),
      /no kubectl/,
    );
  });
});
