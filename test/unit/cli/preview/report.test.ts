import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { markdownLimit } from "../../../../cli/diff/markdown";
import { sideOf as stackSide } from "../../../../cli/diff/side";
import { previewMarkdown } from "../../../../cli/preview/markdown";
import { objectChanges } from "../../../../cli/preview/offline";
import { tellPreview } from "../../../../cli/preview/previewed";
import { refusedIn } from "../../../../cli/preview/refused";
import { type PreviewReport, previewFormat, previewReportJsonSchema } from "../../../../cli/preview/report";
import { previewText } from "../../../../cli/preview/text";
import type { Manifest, Rendered } from "../../../../cli/render/manifests";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import { parseStackConfig } from "../../../../config/parse";
import { projectRoot } from "../../../../tools/paths";
import { sideOf } from "../../components/lanes/diff/sides";
import { s2Input, s4Input } from "../../components/lanes/fixtures";

const weights = [10, 60, 30];
const moved = { ...s4Input, lanes: s4Input.lanes.map((lane, index) => ({ ...lane, weight: weights[index] ?? 0 })) };
const lanes = diffLanes(sideOf("applied", s4Input), sideOf("tree", moved));
const change = {
  operation: "update" as const,
  type: "kubernetes:networking.istio.io/v1:VirtualService",
  name: "VirtualService/default/test",
  cause: "config" as const,
  fields: [{ path: "spec.http[0].route[0].weight", before: "30", after: "60" }],
  drift: [],
};
const drifted = {
  ...change,
  name: "VirtualService/default/edited",
  cause: "cluster" as const,
  fields: [],
  drift: ["spec.hosts"],
};
const report: PreviewReport = {
  ...{ format: previewFormat, stack: "dev", mode: "pulumi", refused: [], lanes, failed: null },
  ...{ counts: { update: 2, same: 98 }, changes: [change, drifted], notes: ["policy weights-sum, mandatory: no"] },
};

