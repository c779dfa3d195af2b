import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { parseHops } from "../../../cli/verify/hops";
import { poll, waitFor } from "../../../tools/poll";
import { clusterNames, configBytes } from "../../sidecar-config";
import { type Answer, HostClient } from "./http";
import { applyScenarios, changedScenario, useScenarios } from "./stack";

const file = "scenarios/s4-permissive.yaml";
const gateway = { namespace: "istio-system", deployment: "istio-ingressgateway" };
const count = 3;

/** A line of an access log, as far as lanes are concerned. */
interface Line {
  readonly lane: unknown;
  readonly route: unknown;
  readonly cluster: unknown;
  /** Version in `upstream_workload`. */
  readonly upstream: unknown;
}

/** Lanes as an operator sees them: S4's permissive group `baggage` and S2's strict group `test`, on real traffic. */
describe("Observability of lanes", () => {
  const stack = useScenarios();
  let permissive: HostClient;
  let strict: HostClient;

  before(() => {
    const url = stack().url("istio-system/ingressgateway/http");
    permissive = new HostClient(url, "mock.example.com");
    strict = new HostClient(url, "test.example.com");
  });
  after(() => {
    permissive.close();
    strict.close();
  });

  const lane = (name: string) => ({ cookie: `mesh-lane-baggage=${name}`, "x-mesh-lane": "spoofed" });
  const told = ({ headers }: Answer) => [headers["x-mesh-lane"], headers["x-mesh-version"]];

  /** The lines since a moment, once there are as many as there were requests. Envoy writes every 10 seconds at the latest. */
  async function accessLog(namespace: string, deployment: string, since: string, lines: number): Promise<Line[]> {
    const read = async () => {
      const text = await stack().kubectl(
        ...["logs", `deployment/${deployment}`, "--namespace", namespace, "--container=istio-proxy", "--tail=-1"],
      );
      return text
        .split("\n")
        .filter((line) => line.startsWith('{"'))
        .map((line) => JSON.parse(line))
        .filter((entry) => entry.start_time >= since);
    };
    let found: Awaited<ReturnType<typeof read>> = [];
    const all = async (): Promise<boolean> => {
      found = await read();
      return found.length >= lines;
    };
    await poll(all, { withinMs: 15_000, everyMs: 500 });
    return found.map((entry) => ({
      lane: entry.lane,
      route: entry.route_name,
      cluster: entry.upstream_cluster,
      upstream: entry.upstream_workload?.split(";")[3],
    }));
  }

  const own = (namespace: string, service: string, version: string) =>
    `outbound|8000|${version && `version-${version}`}|${service}.${namespace}.svc.cluster.local`;
  const fallback = (service: string, version: string) =>
    `lane-fallback|8000|version-${version},version-v1|${service}.baggage.svc.cluster.local`;
  const times = (...lines: Line[]) => lines.flatMap((line) => Array.from({ length: count }, () => line));
  const inbound = (of: string): Line => ({
    lane: of,
    route: "default",
    cluster: "inbound|8000||",
    upstream: undefined,
  });
  /** The order of a caller's and a callee's lines is not given. */
  const sorted = (lines: readonly Line[]) => lines.map((line) => JSON.stringify(line)).sort();
  async function logs(namespace: string, deployment: string, since: string, ...expected: Line[]): Promise<void> {
    const lines = times(...expected);
    assert.deepEqual(sorted(await accessLog(namespace, deployment, since, lines.length)), sorted(lines), deployment);
  }

  it("a permissive lane is in the access log of the gateway and of both sidecars of each call", async () => {
    const since = new Date().toISOString();
    for (const answer of await permissive.getMany(count, "/mock", lane("v2"))) {
      assert.equal(answer.status, 200);
      assert.deepEqual(told(answer), [undefined, undefined], "response headers are off by default");
    }
    await logs(gateway.namespace, gateway.deployment, since, {
      lane: "v2",
      route: "baggage/entry/v2/cookie",
      cluster: fallback("mocka", "v2"),
      upstream: "v2",
    });
    // mockb has no v2: its baseline answers, and the lane goes on.
    const toB = { lane: "v2", route: "baggage/mockb", cluster: own("baggage", "mockb", "v1"), upstream: "v1" };
    await logs("baggage", "mocka-v2", since, inbound("v2"), toB);
    const toC = {
      lane: "v2",
      route: "baggage/mockc/v2",
      cluster: fallback("mockc", "v2"),
      upstream: "v2",
    };
    await logs("baggage", "mockb-v1", since, inbound("v2"), toC);
    await logs("baggage", "mockc-v2", since, inbound("v2"));
  });

  it("a strict lane is there too, though no app forwards a header", async () => {
    const since = new Date().toISOString();
    const answers = await strict.getMany(count, "/mock", { "x-asm-prefer-tag": "s2", "x-mesh-lane": "spoofed" });
    assert.ok(answers.every(({ status }) => status === 200));
    const line = (route: string, callee: string): Line => ({
      lane: "s2",
      route,
      cluster: own("default", callee, "v2"),
      upstream: "v2",
    });
    await logs(gateway.namespace, gateway.deployment, since, line("test/entry/s2", "mocka"));
    await logs("default", "mocka-v2", since, inbound("s2"), line("test/mockb/s2", "mockb"));
    await logs("default", "mockb-v2", since, inbound("s2"), line("test/mockc/s2", "mockc"));
    await logs("default", "mockc-v2", since, inbound("s2"));
  });

  it("a request that enters no lane is logged without one, whatever the client claims", async () => {
    const since = new Date().toISOString();
    const answers = await strict.getMany(count, "/nothing", { "x-mesh-lane": "s2" });
    assert.ok(answers.every(({ status }) => status === 404));
    const refused = { lane: null, route: null, cluster: null, upstream: undefined };
    await logs(gateway.namespace, gateway.deployment, since, refused);
  });

  describe("with responseHeaders and scope", () => {
    let whole = "";

    // Not in the hook of the outer block, which comes after the one that takes the stack down.
    after(() => applyScenarios({}));

    const dump = () =>
      stack().kubectl(
        ...["exec", "deployment/mocka-v1", "--namespace=baggage", "--container=istio-proxy", "--"],
        ...["pilot-agent", "request", "GET", "config_dump?include_eds"],
      );
    /** Until a lane's answers come from these versions. */
    async function answersFrom(of: string, versions: string): Promise<Answer> {
      let last = "";
      const fits = async (): Promise<Answer | undefined> => {
        const answer = await permissive.get("/mock", lane(of));
        last = `${answer.status} ${answer.body}`;
        const seen = parseHops(answer.body).map(({ version }) => version);
        return answer.status === 200 && seen.join(" ") === versions ? answer : undefined;
      };
      return waitFor(() => `${versions}, the last was ${last}`, fits, { withinMs: 30_000, everyMs: 200 });
    }

    before(async () => {
      whole = await dump();
      await applyScenarios({
        [file]: changedScenario(file, (text) =>
          text.replace(
            "    mode: permissive\n",
            "    mode: permissive\n    responseHeaders: true\n    scope: { egress: [] }\n",
          ),
        ),
      });
    });

    it("answers tell their lane and the version that answered, by cookie and by weight", async () => {
      for (const name of ["v1", "v2", "v3"]) {
        let wrong: unknown[] = [];
        const right = async (): Promise<boolean> => {
          const answers = await permissive.getMany(20, "/mock", lane(name));
          wrong = answers.map(told).filter((seen) => !isDeepStrictEqual(seen, [name, name]));
          return wrong.length === 0;
        };
        // Connections that the pods had before stay as they were until they are drained, which takes 45 seconds.
        await poll(right, { withinMs: 60_000, everyMs: 500 });
        assert.deepEqual(wrong, []);
      }
      for (const answer of await permissive.getMany(20, "/mock")) {
        const given = /^mesh-lane-baggage=(v[123]);/.exec(answer.headers["set-cookie"]?.[0] ?? "")?.[1];
        assert.deepEqual(told(answer), [given, given]);
      }
    });

    it("answers of a group without it tell nothing", async () => {
      const answer = await strict.get("/mock", { "x-asm-prefer-tag": "s2" });
      assert.equal(answer.status, 200);
      assert.deepEqual(told(answer), [undefined, undefined]);
    });

    it("an app cannot tell another lane or version than it has", async () => {
      const fake = `require("node:http").createServer((_, response) => response
        .writeHead(200, { "x-mesh-lane": "fake", "x-mesh-version": "fake" }).end("fake")).listen(8000)`;
      const path = "/spec/template/spec/containers/0/command";
      const patch = async (operation: object) => {
        const change = JSON.stringify([{ path, ...operation }]);
        await stack().kubectl(
          "patch",
          "deployment/mocka-v3",
          "--namespace=baggage",
          "--type=json",
          `--patch=${change}`,
        );
        await stack().scale("baggage", "mocka-v3", 1);
      };
      try {
        await patch({ op: "add", value: ["/usr/local/bin/node", "-e", fake] });
        const faked = async (): Promise<Answer | undefined> => {
          const answer = await permissive.get("/mock", lane("v3"));
          return answer.body === "fake" ? answer : undefined;
        };
        const answer = await waitFor("an answer of the fake app", faked, { withinMs: 30_000, everyMs: 200 });
        assert.deepEqual(told(answer), ["v3", "v3"]);
      } finally {
        await patch({ op: "remove" });
      }
    });

    it("a sidecar knows the services that its own calls, and no others", async () => {
      const scoped = await dump();
      const clusters = clusterNames(scoped).filter((name) => /^outbound|lane-fallback/.test(name));
      assert.deepEqual(clusters.sort(), [
        ...["v1", "v3", ""].map((version) => own("baggage", "mockb", version)),
        `scoped-${fallback("mockb", "v3")}`,
      ]);
      const sum = (text: string) => Object.values(configBytes(text)).reduce((total, bytes) => total + bytes, 0);
      process.stderr.write(`config of mocka-v1's sidecar: ${sum(whole)} bytes, scoped ${sum(scoped)}\n`);
      assert.ok(sum(scoped) < sum(whole) / 2, `${sum(scoped)} of ${sum(whole)} bytes`);
    });

    it("a call out of scope is logged as one that passes through", async () => {
      const since = new Date().toISOString();
      const call = 'fetch("http://mockc:8000/outside").catch(() => {})';
      await stack().kubectl(
        ...["exec", "deployment/mocka-v1", "--namespace=baggage", "--container=app", "--"],
        ...["/usr/local/bin/node", "-e", call],
      );
      assert.deepEqual(await accessLog("baggage", "mocka-v1", since, 1), [
        { lane: null, route: "allow_any", cluster: "PassthroughCluster", upstream: undefined },
      ]);
    });

    it("a fallback at run time shows in the log and in the version of the answer", async () => {
      await answersFrom("v2", "v2 v1 v2");
      try {
        await Promise.all([stack().scale("baggage", "mocka-v2", 0), stack().scale("baggage", "mockc-v2", 0)]);
        await answersFrom("v2", "v1 v1 v1");
        const since = new Date().toISOString();
        for (const answer of await permissive.getMany(count, "/mock", lane("v2"))) {
          assert.deepEqual([answer.status, ...told(answer)], [200, "v2", "v1"]);
        }
        await logs(gateway.namespace, gateway.deployment, since, {
          lane: "v2",
          route: "baggage/entry/v2/cookie",
          cluster: fallback("mocka", "v2"),
          upstream: "v1",
        });
        await logs("baggage", "mockb-v1", since, inbound("v2"), {
          lane: "v2",
          route: "baggage/mockc/v2",
          cluster: `scoped-${fallback("mockc", "v2")}`,
          upstream: "v1",
        });
      } finally {
        await Promise.all([stack().scale("baggage", "mocka-v2", 1), stack().scale("baggage", "mockc-v2", 1)]);
      }
      await answersFrom("v2", "v2 v1 v2");
    });
  });
});
