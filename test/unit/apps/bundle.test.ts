import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Metadata } from "@grpc/grpc-js";
import { buildSync } from "esbuild";
import { MockClient } from "../../../apps/mock/grpc/client";
import { containerfile } from "../../../tools/images/app-image";
import { get, Started, until } from "./app-test";

const apps = join(__dirname, "../../../apps");
const servers = ["mock", "helloworld", "wsk", "live-chart", "ws-echo", "otlp-sink"];

/** Each app as its image holds it: one file, in a folder without packages, run as a process of its own. */
describe("apps, bundled", () => {
  const started = new Started();
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "apps-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  afterEach(() => started.stopAll());

  function bundle(app: string): string {
    const outfile = join(folder, `${app}.js`);
    const entryPoints = [join(apps, app, "main.ts")];
    const { warnings } = buildSync({
      entryPoints,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "cjs",
      outfile,
    });
    assert.deepEqual(warnings, []);
    return outfile;
  }

  function start(args: readonly string[], env: Record<string, string> = {}) {
    const child: ChildProcess = spawn(process.execPath, args, { env, cwd: folder });
    started.later(() => child.kill("SIGKILL"));
    const said = { out: "", err: "" };
    child.stdout?.on("data", (chunk) => {
      said.out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      said.err += chunk;
    });
    const exit = once(child, "close").then(([code]) => code as number);
    return { child, said, exit };
  }

  async function startServer(args: readonly string[], env: Record<string, string> = {}) {
    const running = start(args, { PORT: "0", DRAIN_SECONDS: "0", ...env });
    await until(() => /listening/.test(running.said.out) || running.said.err !== "", "listening");
    assert.equal(running.said.err, "");
    const [, port = ""] = /"detail":"port (\d+)"/.exec(running.said.out) ?? [];
    return { ...running, url: new URL(`http://127.0.0.1:${port}/`) };
  }

  for (const app of servers) {
    it(`${app} runs, logs JSON lines and leaves with 0 on SIGTERM`, async () => {
      const { child, said, exit, url } = await startServer([bundle(app)], { VERSION: "v7" });
      assert.equal((await get(new URL("/healthz", url))).body, "ok\n");
      child.kill("SIGTERM");
      assert.equal(await exit, 0);
      const entries = said.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.deepEqual(
        entries.map(({ event }) => event),
        ["listening", "draining", "stopped"],
      );
      assert.deepEqual([...new Set(entries.map(({ version }) => version))], ["v7"]);
    });

    it(`${app} fails with 1 and every problem of its environment`, async () => {
      const { said, exit } = start([bundle(app)], { PORT: "x", VERSION: "?" });
      assert.equal(await exit, 1);
      assert.match(said.err, /^The environment of this app is wrong\.\n {2}VERSION: "\?"\n.*\n {2}PORT: "x"\n/);
    });
  }

  it("mock makes its calls through a request function that was replaced by --require", async () => {
    const hook = join(folder, "hook.cjs");
    writeFileSync(
      hook,
      `const http = require("http"); const request = http.request;
      http.request = (url, options, done) => request(url, { ...options, headers: { ...options.headers, baggage: "by=hook" } }, done);`,
    );
    const upstream = await started.fake((request, response) => response.end(String(request.headers.baggage)));
    const env = { UPSTREAM_URL: upstream.href, FORWARD_HEADERS: "", POD_IP: "10.0.0.1" };
    const { url } = await startServer(["--require", hook, bundle("mock")], env);
    assert.equal((await get(url)).body, "-> mock(version: v1, ip: 10.0.0.1)by=hook");
  });

  it("mock speaks gRPC where it is told to, and leaves with 0 on SIGTERM", async () => {
    const env = { PROTOCOL: "grpc", SERVICE_NAME: "a", POD_IP: "10.0.0.1" };
    const { child, said, exit, url } = await startServer([bundle("mock")], env);
    const client = new MockClient(url.host);
    started.later(() => client.close());
    const { text } = await client.call(new Metadata(), {});
    assert.equal(text, "-> a(version: v1, ip: 10.0.0.1)");
    child.kill("SIGTERM");
    assert.equal(await exit, 0);
    assert.match(said.out, /"kind":"grpc","path":"\/mesh_lanes.mock.v1.Mock\/Call","code":"OK"/);
  });

  it("ws-client talks to ws-echo, and sleeps until SIGTERM otherwise", async () => {
    const client = bundle("ws-client");
    const { url } = await startServer([bundle("ws-echo")]);
    const target = `ws://${url.host}`;
    const talk = start([client, "connect", target, "hello"]);
    assert.equal(await talk.exit, 0);
    assert.equal(talk.said.out, `Connected to ${target}.\n> hello\n< hello\nConnection closed: 1000 (OK).\n`);
    const sleeper = await startServer([client]);
    assert.equal((await get(new URL("/healthz", sleeper.url))).body, "ok\n");
    sleeper.child.kill("SIGTERM");
    assert.equal(await sleeper.exit, 0);
  });

  it("ws-client fails with 1 and its usage on wrong arguments", async () => {
    const { said, exit } = start([bundle("ws-client"), "connect"]);
    assert.equal(await exit, 1);
    assert.match(said.err, /usage:/);
  });

  it("import only Node's modules, ws, socket.io, gRPC and each other's shared folder", () => {
    const expected = new Set([
      "ws",
      "socket.io",
      "@grpc/grpc-js",
      "@grpc/proto-loader",
      ...builtinModules.map((name) => `node:${name}`),
    ]);
    for (const app of [...servers, "ws-client"]) {
      const result = buildSync({
        entryPoints: [join(apps, app, "main.ts")],
        bundle: true,
        platform: "node",
        packages: "external",
        metafile: true,
        write: false,
        absWorkingDir: apps,
      });
      const inputs = Object.entries(result.metafile.inputs);
      const outside = inputs.filter(([path]) => !path.startsWith(`${app}/`) && !path.startsWith("shared/"));
      const foreign = inputs
        .flatMap(([, { imports }]) => imports)
        .filter((each) => each.external && !expected.has(each.path));
      assert.deepEqual([app, outside.map(([path]) => path), foreign.map(({ path }) => path)], [app, [], []]);
    }
  });

  it("have a Containerfile that builds these bundles and runs them without privileges", () => {
    const lines = readFileSync(join(apps, "../", containerfile), "utf8").split("\n");
    const bases = lines.filter((line) => line.startsWith("FROM "));
    assert.equal(bases.length, 2);
    for (const base of bases) assert.match(base, /^FROM node:20\.\d+\.\d+-bookworm-slim( AS build)?$/);
    for (const line of ["ARG APP", "USER 1000:1000", 'ENTRYPOINT ["/usr/local/bin/node", "/app/main.js"]']) {
      assert.ok(lines.includes(line), line);
    }
  });

  describe("as the Containerfile's own command builds it", () => {
    const command = /^RUN npx (esbuild .*)$/m.exec(readFileSync(join(apps, "../", containerfile), "utf8"))?.[1] ?? "";
    /** In a folder of its own: what is written goes below it, not to /app. */
    const run = (env: NodeJS.ProcessEnv) =>
      spawnSync("sh", ["-c", command.replace("--outfile=/app/", `--outfile=${folder}/built/`)], {
        cwd: join(apps, ".."),
        env: { ...env, PATH: [join(apps, "../node_modules/.bin"), process.env.PATH].join(delimiter) },
        encoding: "utf8",
      });

    for (const app of [...servers, "ws-client"]) {
      it(`${app} is the same bundle`, () => {
        const { status, stderr } = run({ APP: app });
        assert.equal(status, 0, stderr);
        assert.equal(readFileSync(join(folder, "built/main.js"), "utf8"), readFileSync(bundle(app), "utf8"));
      });
    }

    it("without a name it fails and says what to add", () => {
      const { status, stderr } = run({});
      assert.notEqual(status, 0);
      assert.match(stderr, /name the app: --build-arg APP=mock/);
    });
  });
});
