import assert from "node:assert/strict";
import { StampedLines } from "../../../../tools/report/stamped-lines";

describe("StampedLines", () => {
  it("gives each line its time, whatever pieces it comes in", () => {
    let seconds = 0;
    let written = "";
    const lines = new StampedLines(
      (text) => {
        written += text;
      },
      () => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds++)),
    );
    for (const piece of ["one\ntw", "o", "\n", "", "\nfour\n"]) lines.add(piece);
    assert.equal(
      written,
      [
        "2026-01-01T00:00:00.000Z one",
        "2026-01-01T00:00:00.000Z two",
        "2026-01-01T00:00:03.000Z ",
        "2026-01-01T00:00:03.000Z four",
        "",
      ].join("\n"),
    );
  });
});
