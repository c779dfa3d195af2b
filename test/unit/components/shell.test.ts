import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { shellCommand, shellQuoted, shellWord } from "../../../components/shell";

const texts = [
  "plain",
  "a b",
  "it's",
  "'",
  "''",
  "$HOME `id` $(id)",
  'say "hi"',
  "back\\slash",
  "*?[a]{b,c}",
  "~",
  "a;b&c|d",
  "é",
];

describe("shell", () => {
  for (const text of [...texts, "", "-n", "two\nlines"]) {
    it(`hands ${JSON.stringify(text)} over as one word`, () => {
      for (const word of [shellWord(text), shellQuoted(text)]) {
        assert.equal(execFileSync("/bin/sh", ["-c", `printf %s ${word}x`], { encoding: "utf8" }), `${text}x`);
      }
    });
  }

  it("keeps every word of a command", () => {
    const printed = execFileSync("/bin/sh", ["-c", shellCommand("printf", "%s|", ...texts)], { encoding: "utf8" });
    assert.equal(printed, texts.map((text) => `${text}|`).join(""));
  });

  it("quotes only what needs it", () => {
    assert.equal(shellCommand("kubectl", "get", "-l", "a.io/b=c", "x y"), "kubectl get -l a.io/b=c 'x y'");
  });
});
