import assert from "node:assert/strict";
import { Agent } from "node:https";
import { parseHops } from "../../../cli/verify/hops";
import type { HttpAnswer } from "../../../tools/http/client";
import { Load, type LoadResult } from "../load";
import { setMeshRetries } from "../mesh-retries";
import { repeatedCalls } from "../repeated-calls";
import { Handshakes, type OpenSocket, openSocketIo, openWebSocket, type SocketResult } from "../sockets";
import { lanes, stack as stackName, writeStack } from "../support";
import { type LaneStep, laneHeader, scenariosAt } from "./lane-steps";
import { applyScenarios, useScenarios } from "./stack";

/** Requests a second of each HTTP load; messages go out every so many milliseconds on each socket. */
const requestsPerSecond = 6;
const messageMs = 500;
const handshakeMs = 1000;
const socketsPerLane = 6;

const callers = [
  ...["mocka", "mockb", "wsk"].map((app) => ({ app, namespace: "default" })),
  ...["mocka", "mockb"].map((app) => ({ app, namespace: "baggage" })),
];

/** No header at all for an empty value. */
function header(name: string, value: string): Record<string, string> {
  return value === "" ? {} : { [name]: value };
}

/**
 * The newest lane of every scenario comes, grows, becomes the baseline, is rolled back and goes, while requests are sent
 * and sockets are open on all lanes. The mesh sends nothing a second time, so that no failure is hidden.
 */
