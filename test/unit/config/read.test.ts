import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromEngine, loadClusterConfig, loadStackConfig, readStackConfigFile } from "../../../config/read";
import { projectRoot } from "../../../tools/paths";
import { UserError } from "../../../tools/user-error";
import { s2Input, s4Input } from "../components/lanes/fixtures";
import { problemsOf } from "../problems-of";

describe("config that is read", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-"));
    mkdirSync(join(folder, "scenarios"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (name: string, content: unknown) => {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  describe("loadClusterConfig", () => {
    const read = (values: Record<string, unknown>) => loadClusterConfig({ values, encrypted: new Set() }, folder);
    const wrong = { workloads: [{ name: "A B" }], include: ["missing.yaml"] };

    it("tells the cluster of a config that is wrong elsewhere", () => {
      assert.deepEqual(read({ ...wrong, cluster: { kind: "embedded", name: "mine" } }), {
        kind: "embedded",
        name: "mine",
      });
      assert.deepEqual(read(wrong), { kind: "auto", name: "mesh-lanes" });
      const existing = { kind: "existing", kubeconfig: "a.yaml", context: "a", id: "c1" };
      assert.equal(read({ ...wrong, cluster: existing }).kind, "existing");
    });

    it("fails with every problem of the config where its cluster is wrong too", () => {
      const problems = problemsOf(() => read({ ...wrong, cluster: { kind: "kid" } })).map(({ path }) => path);
      assert.ok(problems.some((path) => path.startsWith("cluster")) && problems.length > 1, problems.join());
    });
  });

  describe("readStackConfigFile", () => {
    it("gives this project's keys without their prefix, and of secrets the names", () => {
      const text =
        "config:\n  mesh-lanes:mesh: { version: 1.2.3 }\n  mesh-lanes:tlsKey.a: { secure: abc }\n  kubernetes:x: 1\n";
      const { written, ...read } = readStackConfigFile(write("Pulumi.test.yaml", text));
      assert.deepEqual(written?.(), { mesh: { version: "1.2.3" }, "tlsKey.a": { secure: "abc" } });
      assert.deepEqual(read, {
        values: { mesh: { version: "1.2.3" } },
        encrypted: new Set(["tlsKey.a"]),
        secrets: new Map(),
        ciphers: new Map([["tlsKey.a", "abc"]]),
        problems: [],
      });
    });

    it("refuses a file that is not UTF-8, with the line of the first byte", () => {
      const path = join(folder, "Pulumi.test.yaml");
      writeFileSync(path, Buffer.from("config:\n  # f\u00fcr alle\n  a: 1\n", "latin1"));
      assert.deepEqual(
        problemsOf(() => readStackConfigFile(path)),
        [
          {
            path,
            got: "not in UTF-8: line 2",
            expected: "a file in UTF-8",
            fix: "Save it as UTF-8.",
          },
        ],
      );
      writeFileSync(path, Buffer.from("\ufeffconfig: { mesh-lanes:a: für \ufffd }\n", "utf16le"));
      assert.match(problemsOf(() => readStackConfigFile(path))[0]?.got ?? "", /not in UTF-8: it is in UTF-16/);
      writeFileSync(path, "\ufeffconfig: { mesh-lanes:a: für \ufffd😀 }\n");
      assert.deepEqual(readStackConfigFile(path).values, { a: "für \ufffd😀" });
    });

    it("refuses an included file that is not UTF-8", () => {
      writeFileSync(join(folder, "other.yaml"), Buffer.from("# f\u00fcr alle\nlaneGroups: []\n", "latin1"));
      const raw = { values: { include: ["other.yaml"] }, encrypted: new Set<string>() };
      assert.deepEqual(
        problemsOf(() => loadStackConfig(raw, folder)),
        [
          {
            path: "include[0]",
            got: "other.yaml: not in UTF-8: line 1",
            expected: "a file in UTF-8",
            fix: "Save it as UTF-8.",
          },
        ],
      );
    });

    it("gives nothing for a file without config", () => {
      const { written: _written, ...read } = readStackConfigFile(write("Pulumi.test.yaml", ""));
      assert.deepEqual(read, {
        values: {},
        encrypted: new Set(),
        secrets: new Map(),
        ciphers: new Map(),
        problems: [],
      });
    });

    it("fails when the file is missing", () => {
      assert.throws(() => readStackConfigFile(join(folder, "none.yaml")), /ENOENT/);
    });

    it("fails when the file is not YAML", () => {
      assert.throws(() => readStackConfigFile(write("Pulumi.test.yaml", "config: [")), UserError);
    });

    it("reports what the engine reads otherwise, in this project's keys and in what they may refer to", () => {
      const text =
        "x: &x 010\nconfig:\n  mesh-lanes:workloads: [{ versions: [v1, 2026-11-27], port: *x }]\n  other:y: 010\n";
      const { problems = [] } = readStackConfigFile(write("Pulumi.test.yaml", text));
      assert.deepEqual(
        problems.map(({ path, got, fix }) => [path, got, fix]),
        [
          ["x", "010 without quotes, which Pulumi reads as 8", 'Write "010" for the text, or 8 for the number.'],
          [
            "workloads[0].versions[1]",
            "2026-11-27 without quotes, which Pulumi reads as a point in time",
            'Write "2026-11-27".',
          ],
        ],
      );
    });

    it("tells a value that belongs in quotes as the file has it, in the stack's file and in included ones", () => {
      const group = (name: string, lines: string) =>
        `[{ name: ${name}, mode: strict, entry: { service: ${name}, gateway: g/g, header: h }, ${lines} }]`;
      const versions = "&v [1.10, v2]";
      write(
        "i.yaml",
        `laneGroups: ${group("b", "services: [{ name: b, port: 80, versions: [v1] }], lanes: [{ name: v1, version: 2.0 }]")}\n`,
      );
      const text = [
        "config:",
        "  mesh-lanes:include: [i.yaml]",
        `  mesh-lanes:workloads: [{ name: web, app: mock, port: 80, versions: ${versions} }, { name: api, app: mock, port: 80, versions: 1.10 }]`,
        `  mesh-lanes:laneGroups: ${group("a", "services: [{ name: a, port: 80, versions: *v }], lanes: [{ name: v1, versions: { a: 1.10 } }, { name: True, services: 1.20 }]")}`,
      ].join("\n");
      const found = problemsOf(() => loadStackConfig(readStackConfigFile(write("Pulumi.test.yaml", text)), folder));
      const quoted = found.map(({ path, got, fix }) => [path, got, fix]);
      const quotes = (path: string, source: string) => [path, `got ${source}`, `Put it in quotes: "${source}".`];
      assert.deepEqual(quoted, [
        quotes("workloads[0].versions[0]", "1.10"),
        [
          ...["workloads[1].versions", "got 1.10"],
          "Write a list of at least one version, or version -> its image, env, replicas, drainSeconds and pod.",
        ],
        quotes("laneGroups[0].services[0].versions[0]", "1.10"),
        quotes("laneGroups[0].lanes[0].versions.a", "1.10"),
        quotes("laneGroups[0].lanes[1].name", "True"),
        ["laneGroups[0].lanes[1].services", "got 1.20", 'Write a list: ["1.20"].'],
        quotes("i.yaml: laneGroups[0].lanes[0].version", "2.0"),
      ]);
      for (const { expected } of found) assert.doesNotMatch(expected, /invalid|received/i);
    });

    it("tells the program's values as the stack's file has them, where it has the same", () => {
      const file = readStackConfigFile(
        write("Pulumi.test.yaml", "config: { mesh-lanes:mesh: { version: 1.30, revision: 1e3 } }"),
      );
      const program = fromEngine({ mesh: { version: 1.3, revision: 7 } }, new Set(), () => file);
      assert.deepEqual(
        problemsOf(() => loadStackConfig(program, folder)).map(({ path, got }) => [path, got]),
        [
          ["mesh.version", "got 1.30"],
          ["mesh.revision", "got 7"],
        ],
      );
    });

    it("reads the dev stack, whose config is valid", () => {
      const config = loadStackConfig(readStackConfigFile(join(projectRoot, "Pulumi.dev.yaml")));
      assert.notEqual(config.laneGroups.length, 0);
    });
  });

  describe("included files", () => {
    const load = (values: Record<string, unknown>) => loadStackConfig({ values, encrypted: new Set() }, folder);
    const problemsOf = (values: Record<string, unknown>): string[] => {
      try {
        load(values);
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        return error.problems.map(({ path, got }) => `${path}: ${got}`);
      }
      return [];
    };
    const workload = {
      name: "mocka",
      app: "mock",
      port: 8000,
      versions: ["v1", "v2", "v3"],
      versionLabel: "ASM_TRAFFIC_TAG",
    };
    const ports = [{ name: "http", port: 30080, protocol: "HTTP" }];
    const others = s4Input.services.map((service) => ({ ...service, name: `x${service.name}` }));
    const other = {
      ...s4Input,
      services: others,
      entry: { ...s4Input.entry, service: "xmocka", hosts: ["x.example"] },
    };

    it("are appended to the stack's own lists, in their order", () => {
      write("scenarios/a.yaml", { laneGroups: [other], workloads: [{ ...workload, name: "one" }] });
      write("b.yaml", {
        gateways: [{ name: "ws", namespace: "default", ports }],
        workloads: [{ ...workload, name: "two" }],
      });
      const config = load({ include: ["scenarios/a.yaml", "./b.yaml"], laneGroups: [s2Input], workloads: [workload] });
      assert.deepEqual(
        config.laneGroups.map((group) => group.name),
        ["test", "shop"],
      );
      assert.deepEqual(
        config.workloads.map(({ name }) => name),
        ["mocka", "one", "two"],
      );
      assert.deepEqual(
        config.gateways.map(({ name }) => name),
        ["ws"],
      );
    });

    it("may be empty", () => {
      write("a.yaml", "# nothing yet\n");
      assert.deepEqual(load({ include: ["a.yaml"] }).laneGroups, []);
    });

    const weighted = {
      ...other,
      lanes: other.lanes.map((lane, index) => (index === 1 ? { ...lane, weight: 3.5 } : lane)),
    };
    for (const [title, files, expected] of [
      [
        "a wrong value in a file",
        { "s.yaml": { laneGroups: [weighted] } },
        ["s.yaml: laneGroups[0].lanes[1].weight: got 3.5"],
      ],
      [
        "a wrong shape in a file",
        { "s.yaml": { workloads: [{ ...workload, app: "mocks" }] } },
        ['s.yaml: workloads[0].app: got "mocks"'],
      ],
      [
        "a wrong value across sections",
        { "s.yaml": { workloads: [{ ...workload, calls: "x" }] } },
        ['s.yaml: workloads[0].calls: got "x"'],
      ],
      [
        "an unknown key, a prefix, a stack's key and a nested include",
        { "s.yaml": { laneGroup: [], "mesh-lanes:tls": [], mesh: {}, include: ["t.yaml"] } },
        [
          's.yaml: laneGroup: unknown key "laneGroup"',
          's.yaml: mesh-lanes:tls: unknown key "mesh-lanes:tls"',
          's.yaml: mesh: unknown key "mesh"',
          "s.yaml: include: an included file includes others",
        ],
      ],
      ["a section that is no list", { "s.yaml": { workloads: {} } }, ["s.yaml: workloads: got a map"]],
      ["a file that is a list", { "s.yaml": [1] }, ["s.yaml: got a list"]],
      ["a file that is a text, without showing it", { "s.yaml": "secret" }, ["s.yaml: got a plain value"]],
      [
        "a workload in two files",
        { "s.yaml": { workloads: [workload] }, "t.yaml": { workloads: [workload] } },
        ['t.yaml: workloads[0].name: workload "default/mocka" is there twice'],
      ],
      [
        "a gateway in two files",
        {
          "s.yaml": { gateways: [{ name: "g", namespace: "n", ports }] },
          "t.yaml": { gateways: [{ name: "g", namespace: "n", ports: [{ ...ports[0], port: 30081 }] }] },
        },
        ['t.yaml: gateways[0].name: gateway "n/g" is there twice'],
      ],
      [
        "a host and port in two files, naming both",
        {
          "s.yaml": { gateways: [{ name: "g", namespace: "n", ports }] },
          "t.yaml": { gateways: [{ name: "h", namespace: "n", ports }] },
        },
        [
          't.yaml: gateways[0].ports[0].hosts[0]: host "*" on port 30080 is in s.yaml: gateways[0].ports[0].hosts[0] too',
        ],
      ],
    ] as const) {
      it(`fails with ${title}`, () => {
        for (const [name, content] of Object.entries(files)) write(name, content);
        assert.deepEqual(problemsOf({ include: Object.keys(files) }), expected);
      });
    }

    it("fails with a lane group in two files", () => {
      write("s.yaml", { laneGroups: [other] });
      write("t.yaml", { laneGroups: [{ ...other, entry: { ...other.entry, hosts: ["y.example"] } }] });
      assert.deepEqual(problemsOf({ include: ["s.yaml", "t.yaml"] }), [
        't.yaml: laneGroups[0].name: lane group "shop" is there twice',
      ]);
    });

    for (const [title, include, expected] of [
      ["a missing file", ["none.yaml"], ["include[0]: none.yaml: ENOENT: no such file or directory"]],
      ["a folder", ["scenarios"], ["include[0]: scenarios: EISDIR: illegal operation on a directory"]],
      ["a file that is not YAML", ["bad.yaml"], [/^include\[0\]: bad\.yaml: Flow sequence/]],
      ["a file twice, however it is written", ["ok.yaml", "./ok.yaml"], ['include[1]: "./ok.yaml" is included twice']],
      ["a file outside the project", ["../x.yaml"], ['include[0]: got "../x.yaml"']],
      ["an absolute path", ["/x.yaml"], ['include[0]: got "/x.yaml"']],
      ["a text instead of a list", "ok.yaml", ['include: got "ok.yaml"']],
      ["a number in the list", [7], ["include[0]: got 7"]],
    ] as const) {
      it(`fails with ${title}`, () => {
        write("ok.yaml", { laneGroups: [] });
        write("bad.yaml", "laneGroups: [");
        const problems = problemsOf({ include });
        assert.equal(problems.length, expected.length, problems.join("\n"));
        expected.forEach((text, index) => {
          const problem = problems[index] ?? "";
          if (typeof text === "string") assert.equal(problem, text);
          else assert.match(problem, text);
        });
      });
    }

    it("fails with a value that Pulumi reads otherwise, beside what else is wrong", () => {
      write("s.yaml", "workloads:\n  - { name: a, app: mock, port: 010, versions: [v1], calls: x, replicas: none }\n");
      assert.deepEqual(problemsOf({ include: ["s.yaml"] }), [
        "s.yaml: workloads[0].port: 010 without quotes, which Pulumi reads as 8",
        's.yaml: workloads[0].replicas: got "none"',
      ]);
    });

    it("fails with all of it at once: reading, shape and meaning", () => {
      write("s.yaml", { laneGroups: [weighted] });
      assert.deepEqual(problemsOf({ include: ["none.yaml", "s.yaml"] }), [
        "include[0]: none.yaml: ENOENT: no such file or directory",
        "s.yaml: laneGroups[0].lanes[1].weight: got 3.5",
      ]);
      assert.deepEqual(problemsOf({ include: ["none.yaml", "s.yaml"], mesh: { version: 1 } }), [
        "include[0]: none.yaml: ENOENT: no such file or directory",
        "mesh.version: got 1",
        "s.yaml: laneGroups[0].lanes[1].weight: got 3.5",
      ]);
    });
  });
});
