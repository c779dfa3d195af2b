import assert from "node:assert/strict";
import { groupsShown } from "../../../../cli/diff/forms";
import { diffMarkdown, markdownLimit } from "../../../../cli/diff/markdown";
import { diffText } from "../../../../cli/diff/text";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import type { Change, DiffReport } from "../../../../components/lanes/diff/report";
import { laneGroupSchema } from "../../../../components/lanes/spec";
import { renderMermaid } from "../../../../components/lanes/topology/mermaid";
import { seed } from "../../../seed";
import { randomPairs } from "../../components/lanes/diff/pairs";
import { side, sideOf } from "../../components/lanes/diff/sides";
import { s4Input } from "../../components/lanes/fixtures";

/** More pairs of configs for a longer run, which then tells the largest comment. */
const pairCount = process.env.MESH_LANES_DIFF_PAIRS ? Number(process.env.MESH_LANES_DIFF_PAIRS) : undefined;

const shifted = s4Input.lanes.map((lane) => ({ ...lane, weight: lane.name === "v2" ? 100 : 0 }));
const report = diffLanes(sideOf("main", s4Input), sideOf("branch", { ...s4Input, lanes: shifted }));

/** A change of every kind of risk, as many as are asked for. */
function large(count: number, text: string): DiffReport {
  const risks = ["danger", "care", "note"] as const;
  const changes = risks.flatMap((risk) =>
    Array.from({ length: count }, (_, index): Change => {
      return { kind: "order", risk, group: `group-${index}`, text: `${text} ${index}`, move: null };
    }),
  );
  return { ...report, changes, verdict: { risk: "danger", text: "the verdict" } };
}

describe("a diff in the terminal", () => {
  it("has verdict, risks, a request with its way before and after, and the tables", () => {
    const text = diffText(report, "dev");
    const lines = text.split("\n");
    assert.equal(lines[0], "stack dev: main -> branch");
    assert.match(
      lines[1] ?? "",
      /^care: shop: 70 % of the requests that name no lane: v1 40 %, v2 30 % and v3 30 % -> lane v2\. /,
    );
    assert.ok(text.includes("    after   lane v2: gateway -> mocka v2 -> mockb v1 (fallback) -> mockc v2"), text);
    assert.ok(text.includes("    before  lane v1, 40 %: gateway -> mocka v1 -> mockb v1 -> mockc v1"), text);
    assert.ok(text.includes("before: shop (baseline v1)\n  LANE  mocka"), text);
  });

  it("obeys no control character that a config holds", () => {
    const bad = large(1, "\u001b[31m red \u202e");
    const text = diffText(bad, "dev");
    assert.ok(!text.includes("\u001b") && !text.includes("\u202e"), text);
    assert.ok(text.includes("\\u001b[31m red \\u202e"), text);
  });
});

describe("a diff in a comment", () => {
  it("has verdict and risks first, and folds the rest", () => {
    const text = diffMarkdown(report, { stack: "dev", mermaid: "flowchart LR\n" });
    assert.match(text, /^### Lanes of stack dev\n\n🟠 \*\*shop: 70 % of the requests/);
    assert.ok(text.indexOf("| 🟠 care | shop |") < text.indexOf("<details>"), text);
    assert.ok(
      text.includes("```sh\ncurl -H 'host: lane.example.com' 'http://GATEWAY/'\n# before  lane v1, 40 %"),
      text,
    );
    assert.ok(text.includes("```mermaid\nflowchart LR\n```"), text);
    assert.ok(!text.includes("too long"), text);
  });

  it("is short when nothing changes", () => {
    const same = diffLanes(sideOf("main", s4Input), sideOf("branch", s4Input));
    assert.equal(
      diffMarkdown(same, { stack: "dev" }),
      "### Lanes of stack dev\n\n✅ Nothing changes: the same lanes, routes and policies.\n\n<sub>main → branch</sub>\n",
    );
  });

  for (const count of [10, 200, 20_000]) {
    it(`is bounded for ${count * 3} changes, and cuts neither verdict nor risks`, () => {
      const text = diffMarkdown(large(count, `${"long ".repeat(60)}text`), { stack: "dev" });
      assert.ok(text.length <= markdownLimit, `${text.length} characters`);
      assert.ok(text.includes("🔴 **the verdict**"));
      for (const row of ["| 🔴 DANGER |", "| 🟠 care |", "| ⚪ note |"]) assert.ok(text.includes(row), row);
      // Each change has its row, or is counted in one.
      const counted = [...text.matchAll(/\(and (\d+) more of kind order\\?\)/g)].reduce(
        (sum, [, more]) => sum + Number(more),
        0,
      );
      const rows = [...text.matchAll(/^\| (?:🔴|🟠|⚪) /gm)].length;
      assert.equal(rows + counted, count * 3);
    });
  }

  it("is bounded for large groups, and says what is left out", () => {
    const versions = Array.from({ length: 120 }, (_, index) => `v${index}`);
    const services = Array.from({ length: 40 }, (_, index) => ({ name: `service-${index}`, port: 80, versions }));
    const input = {
      ...s4Input,
      services,
      baseline: "v0",
      entry: { ...s4Input.entry, service: "service-0", header: "x-lane" },
    };
    const lanes = versions.map((name) => ({ name }));
    const group = (version: string) =>
      laneGroupSchema.parse({
        ...input,
        lanes: lanes.map((lane) => (lane.name === "v0" ? { ...lane, version } : lane)),
      });
    const big = diffLanes(side("main", [group("v0")]), side("branch", [group("v1")]));
    const text = diffMarkdown(big, { stack: "dev" });
    assert.ok(text.length <= markdownLimit, `${text.length} characters`);
    assert.match(text, /\n\d+ more parts? (is|are) too long for a comment: `lanes diff` shows all\.\n$/);
  });

  it("is bounded for random changes", () => {
    let largest = 0;
    for (const { before, after } of randomPairs(seed, pairCount ?? 30)) {
      const changed = diffLanes(side("before", before), side("after", after));
      // The picture too, as `lanes diff --markdown` has it.
      const mermaid = renderMermaid(groupsShown(changed, before, after).after).text;
      const text = diffMarkdown(changed, { stack: "dev", mermaid });
      assert.ok(text.length <= markdownLimit, `${text.length} characters`);
      largest = Math.max(largest, text.length);
    }
    assert.ok(largest > 0);
    if (pairCount !== undefined)
      process.stderr.write(`comments of ${pairCount} random changes (seed ${seed}): ${largest} characters at most\n`);
  }).timeout(600_000);

  it("takes config for text: no markup, no mention, no end of a code block", () => {
    const nasty = "a|b <img src=x> `c` @someone ``` <!-- d -->";
    const text = diffMarkdown({ ...large(1, nasty), moves: [] }, { stack: "<b>" });
    assert.ok(text.includes("### Lanes of stack &lt;b&gt;"), text);
    assert.ok(text.includes("a\\|b &lt;img src=x&gt; \\`c\\` @\u200bsomeone"), text);
    assert.ok(!/<img|<!--|@someone/.test(text), text);
    const fence = {
      ...s4Input,
      lanes: [...s4Input.lanes, { name: "v4", version: "v3", match: { headers: { a: "````" } } }],
    };
    const fenced = diffMarkdown(diffLanes(sideOf("a", s4Input), sideOf("b", fence)), { stack: "dev" });
    assert.ok(fenced.includes("`````sh\ncurl -H 'a: ````'"), fenced);
  });
});
