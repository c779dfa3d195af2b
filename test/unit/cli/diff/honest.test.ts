import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { sideOf } from "../../../../cli/diff/side";
import { routesOf } from "../../../../cli/diff/words";
import { diffLanes } from "../../../../components/lanes/diff/diff";
import type { DiffReport } from "../../../../components/lanes/diff/report";
import { stackFileJsonSchema } from "../../../../config/json-schema";
import { parseStackConfig } from "../../../../config/parse";
import { readStackConfigFile } from "../../../../config/read";
import { type StackConfig, sections, withFollowingDefaults } from "../../../../config/stack";
import { projectRoot } from "../../../../tools/paths";
import { UserError } from "../../../../tools/user-error";
import { asRecord, isRecord } from "../../../../tools/values";
import { pairsOf, type Texts } from "./schema-pairs";

/*
 * A diff never says that nothing changes while something does, whatever key it is.
 */

function diffOf(before: StackConfig, after: StackConfig): DiffReport {
  return diffLanes(sideOf({ name: "before", config: before }), sideOf({ name: "after", config: after }));
}

/** What is wrong with a diff of two configs that are not the same. */
function dishonest(report: DiffReport): string[] {
  const { verdict, changes, moves } = report;
  const vague = changes.filter(({ text }) => text.includes("by another rule")).map(({ text }) => text);
  const same = moves.flatMap(({ text, regions: [region] }) => {
    if (!region || !text.includes("another way") || text.includes("the path ")) return [];
    const { before, after } = routesOf(report, region);
    return isDeepStrictEqual(before, after) ? [`before and after are the same: ${text}`] : [];
  });
  return [...(verdict.risk === null ? ["nothing changes"] : []), ...vague, ...same];
}

/** Values that the schema takes, without the checks that look at other keys too. */
function shaped(values: Readonly<Record<string, unknown>>): StackConfig | undefined {
  const read = sections.safeParse(values).data;
  if (!read) return undefined;
  const data = withFollowingDefaults(read);
  return { ...data, tls: data.tls.map(({ source: { key: _never, ...source }, ...entry }) => ({ ...entry, source })) };
}

