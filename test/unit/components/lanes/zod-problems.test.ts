import assert from "node:assert/strict";
import { z } from "zod";
import { addProblem, toProblems } from "../../../../components/lanes/zod-problems";

const count = z.number().int().min(1).max(9).describe("a count");
const shapes = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("square").optional().default("square"), side: count }),
  z.strictObject({ kind: z.literal("circle"), radius: z.number().min(0).describe("a radius") }).transform((of) => of),
  z.strictObject({
    kind: z.literal("ring"),
    radius: count,
    hole: z.strictObject({ radius: count }).describe("a hole"),
  }),
]);
const required = z.discriminatedUnion("type", [z.strictObject({ type: z.literal("a") })]);
const match = z
  .union([z.string(), z.strictObject({ exact: z.string() }), z.strictObject({ prefix: z.string().describe("a text") })])
  .describe("a text, { exact } or { prefix }");
const own = z.strictObject({ a: z.string() }).transform((value, context) => {
  addProblem(context, ["a"], { got: "got less", expected: "more", fix: "Add some." });
  return value;
});

const root = z.strictObject({
  shape: shapes.prefault({ side: 1 }),
  required: required.optional(),
  match: match.optional(),
  list: z.array(shapes).optional(),
  matches: z.record(z.string(), match).optional(),
  switch: z
    .union([z.boolean(), z.strictObject({ size: z.number().optional() })])
    .optional()
    .describe("true, false or { size }"),
  own: own.optional(),
  count: count.optional(),
  flag: z.boolean().optional().describe("true or false"),
  text: z
    .string()
    .min(1)
    .optional()
    .describe("a word")
    .meta({ examples: ["word"] }),
  map: z.record(z.string(), z.string()).optional().describe("a map of texts"),
  texts: z
    .union([z.array(z.string()).min(1), z.record(z.string(), z.string())])
    .optional()
    .describe("texts, or a map of them"),
  few: z.array(z.string()).min(1).max(2).optional().describe("one or two"),
});

/** Value -> path, got, expected, fix. */
const cases: readonly [object, ...string[]][] = [
  [
    { shape: { kind: "cirle", radius: 1 } },
    "shape.kind",
    'got "cirle"',
    "square, circle or ring",
    "Did you mean circle?",
  ],
  [{ shape: { kind: 7 } }, "shape.kind", "got 7", "square, circle or ring", "Use square or circle or ring."],
  [{ required: {} }, "required.type", "missing", "a", "Add type, such as type: a."],
  [
    { shape: { side: 1, radius: 2 } },
    ...["shape.radius", "radius beside kind square", "only for kind circle or ring"],
    "Remove radius, or set kind: circle or ring.",
  ],
  [
    { shape: { kind: "circle", radius: 1, side: 2 } },
    ...["shape.side", "side beside kind circle", "only for kind square", "Remove side, or set kind: square."],
  ],
  [
    { shape: { kind: "circle", radius: 1, raduis: 2 } },
    ...["shape.raduis", 'unknown key "raduis"', "kind, radius", "Did you mean radius?"],
  ],
  [{ shape: { kind: "circle", radius: -1 } }, "shape.radius", "got -1", "a radius", "Write a number from 0."],
  [
    { list: [{ kind: "ring", radius: 1, hole: { radius: 10 } }] },
    ...["list[0].hole.radius", "got 10", "a count", "Write a whole number from 1 to 9."],
  ],
  [
    { list: [{ kind: "ring", radius: 1, hole: 3 }] },
    ...["list[0].hole", "got 3", "a hole", "Write a map with its keys: radius."],
  ],
  [
    { match: { exact: "a", prefix: "b" } },
    ...["match", "got exact and prefix", "a text, { exact } or { prefix }", "Keep one of them."],
  ],
  [{ match: 5 }, "match", "got 5", "a text, { exact } or { prefix }", 'Put it in quotes: "5".'],
  [{ match: { prefix: 5 } }, "match.prefix", "got 5", "a text", 'Put it in quotes: "5".'],
  [
    { matches: { x: { exact: "a", prefx: "b" } } },
    ...["matches.x.prefx", 'unknown key "prefx"', "exact, prefix", "Did you mean prefix?"],
  ],
  [
    { match: { regex: "a.*" } },
    ...["match.regex", 'unknown key "regex"', "a text, { exact } or { prefix }"],
    "Write a text, { exact } or { prefix }.",
  ],
  [
    { match: { perfix: "a" } },
    ...["match.perfix", 'unknown key "perfix"', "a text, { exact } or { prefix }", "Did you mean prefix?"],
  ],
  [
    { match: { regex: "a", glob: "b" } },
    ...["match", 'unknown keys "regex", "glob"', "a text, { exact } or { prefix }"],
    "Write a text, { exact } or { prefix }.",
  ],
  // Only one branch is a map: its keys are what was meant.
  [{ switch: { sise: 1 } }, ...["switch.sise", 'unknown key "sise"', "size", "Did you mean size?"]],
  [{ own: { a: "x" } }, "own.a", "got less", "more", "Add some."],
  [{ count: "7" }, "count", 'got "7"', "a count", "Remove the quotes: 7."],
  [{ count: 1.5 }, "count", "got 1.5", "a count", "Write a whole number from 1 to 9."],
  [{ flag: "yes" }, "flag", 'got "yes"', "true or false", "Write true or false."],
  [{ text: "" }, "text", 'got ""', "a word", "Write a text that is not empty, such as word."],
  [{ text: ["a"] }, "text", 'got ["a"]', "a word", "Write a text, such as word."],
  [{ map: "a" }, "map", 'got "a"', "a map of texts", "Write a map."],
  [{ few: "a" }, "few", 'got "a"', "one or two", "Write a list: [a]."],
  [{ few: [1.5] }, "few[0]", "got 1.5", "a text", 'Put it in quotes: "1.5".'],
  [{ map: { a: true } }, "map.a", "got true", "a text", 'Put it in quotes: "true".'],
  [{ texts: [1.5, "a"] }, "texts[0]", "got 1.5", "a text", 'Put it in quotes: "1.5".'],
  [{ texts: 5 }, "texts", "got 5", "texts, or a map of them", "Write texts, or a map of them."],
  [{ few: [] }, "few", "got []", "one or two", "Add an item: at least 1."],
  [{ few: ["a", "b", "c"] }, "few", 'got ["a","b","c"]', "one or two", "Keep at most 2 of them."],
];

describe("toProblems", () => {
  for (const [value, path, got, expected, fix] of cases) {
    it(`names place, value, what is right and what to do: ${JSON.stringify(value)}`, () => {
      const { error } = root.safeParse(value);
      assert.ok(error);
      assert.deepEqual(toProblems(root, value, error), [{ path, got, expected, fix }]);
    });
  }
});
