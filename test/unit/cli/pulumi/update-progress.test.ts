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

  it("tells what the engine could not save, and not its whole output", () => {
    const progress = new UpdateProgress(silentReporter, join(folder, "failed"));
    const words = "error: writing snapshot: failed to save snapshot: no space left on device";
    const message = `code: -2\n stdout: Updating (dev):\n + one\n${words}\n\n stderr: Command failed\n${words}\n + one`;
    assert.equal(progress.failure(new Error(message)).split("\n(")[0], words);
    assert.match(progress.failure(new Error("killed")), /^killed\n/);
    progress.close();
  });

  it("goes on where its log does not fit on the disk", () => {
    const progress = new UpdateProgress(silentReporter, "/dev/full");
    progress.log("Updating (dev)\n");
    progress.log(" + one created\n");
    progress.close();
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

  it("tells of what is waited for what it says is wrong, and no longer once that is over", () => {
    const notes: string[] = [];
    const waits: string[] = [];
    const progress = new UpdateProgress(
      { ...silentReporter, note: (text) => void notes.push(text), waiting: (text) => void waits.push(text) },
      join(folder, "states"),
    );
    const type = "kubernetes:apps/v1:Deployment";
    const urn = `urn:pulumi:dev::mesh-lanes::${type}::default-mocka-v2`;
    const metadata = { op: "create", urn, type, provider: "p" } as const;
    const at = { sequence: 1, timestamp: 1 };
    progress.onEvent({ ...at, resourcePreEvent: { metadata } });
    const message =
      "[Pod mocka-v2-1]: containers with unready status: [app][ImagePullBackOff]\n Back-off pulling image";
    progress.onEvent({
      ...at,
      diagnosticEvent: { urn, message, color: "never", severity: "warning", ephemeral: true },
    });
    progress.onEvent({ ...at, resOutputsEvent: { metadata } });
    progress.close();
    assert.equal(
      waits.at(-1),
      "0 done, waiting for create Deployment default-mocka-v2 ([Pod mocka-v2-1]: containers with unready status: [app][ImagePullBackOff] Back-off pulling image)",
    );
    assert.deepEqual(notes, ["create Deployment default-mocka-v2"]);
  });
});
