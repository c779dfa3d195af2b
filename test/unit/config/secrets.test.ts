import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromEngine, loadStackConfig, type RawStackConfig, readStackConfigFile } from "../../../config/read";
import type { sections } from "../../../config/stack";
import { UserError } from "../../../tools/user-error";

const planted = "PLANTED-SECRET";
const encrypted = { secure: "v1:abc:def" };
const workload = (value: unknown) => ({
  ...{ name: "web", app: "mock", port: 8000, versions: ["v1"] },
  env: { LEVEL: "info", DB_PASSWORD: value },
});

/** The stack's file as the command line reads it. */
function file(config: Record<string, unknown>): RawStackConfig {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-secrets-"));
  try {
    const path = join(folder, "Pulumi.a.yaml");
    const keys = Object.entries(config).map(([key, value]) => [`mesh-lanes:${key}`, value]);
    writeFileSync(path, JSON.stringify({ config: Object.fromEntries(keys) }));
    return readStackConfigFile(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the program gets: the same in clear, and the keys that hold secrets. */
const engine = (section: string, withSecret: (value: unknown) => unknown, known = true) =>
  fromEngine({ [section]: withSecret(planted) }, new Set([section]), () =>
    known ? file({ [section]: withSecret(encrypted) }) : undefined,
  );

function problemsOf(raw: RawStackConfig): readonly { path: string; got: string }[] {
  try {
    loadStackConfig(raw);
  } catch (error) {
    if (error instanceof UserError) {
      assert.ok(!error.message.includes(planted), error.message);
      return error.problems;
    }
    throw error;
  }
  return [];
}

describe("encrypted values within a section", () => {
  const list = (value: unknown) => [workload(value)];

  it("are apart from the other variables of a workload, with their text where it can be read", () => {
    const [read] = loadStackConfig(file({ workloads: list(encrypted) })).workloads;
    assert.deepEqual([read?.env, read?.secretEnv], [{ LEVEL: "info" }, { DB_PASSWORD: "[secret]" }]);
    const [program] = loadStackConfig(engine("workloads", list)).workloads;
    assert.deepEqual([program?.env, program?.secretEnv], [{ LEVEL: "info" }, { DB_PASSWORD: planted }]);
  });

  it("of a version are apart too, whatever its name", () => {
    const versions = (value: unknown) => [
      { ...workload("plain"), versions: { "1.4.2": { env: { KEY: value, A: "b" } }, v2: null } },
    ];
    const [read] = loadStackConfig(engine("workloads", versions)).workloads;
    assert.deepEqual(read?.secretEnvOf, { "1.4.2": { KEY: planted } });
    assert.deepEqual(read?.ofVersions, { "1.4.2": { env: { A: "b" } }, v2: { env: {} } });
    assert.equal(read?.secretEnv, undefined);
  });

  it("are refused where nobody says which they are, and the message holds none", () => {
    const [problem] = problemsOf(engine("workloads", list, false));
    assert.match(problem?.got ?? "", /encrypted as a whole/);
    assert.equal(problemsOf(file({ workloads: encrypted }))[0]?.path, "workloads");
  });

  /** Every section, with a secret somewhere in it. */
  const nested: Record<keyof typeof sections.shape, (value: unknown) => unknown> = {
    include: (value) => [value],
    cluster: (value) => ({ kind: "existing", kubeconfig: value, context: "a" }),
    mesh: (value) => ({ kind: "istio", revision: value }),
    gateway: (value) => ({ name: value }),
    gateways: (value) => [
      { name: "a", namespace: "b", ports: [{ name: "http", port: 80, protocol: "HTTP", hosts: [value] }] },
    ],
    tls: (value) => [{ secret: "a", hosts: ["a.example.com"], source: { kind: "pem", certificate: value } }],
    workloads: (value) => [{ ...workload("plain"), calls: value }],
    laneGroups: (value) => [{ name: "a", lanes: [{ name: "b", match: { headers: { "x-key": value } } }] }],
    security: (value) => ({ mtls: value }),
    allow: (value) => [{ from: value, to: "a/b" }],
    telemetry: (value) => ({
      collector: { kind: "deploy", config: { exporters: { otlp: { headers: { key: value } } } } },
    }),
    adopt: (value) => [value],
    existingNamespaces: (value) => [value],
  };
  for (const [section, withSecret] of Object.entries(nested)) {
    it(`are refused in ${section}, where they would lie open, by command line and program alike`, () => {
      for (const raw of [file({ [section]: withSecret(encrypted) }), engine(section, withSecret)]) {
        const named = problemsOf(raw).filter(
          ({ path, got }) => path.startsWith(section) && got === "an encrypted value",
        );
        assert.equal(named.length, 1);
      }
    });
  }
});
