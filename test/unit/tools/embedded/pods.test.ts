import assert from "node:assert/strict";
import { podsNotBack } from "../../../../tools/embedded/pods";

const since = Date.parse("2026-01-01T12:00:00.500Z");
const running = (ready: boolean, startedAt: string) => ({ ready, state: { running: { startedAt } } });
const pod = (name: string, containerStatuses?: object[], extra: object = {}, phase = "Running") => ({
  metadata: { name, namespace: "default", ...extra },
  status: { phase, ...(containerStatuses && { containerStatuses }) },
});

describe("podsNotBack", () => {
  const cases: [string, object, boolean][] = [
    ["a pod whose containers started after the restart", pod("a", [running(true, "2026-01-01T12:00:03Z")]), true],
    ["one that started in the same second", pod("a", [running(true, "2026-01-01T12:00:00Z")]), true],
    ["one that was ready before the restart", pod("a", [running(true, "2026-01-01T11:59:00Z")]), false],
    [
      "one whose sidecar is not ready",
      pod("a", [running(true, "2026-01-01T12:00:03Z"), running(false, "2026-01-01T12:00:03Z")]),
      false,
    ],
    ["one that waits", pod("a", [{ ready: false, state: { waiting: {} } }], {}, "Pending"), false],
    ["one without a status", pod("a", undefined, {}, "Pending"), false],
    ["a job's pod that has ended", pod("a", [{ ready: false }], {}, "Succeeded"), true],
    ["one that is being deleted", pod("a", [{ ready: false }], { deletionTimestamp: "2026-01-01T12:00:01Z" }), true],
  ];
  for (const [title, item, back] of cases) {
    it(`${back ? "counts" : "waits for"} ${title}`, () => {
      assert.deepEqual(podsNotBack(JSON.stringify({ items: [item] }), since), back ? [] : ["default/a"]);
    });
  }
});