describe("changes of lanes under load, in all scenarios at once", () => {
  const loads = new Map<string, Load>();
  const handshakes = new Map<string, Handshakes>();
  const sockets = new Map<string, OpenSocket>();

  // Before the hook of useScenarios, which may take the stack down.
  after(async () => {
    for (const each of [...loads.values(), ...handshakes.values(), ...sockets.values()]) await each.stop();
    await setMeshRetries(kubectl, undefined);
    // As the other tests of the scenarios want it.
    await applyScenarios();
  });

  const stack = useScenarios();
  const kubectl = (...args: string[]) => stack().kubectl(...args);
  let startedAt = "";

  const chain = ({ body }: HttpAnswer) =>
    parseHops(body)
      .map(({ version }) => version)
      .join(" ");
  const servedBy = ({ headers }: HttpAnswer) => String(headers["x-served-by"]);
  const greeting = (answer: string) => /version: (v\d+)/.exec(answer)?.[1] ?? answer;

  before(async () => {
    await setMeshRetries(kubectl, 0);
    await change("start");
    startedAt = new Date().toISOString();
    const http = stack().url("istio-system/ingressgateway/http");
    for (const lane of ["s1", "s2", "s3", ""]) {
      const headers = header("x-asm-prefer-tag", lane);
      load(`S2 ${lane || "no lane"}`, http, { path: "/mock", headers }, chain);
    }
    for (const lane of ["v1", "v2", "v3", ""]) {
      const headers = header("cookie", lane && `mesh-lane-baggage=${lane}`);
      load(`S4 ${lane || "no lane"}`, http, { host: "mock.example.com", path: "/mock", headers }, chain);
    }
    const chart = stack().url("default/tornado-gateway/http");
    for (const lane of ["v1", "v2", ""]) {
      const headers = header(laneHeader, lane);
      load(`S3 ${lane || "no lane"}`, chart, { host: "a.example.com", path: "/api/state", headers }, servedBy);
    }
    for (const [name, open] of Object.entries(opens())) {
      handshakes.set(`${name} no lane`, new Handshakes(() => open("", handshakeMs / 10), handshakeMs));
    }
    await openSockets({ S1: ["v1", "v2"], others: ["v1"] });
  });

  it("adds a lane, with its pods", async () => {
    await change("add");
    await openSockets({ S1: ["v3"], others: ["v2"] });
    await settle();
  });

  it("shifts weight to it", async () => {
    await change("shift");
    await settle();
  });

  it("promotes it to the baseline", async () => {
    await change("promote");
    await settle();
  });

  it("rolls back", async () => {
    await change("roll back");
    await settle();
  });

  it("retires the lane", async () => {
    await change("retire");
    await settle();
  });

  it("has failed no request, dropped no socket, lost no message", async () => {
    const report: Record<string, Omit<LoadResult, "failures"> | Omit<SocketResult, "problems">> = {};
    const failed: Record<string, unknown> = {};
    for (const [name, each] of loads) {
      const { failures, ...rest } = await each.stop();
      report[name] = rest;
      if (Object.keys(failures).length > 0) failed[name] = failures;
    }
    for (const [name, each] of [...handshakes, ...sockets]) {
      const { problems, ...rest } = await each.stop();
      report[name] = rest;
      if (problems.length > 0) failed[name] = problems;
    }
    for (const [name, { sent, answers }] of Object.entries(report)) {
      // One socket of a lane stands for all of them.
      if (/socket [2-9]/.test(name)) continue;
      process.stderr.write(`${name}: ${sent} sent, ${JSON.stringify(answers)}\n`);
    }
    assert.deepEqual(failed, {});
    assert.deepEqual(await repeatedCalls(kubectl, callers, startedAt), []);
    const answersOf = (name: string) => Object.keys(report[name]?.answers ?? {}).sort();
    // Strict lanes never mix: whoever leaves the entry in a lane stays in it.
    const whole = ["v1 v1 v1", "v2 v2 v2", "v3 v3 v3"];
    assert.deepEqual(answersOf("S2 s1"), whole.slice(0, 1));
    assert.deepEqual(answersOf("S2 s2"), whole.slice(1, 2));
    assert.deepEqual(answersOf("S2 s3"), [whole[0], whole[2]]);
    assert.deepEqual(answersOf("S2 no lane"), [whole[0], whole[2]]);
    // Nor does a permissive lane that comes and goes. The baseline, when its versions change, may for a moment.
    assert.deepEqual(answersOf("S4 v2"), ["v2 v1 v2", "v2 v3 v2"]);
    assert.ok(answersOf("S4 v3").includes("v3 v3 v1"));
    assert.ok(!answersOf("S4 v3").includes("v3 v1 v1"), "lane v3 was left in the middle of the chain");
    assert.deepEqual(answersOf("S3 v2"), ["tornado/v1", "tornado/v2"]);
    for (let index = 1; index <= socketsPerLane; index += 1) {
      assert.deepEqual(answersOf(`S1 v1, socket ${index}`), ["v1"]);
      assert.deepEqual(answersOf(`S1 v2, socket ${index}`), ["v2"]);
      assert.deepEqual(answersOf(`S1 v3, socket ${index}`), ["v1", "v3"]);
    }
  });

  async function change(step: LaneStep): Promise<void> {
    writeStack(scenariosAt(step));
    const startedAt = performance.now();
    const { exitCode, stdout } = await lanes("up", "--stack", stackName, "--no-verify");
    assert.equal(exitCode, 0, stdout);
    process.stderr.write(`${step}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`);
  }

  /** Some time in the new state, and not a wait for one: nothing may fail in it. What did is named with the step that it failed in. */
  async function settle(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    for (const [name, { result }] of loads) assert.deepEqual(result.failures, {}, name);
    for (const [name, { result }] of handshakes) assert.deepEqual(result.problems, [], name);
  }

  function load(
    name: string,
    url: string,
    request: ConstructorParameters<typeof Load>[1],
    describe: (answer: HttpAnswer) => string,
  ) {
    loads.set(name, new Load(url, request, requestsPerSecond, describe));
  }

  /** How to open a socket in a lane, or in none, of each scenario that has sockets. */
  function opens(): Record<string, (lane: string, everyMs: number) => Promise<OpenSocket>> {
    const ws = (port: string) => stack().url(port).replace(/^http/, "ws");
    const echo = (host: string) => (lane: string, everyMs: number) =>
      openWebSocket(
        {
          url: new URL("/", ws("istio-system/ingressgateway/http")),
          options: { headers: { host, ...header(laneHeader, lane) } },
          way: "text",
        },
        everyMs,
      );
    const host = "a.example.com";
    return {
      S1: (lane, everyMs) =>
        openSocketIo(stack().url("default/ws-gateway/http"), header("version", lane), everyMs, greeting),
      S3: (lane, everyMs) =>
        openWebSocket(
          {
            url: new URL("/ws", ws("default/tornado-gateway/https")),
            options: {
              headers: { host, ...header(laneHeader, lane) },
              agent: new Agent({ servername: host, ca: stack().authorities["myexample-credential"] }),
            },
            way: "ping",
          },
          everyMs,
        ),
      "S5 over HTTP/2": echo("websockets.example.com"),
      "S5 over HTTP/1.1": echo("websockets-http1.example.com"),
    };
  }

  async function openSockets(names: { readonly S1: readonly string[]; readonly others: readonly string[] }) {
    for (const [scenario, open] of Object.entries(opens())) {
      for (const lane of scenario === "S1" ? names.S1 : names.others) {
        for (let index = 1; index <= socketsPerLane; index += 1) {
          sockets.set(`${scenario} ${lane}, socket ${index}`, await open(lane, messageMs));
        }
      }
    }
  }
});
