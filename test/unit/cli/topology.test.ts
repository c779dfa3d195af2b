import assert from "node:assert/strict";
import { topologyText } from "../../../cli/topology";
import { type LaneGroup, laneGroupSchema } from "../../../components/lanes/spec";
import { mermaidEdgeLimit } from "../../../components/lanes/topology/mermaid";
import { type Problem, UserError } from "../../../tools/user-error";
import { s2, s4, s4Input } from "../components/lanes/fixtures";

const options = { stack: "dev", format: "svg" };

function run(given: Partial<typeof options & { group: string[] }>, groups: readonly LaneGroup[] = [s2, s4]) {
  const notes: string[] = [];
  const text = topologyText(
    { ...options, ...given },
    () => groups,
    (note) => notes.push(note),
  );
  return { text, notes };
}

describe("topologyText", () => {
  const titles = (text: string) => /<title id="lanes-title">(.*)<\/title>/.exec(text)?.[1];

  it("shows all groups as SVG, or those named in the order of the stack", () => {
    assert.equal(titles(run({}).text), "Lanes of group test, Lanes of group shop");
    assert.equal(titles(run({ group: ["shop"] }).text), "Lanes of group shop");
    assert.equal(titles(run({ group: ["shop", "test"] }).text), "Lanes of group test, Lanes of group shop");
  });

  it("shows groups as Mermaid", () => {
    const { text, notes } = run({ format: "mermaid", group: ["test"] });
    assert.match(text, /^flowchart LR\n {2}subgraph g0\["test#58; strict lanes"\]\n/);
    assert.deepEqual(notes, []);
  });

  it("says when GitHub would not draw it", () => {
    const versions = Array.from({ length: 250 }, (_, index) => `v${index}`);
    const services = s4Input.services.map((service) => ({ ...service, versions }));
    const lanes = versions.map((name, index) => ({ name, weight: index === 0 ? 100 : 0 }));
    const group = laneGroupSchema.parse({ ...s4Input, services, baseline: "v0", lanes });
    const edges = 250 * 3;
    assert.ok(edges > mermaidEdgeLimit);
    assert.deepEqual(run({ format: "mermaid" }, [group]).notes, [
      "750 edges: GitHub draws at most 500; choose groups with --group, or --format svg",
    ]);
  });

  const missing: Problem = { path: "--stack", got: 'got "x"', expected: "a stack", fix: "Name one." };
  const noStack = () => {
    throw new UserError("no stack", [missing]);
  };
  const format = { path: "--format", got: 'got "svgg"', expected: "svg or mermaid", fix: "Did you mean svg?" };
  const group = { path: "--group", got: 'got "shp"', expected: "test, shop", fix: "Did you mean shop?" };
  const cases: readonly {
    title: string;
    given: object;
    groupsOf: () => readonly LaneGroup[];
    expected: readonly Problem[];
  }[] = [
    {
      title: "a format and a group",
      given: { format: "svgg", group: ["shop", "shp"] },
      groupsOf: () => [s2, s4],
      expected: [format, group],
    },
    { title: "a format and a stack", given: { format: "svgg" }, groupsOf: noStack, expected: [format, missing] },
    { title: "a stack", given: {}, groupsOf: noStack, expected: [missing] },
    {
      title: "a group of a stack that has none",
      given: { group: ["a"] },
      groupsOf: () => [],
      expected: [
        {
          ...group,
          got: 'got "a"',
          expected: "none: the stack has no lane group",
          fix: "Name a lane group of the stack.",
        },
      ],
    },
    { title: "a stack without groups", given: {}, groupsOf: () => [], expected: [] },
  ];
  for (const { title, given, groupsOf, expected } of cases) {
    it(`fails for ${title}`, () => {
      assert.throws(
        () => topologyText({ ...options, ...given }, groupsOf, () => {}),
        (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.deepEqual(error.problems, expected);
          return true;
        },
      );
    });
  }
});