describe("lanes preview", () => {
  it("tells lanes first, then counts, then what was changed in the cluster apart from what the config changes", () => {
    const text = previewText(report);
    assert.match(
      text,
      /^stack dev: applied -> tree\ncare: shop: 30 % of the requests that name no lane: v1 40 % -> 10 %/,
    );
    assert.ok(
      text.endsWith(`
resources: 2 to update; 98 stay the same

changed in the cluster since the last update, which the next one takes back: 1
  VirtualService default/edited: spec.hosts

changed by the config: 1
  ~  VirtualService default/test
       spec.http[0].route[0].weight: 30 -> 60

note: policy weights-sum, mandatory: no`),
      text,
    );
  });

  it("keeps verdict, counts and drift before everything that is folded in a comment", () => {
    const text = previewMarkdown(report);
    const head = text.slice(0, text.indexOf("<details>"));
    assert.match(head, /^### Lanes of stack dev\n\n🟠 \*\*shop: 30 % of the requests/);
    assert.match(head, /\n\*\*Resources\*\*: 2 to update; 98 stay the same\n\n🟠 \*\*1 changed in the cluster\*\*/);
    assert.match(head, /\n- policy weights-sum, mandatory: no\n/);
    assert.match(text, /<summary>Changed by the config: 1<\/summary>\n\n```\n~ VirtualService default\/test\n {5}spec/);
    const still = previewMarkdown({ ...report, lanes: diffLanes(sideOf("a", s4Input), sideOf("b", s4Input)) });
    assert.match(still, /^### Lanes of stack dev\n\n✅ Nothing changes.*\n\n.*\n\n\*\*Resources\*\*: 2 to update/);
  });

  it("tells the lanes also where pulumi fails, and obeys nothing that a message says", () => {
    const failed = { ...report, changes: [], counts: {}, failed: "pulumi preview failed:\n```\u001b[31m <b>@all" };
    assert.match(
      previewText(failed),
      /\npulumi preview failed, so that only lanes are told:\n {2}pulumi preview failed:\n {2}```\\u001b\[31m/,
    );
    const text = previewMarkdown(failed);
    assert.match(
      text,
      /🔴 \*\*`pulumi preview` failed\*\*.*\n\n````\npulumi preview failed:\n```\\u001b\[31m <b>@all\n````/,
    );
  });

  describe("of a change that no order of steps makes safe", () => {
    const services = s2Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3", "v4"] }));
    const source = (name: string, version: string) => {
      const strict = s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, version } : lane));
      return { name, config: parseStackConfig({ laneGroups: [{ ...s2Input, services, lanes: strict }] }) };
    };
    const [before, after] = [source("applied", "v3"), source("tree", "v4")];
    const change = diffLanes(stackSide(before), stackSide(after));
    const unsafe: PreviewReport = { ...report, refused: refusedIn(change, false), lanes: change };

    it("says first that an update would be refused, and why among the changes, once", () => {
      assert.deepEqual(unsafe.refused, [
        {
          group: "test",
          text: "strict lane s3 changes its version in place (mocka v3 -> v4, mockb v3 -> v4 and mockc v3 -> v4): its callers have the new label before the routes know it. Add a lane with the new version, shift to it, then remove this one.",
        },
      ]);
      const text = previewText(unsafe);
      assert.match(
        text,
        /^An update would be REFUSED: a change of lane group test is unsafe in one update from applied: see below.* --allow-unsafe-order, or pulumi with MESH_LANES_ALLOW_UNSAFE_ORDER=1\.\nstack dev: applied -> tree\nDANGER: test: strict lane s3 changes its version in place, and 1 move\. /,
      );
      const comment = previewMarkdown(unsafe);
      assert.match(comment, /^### Lanes of stack dev\n\n🔴 \*\*An update would be refused\*\*: .*\n\n🔴 \*\*test: /);
      for (const told of [text, comment]) assert.equal(told.split("its callers have the new label").length, 2);
      assert.match(text, /^DANGER {2}test: strict lane s3 changes its version in place/m);
    });

    it("does not go well, unless the change is allowed or does nothing", () => {
      assert.equal(tellPreview({ before, after, report: unsafe }, {}).well, false);
      const allowed = { ...unsafe, refused: refusedIn(change, true) };
      assert.equal(tellPreview({ before, after, report: allowed }, {}).well, true);
      assert.doesNotMatch(previewText(allowed), /REFUSED/);
      assert.deepEqual(refusedIn(diffLanes(stackSide(before), stackSide(before)), false), []);
    });
  });

  it("stays within the bound for any number of changes, and says what is left out", () => {
    const fields = Array.from({ length: 40 }, (_, index) => ({
      ...change.fields[0],
      path: `spec.http[${index}].${"x".repeat(300)}`,
    }));
    const many = Array.from({ length: 2000 }, () => ({ ...change, fields })) as PreviewReport["changes"];
    const text = previewMarkdown({ ...report, changes: [...many, drifted], notes: Array(500).fill("n".repeat(2000)) });
    assert.ok(text.length <= markdownLimit, String(text.length));
    assert.match(text, /and \d+ more: see the JSON/);
    assert.match(text, /- and 490 more notes/);
    assert.ok(previewText({ ...report, changes: many }).length < 60_000);
  });

  it("stays within the bound where verdict, risks, failure, notes and requests are all as long as can be", () => {
    const nasty = "<&".repeat(3000);
    const risks = (["danger", "care", "note"] as const).flatMap((risk) =>
      Array.from({ length: 25 }, (_, index) => {
        return { kind: "order" as const, risk, group: `g${index}`, text: nasty.slice(0, 200 + index), move: null };
      }),
    );
    const region = { before: nasty, after: nasty, least: 1, most: 2, requests: 5 };
    const replay = {
      ...{ files: ["a"], requests: 99, unreadable: 1, others: 1, unknown: 1, sockets: 1, drained: 1 },
      ...{ moved: { least: 1, most: 2 }, regions: Array(50).fill(region) },
    };
    const verdict = { risk: "danger" as const, text: nasty };
    for (const failed of [null, `\u0000${nasty}`]) {
      const all = { ...lanes, before: nasty, after: nasty, verdict, changes: risks, replay };
      const refused = Array.from({ length: 100 }, () => ({ group: nasty, text: nasty }));
      const text = previewMarkdown({ ...report, refused, failed, lanes: all, notes: Array(20).fill(nasty) });
      assert.ok(text.length <= markdownLimit, String(text.length));
      const counted = [...text.matchAll(/\(and (\d+) more of kind order\\?\)/g)].reduce(
        (sum, [, more]) => sum + Number(more),
        0,
      );
      assert.equal([...text.matchAll(/^\| (?:🔴|🟠|⚪) /gm)].length + counted, risks.length);
    }
  });

  describe("offline", () => {
    const manifest = (name: string, spec: object): Manifest => {
      const id = { apiVersion: "v1", kind: "Service", namespace: "shop", name };
      return { api: "cluster", ...id, object: { ...id, spec } };
    };
    const rendered = (left: string[], ...manifests: Manifest[]): Rendered => ({
      manifests,
      left: left.map((what) => ({ what, why: "Helm charts" })),
    });

    it("compares objects, and names charts that come or go", () => {
      const before = rendered(["chart base 1.0"], manifest("a", { p: 1 }), manifest("b", {}), manifest("c", {}));
      const after = rendered(["chart base 1.1"], manifest("a", { p: 2 }), manifest("b", {}), manifest("d", {}));
      const { changes, counts, notes } = objectChanges(before, after);
      assert.deepEqual(
        changes.map(({ operation, name, fields }) => [operation, name, ...fields.map(({ path }) => path)]),
        [
          ["update", "shop/a", "spec.p"],
          ["delete", "shop/c"],
          ["create", "shop/d"],
        ],
      );
      assert.deepEqual(counts, { same: 1, update: 1, delete: 1, create: 1 });
      assert.deepEqual(notes.slice(1), ["comes: chart base 1.1", "goes: chart base 1.0"]);
    });
  });
});

describe("docs/lanes-preview.schema.json", () => {
  const committed: object = JSON.parse(readFileSync(join(projectRoot, "docs", "lanes-preview.schema.json"), "utf8"));

  it("is what the code gives (else: write previewReportJsonSchema() to it), and holds for a report", () => {
    assert.deepEqual(committed, previewReportJsonSchema());
    const valid = new Ajv({ allErrors: true }).compile(committed);
    assert.ok(valid(JSON.parse(JSON.stringify(report))), JSON.stringify(valid.errors));
    assert.ok(valid({ ...report, refused: [{ group: "test", text: "a" }] }), JSON.stringify(valid.errors));
    assert.equal(valid({ ...report, mode: "other" }), false);
  });
});