/** A config that passes all checks. */
function valid(values: Record<string, unknown>): StackConfig | undefined {
  try {
    return parseStackConfig(values);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The same; undefined where it cannot be told of configs that no check would let through. */
function problemsOf(before: StackConfig, after: StackConfig, passes: () => boolean): string[] | undefined {
  try {
    return dishonest(diffOf(before, after));
  } catch (error) {
    if (passes()) throw error;
    return undefined;
  }
}

const base: Readonly<Record<string, unknown>> = {
  workloads: ["mocka", "mockb"].map((name) => ({ name, app: "mock", port: 8000, versions: ["v1", "v2"] })),
  gateways: [{ name: "inner", namespace: "istio-system", ports: [{ name: "http", port: 80, protocol: "HTTP" }] }],
  tls: [{ secret: "shop-tls", hosts: ["shop.example.com"], source: { kind: "selfSigned" } }],
  allow: [{ from: "jobs/nightly", to: "default/mocka" }],
  telemetry: { collector: { kind: "none" } },
  laneGroups: [
    {
      name: "shop",
      mode: "permissive",
      // The first is nobody's, as the first lane is no baseline: they may have other names.
      services: ["mockb", "mocka"].map((name) => ({ name, port: 8000, versions: ["v1", "v2"] })),
      entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
      routeHeader: "version",
      baseline: "v1",
      lanes: [
        { name: "v2", version: "v2", weight: 40 },
        { name: "v1", weight: 60 },
      ],
    },
  ],
};

/** More values of sections of which some keys need others. */
const others: Readonly<Record<string, readonly unknown[]>> = {
  cluster: [
    { kind: "ack", ack: { region: "cn-hangzhou", zones: ["cn-hangzhou-i"], nodes: { types: ["ecs.g7.large"] } } },
  ],
  mesh: [{ kind: "asm", version: "1.24.6.64", kubeconfig: "mesh.yaml", context: "admin" }],
};

const durations = [
  "timeout",
  "perTryTimeout",
  "duration",
  "connectTimeout",
  "idleTimeout",
  "interval",
  "baseEjectionTime",
];
const texts: Texts = {
  ...Object.fromEntries([...durations, "maxAge"].map((key) => [key, ["5s", "6s"] as const])),
  service: ["mocka", "mockb"],
  services: ["mocka", "mockb"],
  calls: ["mockb", "mocka"],
  lane: ["v2", "v1"],
  lanes: ["v2", "v1"],
  versions: ["v2", "v1", "v3"],
  version: ["v2", "v1"],
  baseline: ["v1", "v2"],
  unmatched: ["v2", "reject"],
  path: ["/a", "/b"],
  prefix: ["/a", "/b"],
  exact: ["/c", "/d"],
  regex: ["/e.*", "/f.*"],
  rewrite: ["/a", "/b"],
};

/** What files are included does not matter, their content does; a private key is never in the config's text. */
const withoutMeaning = ["include[]", "tls[].source.key"];

describe("a diff is honest", () => {
  const { definitions } = stackFileJsonSchema() as { definitions: Readonly<Record<string, unknown>> };
  const sections = Object.keys(definitions).filter((name) => name !== "encrypted");

  for (const section of sections) {
    it(`about every key of ${section}`, () => {
      const tried = new Map<string, boolean>();
      const wrong: string[] = [];
      const values = [base[section], ...(others[section] ?? [])];
      const pairs = values.flatMap((value) => pairsOf(asRecord(definitions[section]), value, texts, section));
      for (const { path, before, after } of pairs) {
        const name = `${section}${path}`;
        const [old, now] = [before, after].map((value) => shaped({ ...base, [section]: value }));
        const differ = old !== undefined && now !== undefined && !isDeepStrictEqual(old, now);
        if (!tried.has(name)) tried.set(name, false);
        if (!differ) continue;
        const passes = () => [before, after].every((value) => valid({ ...base, [section]: value }) !== undefined);
        for (const problems of [problemsOf(old, now, passes), problemsOf(now, old, passes)]) {
          if (problems) tried.set(name, true);
          wrong.push(...(problems ?? []).map((problem) => `${name}: ${problem}`));
        }
      }
      assert.deepEqual([...new Set(wrong)], []);
      // What has keys of its own is tried with them.
      const hasKeys = (name: string) =>
        [...tried.keys()].some(
          (other) => other !== name && /^[.[]/.test(other.slice(name.length)) && other.startsWith(name),
        );
      const untried = [...tried].flatMap(([name, differs]) => (differs || hasKeys(name) ? [] : [name]));
      assert.deepEqual(
        untried.filter((name) => !withoutMeaning.includes(name)),
        [],
        "no values were found that differ: name some in `texts` or `others`",
      );
      assert.ok(tried.size > 0);
    }).timeout(300_000);
  }
});

/** The same values with one of them gone or otherwise, for each of them; of lists of things the first two alone. */
function* edits(value: unknown, path = ""): Generator<{ path: string; value: unknown }> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.slice(0, 2).entries()) {
      for (const edit of edits(item, `${path}[${index}]`)) {
        yield { path: edit.path, value: value.map((each, at) => (at === index ? edit.value : each)) };
      }
      yield { path: `${path}[${index}]`, value: value.filter((_, at) => at !== index) };
    }
    if (value.length > 1) yield { path, value: [...value].reverse() };
  } else if (isRecord(value)) {
    for (const key of Object.keys(value)) {
      const { [key]: own, ...rest } = value;
      yield { path: `${path}.${key}`, value: rest };
      for (const edit of edits(own, `${path}.${key}`))
        yield { path: edit.path, value: { ...value, [key]: edit.value } };
    }
  } else if (typeof value === "boolean") yield { path, value: !value };
  else if (typeof value === "number") yield { path, value: value + 1 };
  else if (typeof value === "string") yield { path, value: value.includes("/") ? `${value}x` : `${value}-x` };
}

describe("a diff of an edit of one key", () => {
  const stack = (name: string) => readStackConfigFile(join(projectRoot, `Pulumi.${name}.yaml`)).values;
  const scenario = (name: string) =>
    asRecord(parse(readFileSync(join(projectRoot, "scenarios", `${name}.yaml`), "utf8")));
  const configs: Readonly<Record<string, Record<string, unknown>>> = {
    "Pulumi.dev.yaml": stack("dev"),
    "Pulumi.staging.yaml": stack("staging"),
    "Pulumi.prod.yaml": stack("prod"),
    ...Object.fromEntries(
      ["s1-websocket", "s3-live-chart", "s4-otel", "s4-permissive", "s5-websocket-protocols"].map((name) => [
        name,
        { ...scenario(name) },
      ]),
    ),
  };

  for (const [name, values] of Object.entries(configs)) {
    it(`of ${name} tells it`, () => {
      const config = valid(values) ?? assert.fail(`${name} is wrong`);
      const wrong: string[] = [];
      let seen = 0;
      for (const { path, value } of edits(values)) {
        const edited = isRecord(value) ? valid({ ...value }) : undefined;
        if (!edited || isDeepStrictEqual(edited, config)) continue;
        seen += 1;
        wrong.push(...dishonest(diffOf(config, edited)).map((problem) => `${path}: ${problem}`));
      }
      assert.deepEqual(wrong, []);
      assert.ok(seen > 10, `only ${seen} edits are right`);
    }).timeout(300_000);
  }
});
