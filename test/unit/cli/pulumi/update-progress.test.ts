import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UpdateProgress } from "../../../../cli/pulumi/update-progress";
import { silentReporter } from "../../../../tools/report/reporter";

describe("UpdateProgress", () => {
  const folder = mkdtempSync(join(tmpdir(), "update-progress-"));
  after(() => rmSync(folder, { recursive: true }));

  it("writes the engine's output with the time of each line", () => {
    const file = join(folder, "times");
    const progress = new UpdateProgress(silentReporter, file);
    progress.log("Updating (dev)\n + one");
    progress.log(" created\n");
    progress.close();
    const lines = readFileSync(file, "utf8").split("\n");
    assert.deepEqual(
      lines.map((line) => line.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, "TIME ")),
      ["TIME Updating (dev)", "TIME  + one created", ""],
    );
  });

  it("shows the warnings of process-backed resources, and not the rest of what they say", () => {
    const notes: string[] = [];
    const progress = new UpdateProgress(
      { ...silentReporter, note: (text) => void notes.push(text) },
      join(folder, "log"),
    );
    const say = (message: string) =>
      progress.onEvent({
        sequence: 1,
        timestamp: 1,
        diagnosticEvent: { message, color: "never", severity: "info#err" },
      });
    say("      2 proxies to acknowledge");
    say("<{%reset%}>      warning: lane group shop: late<{%reset%}>\n");
    progress.close();
    assert.deepEqual(notes, ["warning: lane group shop: late"]);
  });

  it("shows what the program warns of, in one line", () => {
    const notes: string[] = [];
    const progress = new UpdateProgress(
      { ...silentReporter, note: (text) => void notes.push(text) },
      join(folder, "warnings"),
    );
    const diagnosticEvent = { prefix: "<{%fg 3%}>warning: <{%reset%}>", color: "never", severity: "warning" } as const;
    const message = "<{%reset%}>The policies of this stack hold\n for others: shop/theirs.<{%reset%}>\n";
    progress.onEvent({ sequence: 1, timestamp: 1, diagnosticEvent: { ...diagnosticEvent, message } });
    progress.close();
    assert.deepEqual(notes, ["warning: The policies of this stack hold for others: shop/theirs."]);
  });
});
