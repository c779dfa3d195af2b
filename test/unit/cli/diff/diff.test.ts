import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { stringify } from "yaml";
import { type DiffOptions, diff } from "../../../../cli/diff";
import type { DiffReport } from "../../../../components/lanes/diff/report";
import { UserError } from "../../../../tools/user-error";
import { s2Input, s4Input } from "../../components/lanes/fixtures";

const stackFile = "Pulumi.dev.yaml";

describe("lanes diff", () => {
  const shop = { ...s4Input, namespace: "shop" };
  let folder: string;
  const git = (...args: string[]) =>
    execa("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), stringify(content));
  const stack = (...laneGroups: unknown[]) => ({ config: { "mesh-lanes:laneGroups": laneGroups } });
  const run = (options: Partial<DiffOptions> = {}, at = folder) =>
    diff({ stack: "dev", exitCode: false, ...options }, folder, at);
  const problemsOf = async (options: Partial<DiffOptions>) => {
    try {
      await run(options);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      return error.message;
    }
    return assert.fail("nothing was thrown");
  };
  const promoted = {
    ...shop,
    lanes: s4Input.lanes.map((lane) => ({ ...lane, weight: lane.name === "v2" ? 100 : 0 })),
  };
  const gateway = { ...s4Input.entry, hosts: ["shop.example.com"] };
  const beside = { ...shop, entry: gateway };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-diff-"));
    await git("init", "--quiet", "--initial-branch=main");
    mkdirSync(join(folder, "scenarios"));
    write("scenarios/shop.yaml", { laneGroups: [beside] });
    write(stackFile, { config: { "mesh-lanes:include": ["scenarios/shop.yaml"], "mesh-lanes:laneGroups": [s2Input] } });
    await git("add", ".");
    await git("commit", "--quiet", "--message", "first");
    await git("tag", "first");
    write(stackFile, stack(s2Input, { ...promoted, entry: gateway }));
    await git("commit", "--quiet", "--all", "--message", "second");
    write(stackFile, stack(s2Input));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("compares the last commit with the working tree", async () => {
    const { text, changed } = await run();
    assert.match(text, /^stack dev: HEAD -> the working tree\n/);
    assert.match(text, /lane group shop goes/);
    assert.equal(changed, true);
  });

  it("compares revisions, each with the files that it included then", async () => {
    const { text } = await run({ from: "first..main" });
    assert.match(
      text,
      /^stack dev: first -> main\ncare: shop: 70 % of the requests that name no lane to shop\.example\.com/,
    );
    assert.match((await run({ from: "main", to: "first" })).text, /^stack dev: main -> first\n/);
    assert.match((await run({ from: "first.." })).text, /^stack dev: first -> the working tree\n/);
    const same = await run({ from: "first", to: "first" });
    assert.deepEqual(
      [same.text.split("\n")[1], same.changed],
      ["Nothing changes: the same lanes, routes and policies.", false],
    );
  });

  it("compares from where the branches parted for three dots, as git does", async () => {
    await git("branch", "side", "first");
    await git("symbolic-ref", "HEAD", "refs/heads/side");
    try {
      // On main the group changed since; the branch `side` is where both were.
      const { text } = await run({ from: "main...side" });
      const lines = text.split("\n");
      assert.equal(lines[0], "stack dev: where main and side parted -> side");
      assert.equal(lines[1], "Nothing changes: the same lanes, routes and policies.");
      assert.match((await run({ from: "side...main" })).text, /^stack dev: where side and main parted -> main\ncare: /);
      assert.match(
        (await run({ from: "main..." })).text,
        /^stack dev: where main and HEAD parted -> the working tree\n/,
      );
      assert.match((await run({ from: "...main" })).text, /^stack dev: where HEAD and main parted -> main\ncare: /);
      assert.match(await problemsOf({ from: "main...nowhere" }), /nowhere: git knows no such revision/);
    } finally {
      await git("symbolic-ref", "HEAD", "refs/heads/main");
    }
    const { stdout: tree } = await git("rev-parse", "HEAD^{tree}");
    const { stdout: alone } = await git("commit-tree", tree, "-m", "alone");
    assert.match(
      await problemsOf({ from: `main...${alone}` }),
      /main\.\.\.[0-9a-f]+: the two have no commit in common/,
    );
  });

  it("looks for a file where it is run, then in the checkout", async () => {
    const at = mkdtempSync(join(tmpdir(), "mesh-lanes-diff-cwd-"));
    try {
      write("both.yaml", stack(s2Input));
      writeFileSync(join(at, "both.yaml"), stringify(stack(s2Input, promoted)));
      write("checkout.yaml", stack(s2Input));
      writeFileSync(join(at, "here.yaml"), stringify(stack(s2Input, promoted)));
      assert.match((await run({ from: "checkout.yaml", to: "here.yaml" }, at)).text, /lane group shop comes/);
      assert.match((await run({ from: "checkout.yaml", to: "both.yaml" }, at)).text, /lane group shop comes/);
    } finally {
      rmSync(at, { recursive: true });
    }
  });

  it("compares files", async () => {
    write("one.yaml", stack(s2Input));
    write("two.yaml", stack(s2Input, promoted));
    assert.match(
      (await run({ from: "one.yaml", to: "two.yaml" })).text,
      /^stack dev: one.yaml -> two.yaml\n(.*\n)*.*lane group shop comes/,
    );
  });

  it("takes a stack that one side does not have for one that comes or goes", async () => {
    write("Pulumi.new.yaml", stack(s2Input));
    assert.match((await run({ stack: "new" })).text, /^stack new: HEAD \(no such stack\) -> the working tree\n/);
    const cluster = { kind: "existing", kubeconfig: "kc", context: "theirs" };
    write("Pulumi.new.yaml", { config: { ...stack(s2Input).config, "mesh-lanes:cluster": cluster } });
    const { changes }: DiffReport = JSON.parse((await run({ stack: "new", json: true })).text);
    assert.deepEqual(new Set(changes.map(({ kind }) => kind)), new Set(["group-added", "newly-routed"]));
    assert.match(
      await problemsOf({ stack: "none" }),
      /there is no Pulumi\.none\.yaml in HEAD or the working tree\n.*\n {4}fix: Name a stack that exists: dev or new\.$/,
    );
  });

  it("takes a misspelt stack beside a file for a mistake: a file is of no stack", async () => {
    const expected = /--stack: got "none", and there is no Pulumi\.none\.yaml in (the working tree|HEAD)\n/;
    write("alone.yaml", stack(s2Input));
    for (const sides of [
      { from: "alone.yaml" },
      { from: "alone.yaml", to: "HEAD" },
      { from: "HEAD", to: "alone.yaml" },
    ]) {
      const text = await problemsOf({ stack: "none", ...sides });
      assert.match(text, expected);
      assert.match(text, /fix: Name a stack that exists: dev( or new)?\.$/);
    }
  });

  it("writes each form that is asked for in one run, the same bytes each time", async () => {
    const file = (name: string) => join(folder, name);
    const options = {
      from: "first..main",
      json: file("a.json"),
      markdown: file("a.md"),
      svg: file("a.svg"),
      mermaid: file("a.mmd"),
    };
    const read = () => ["a.json", "a.md", "a.svg", "a.mmd"].map((name) => readFileSync(file(name), "utf8"));
    const { text } = await run(options);
    assert.match(text, /^stack dev/);
    const [json = "", markdown = "", svg = "", mermaid = ""] = read();
    assert.equal(JSON.parse(json).format, "mesh-lanes/diff/1");
    assert.match(markdown, /^### Lanes of stack dev\n/);
    assert.match(svg, /<title id="lanes-title">Lanes of group shop before, Lanes of group shop after<\/title>/);
    assert.match(mermaid, /^flowchart LR\n {2}subgraph g0\["shop before/);
    await run(options);
    assert.deepEqual(read(), [json, markdown, svg, mermaid]);
    assert.equal((await run({ from: "first..main", json: true })).text, json);
  });

  it("says what is wrong with flags, revisions and configs", async () => {
    assert.match(await problemsOf({ json: true, svg: true }), /--json and --svg: both go to stdout/);
    assert.match(
      await problemsOf({ from: "nowhere" }),
      /nowhere: git knows no such revision, and there is no such file/,
    );
    assert.match(await problemsOf({ from: "--output=x" }), /git knows no such revision/);
    write("bad.yaml", stack({ ...s2Input, mode: "loose" }));
    assert.match(
      await problemsOf({ from: "bad.yaml" }),
      /^bad\.yaml: The stack's config has one problem\.\n {2}laneGroups\[0\]\.mode/,
    );
    assert.match(await problemsOf({ svg: join(folder, "no", "a.svg") }), /--svg: ENOENT/);
  });

  it("counts the sockets that a change of policies drains, as the report says it", async () => {
    const { versionLabel } = s4Input;
    const workload = ({ name, port, versions }: (typeof s4Input.services)[number]) => {
      return { name, namespace: "shop", app: "mock", port, versions, versionLabel };
    };
    const of = (...allow: unknown[]) => ({
      config: {
        "mesh-lanes:workloads": s4Input.services.map(workload),
        "mesh-lanes:laneGroups": [shop],
        "mesh-lanes:allow": allow,
      },
    });
    write("closed.yaml", of());
    write("open.yaml", of({ from: "jobs/nightly", to: "shop/mocka" }));
    write("inner.yaml", of({ from: "jobs/nightly", to: "shop/mockc" }));
    const line = { method: "GET", path: "/", authority: "a.example.com", route_name: "shop/entry", response_code: 101 };
    writeFileSync(join(folder, "access.log"), `${JSON.stringify(line)}\n`.repeat(3));
    const requests = [join(folder, "access.log")];
    const { text } = await run({ from: "closed.yaml", to: "open.yaml", requests });
    assert.match(text, /open sockets of shop\/mocka drain \(Istio: 45 s\): its policies change/);
    assert.match(text, /\n3 were WebSockets; 3 of them would drain\n/);
    // Behind the entry sockets are the services' own, which the gateway's log does not have.
    const inner = await run({ from: "closed.yaml", to: "inner.yaml", requests });
    assert.match(inner.text, /\n3 were WebSockets\n/);
  });

  it("tells another image of a version, and the variables of one that are not secret", async () => {
    const cart = (image: string, key: string) => ({
      config: {
        "mesh-lanes:workloads": [
          {
            name: "cart",
            image: "shop/cart:1.0.0",
            port: 80,
            versions: { v1: { env: { KEY: { secure: key } } }, v2: { image } },
          },
        ],
      },
    });
    write("before.yaml", cart("shop/cart:1.1.0", "v1:abc:def"));
    write("after.yaml", cart("shop/cart:1.2.0", "v1:xyz:uvw"));
    const { text } = await run({ from: "before.yaml", to: "after.yaml" });
    assert.match(
      text,
      /cart v2 runs shop\/cart:1\.2\.0, not shop\/cart:1\.1\.0: no lane uses it; open sockets of its old pods drain for 5 s before/,
    );
    assert.doesNotMatch(text, /cart v1/);
    assert.match(text, /care +workloads\.cart\.versions\.v1\.env\.KEY: encrypted again, so it may be another value/);
    assert.doesNotMatch(text, /abc|xyz/);
    const { text: json } = await run({ from: "before.yaml", to: "after.yaml", json: true });
    assert.doesNotMatch(json, /abc|xyz/);
    const same = await run({ from: "before.yaml", to: "before.yaml" });
    assert.equal(same.changed, false);
  });

  it("tells another revision of the mesh, and so does the exit code", async () => {
    const mesh = (more: object) => ({
      config: {
        ...stack(s2Input).config,
        ...{ "mesh-lanes:mesh": { kind: "istio", ...more }, "mesh-lanes:gateway": { drainSeconds: 45 } },
      },
    });
    write("before.yaml", mesh({}));
    write("after.yaml", mesh({ revision: "canary" }));
    const { text, changed } = await run({ from: "before.yaml", to: "after.yaml" });
    assert.match(text, /\ncare {2}mesh\.revision: none -> "canary"$/m);
    assert.match(
      text,
      /\ncare {2}pods of namespace istio-system are made again with proxies of control plane canary \(Istio .* the drain of their pod \(45 s\)$/m,
    );
    assert.equal(changed, true);
  });

  it("tells whose pods are made again when namespaces move to another control plane one by one", async () => {
    const workloads = ["a", "b"].map((name) => ({
      name,
      app: "mock",
      namespace: `shop-${name}`,
      port: 80,
      ...{ versions: ["v1", "v2"], drainSeconds: 60 },
    }));
    const mesh = (...namespaces: string[]) => ({
      config: {
        ...stack(s2Input).config,
        "mesh-lanes:workloads": workloads,
        "mesh-lanes:mesh": { version: "1.31.0", revision: "v1-31", previous: { version: "1.30.4", namespaces } },
      },
    });
    write("before.yaml", mesh("shop-a", "shop-b"));
    write("after.yaml", mesh("shop-b"));
    const { text } = await run({ from: "before.yaml", to: "after.yaml" });
    assert.match(
      text,
      /^care {2}pods of namespace shop-a are made again with proxies of control plane v1-31 \(Istio 1\.31\.0\), not default \(Istio 1\.30\.4\): open sockets end with the drain of their pod \(60 s\)$/m,
    );
    assert.match(text, /^care {2}mesh\.previous\.namespaces: \["shop-a","shop-b"\] -> \["shop-b"\]$/m);
    assert.doesNotMatch(text, /namespace (shop-b|istio-system) are/);
  });
});
