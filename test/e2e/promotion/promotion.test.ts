import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Document, parseDocument } from "yaml";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import { HeldSockets } from "../held-sockets";
import { versionsMet } from "../load";
import { setMeshRetries } from "../mesh-retries";
import { repeatedCalls } from "../repeated-calls";
import { type OpenSocket, openWebSocket, type WebSocketTarget } from "../sockets";
import { bringUp, endStack, safeChange } from "../suite-stack";
import { lanes, type RunResult, stack, stackEnvironment, writeStack } from "../support";
import { LaneLoads } from "./lane-loads";
import { lifeOf, type Meanwhile, takenBack } from "./life";

const gateway = "http://10.200.0.2";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);

/** The whole life of a lane is repeated, there and back, until so many requests were sent. */
const wantedRequests = Number(process.env.MESH_LANES_REQUESTS ?? 0);
/** Requests a second, of all loads together. */
const perSecond = Number(process.env.MESH_LANES_RATE ?? 30);
/** Sockets that are held open from start to end, in lanes that stay. */
const socketsHeld = Number(process.env.MESH_LANES_SOCKETS ?? 20);
/** Between two messages of each of them. */
const messageMs = 5000;

/** So many answers of a version show that it was used. */
const enough = 200;
const socketsOpen = 5;

/** So many lanes at once that the baseline's requests get a route in front of theirs. */
const manyLanes = Array.from({ length: 10 }, (_, index) => ({ name: `more-${index}`, version: "v3" }));

/** A shop by header and weight, and a WebSocket server, each with three lanes. */
function config(document: Document): void {
  const gatewayName = "istio-system/ingressgateway";
  for (const index of [0, 1, 2]) document.deleteIn(["config", "mesh-lanes:laneGroups", 0, "lanes", index]);
  document.addIn(["config", "mesh-lanes:workloads"], {
    ...{
      name: "chat",
      app: "ws-echo",
      port: 80,
      targetPort: 8080,
      portName: "http-websocket",
      versions: ["v1", "v2", "v3"],
    },
  });
  document.setIn(
    ["config", "mesh-lanes:laneGroups"],
    document.createNode([
      {
        ...{
          name: "shop",
          mode: "permissive",
          versionLabel: "ASM_TRAFFIC_TAG",
          baseline: "v1",
          routeHeader: "version",
        },
        services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
        entry: { service: "mocka", gateway: gatewayName, hosts: ["shop.example.com"], header: "version" },
        lanes: [{ name: "v1" }, { name: "v2" }, { name: "v3" }],
      },
      {
        ...{ name: "chat", mode: "strict", baseline: "v1" },
        services: [{ name: "chat", port: 80, versions: ["v1", "v2", "v3"] }],
        entry: {
          service: "chat",
          gateway: gatewayName,
          hosts: ["chat.example.com"],
          header: "x-lane",
          unmatched: "v1",
        },
        lanes: [{ name: "v1" }, { name: "v2" }, { name: "v3" }],
      },
    ]),
  );
}

/** Lane v2 comes and goes, and has a share, all or nothing; the others stay. */
const firstLife: Meanwhile = {
  title: "the first life",
  before: { taking: ["v1", "v2", "v3"], weighted: ["v1", "v2"] },
  after: { taking: ["v1", "v3"], weighted: ["v1"] },
};

/** A socket of the chat. @param lane that the handshake names, if it names one. */
function chat(lane: string | undefined, servedBy: string): WebSocketTarget {
  const headers = { host: "chat.example.com", ...(lane && { "x-lane": lane }) };
  const url = new URL("/", gateway.replace("http", "ws"));
  return { url, options: { headers }, way: "text", servedBy: `chat/${servedBy}` };
}

/** A socket in a lane of the chat that stays: by its name, or because the handshake names none. */
function lasting(index: number): WebSocketTarget {
  if (index % 3 === 0) return chat(undefined, "v1");
  return index % 3 === 1 ? chat("v1", "v1") : chat("v3", "v3");
}

/**
 * A canary's whole life by the commands that edit the config, an update after each, while requests are sent and sockets are open. The
 * mesh sends nothing a second time, so that no failure is hidden.
 */
describe("the life of a lane, by command, under load", () => {
  let loads: LaneLoads | undefined;
  let held: HeldSockets | undefined;
  const sockets: OpenSocket[] = [];
  let env: NodeJS.ProcessEnv = {};
  const kubectl = (...args: string[]) => runKubectl({ flags: [], env }, args, { timeoutSeconds: 200 });

  /** One command of the lifecycle, and the update. */
  const change = async (...args: string[]): Promise<void> => {
    await edited(...args);
    await update();
  };
  const edited = async (...args: string[]): Promise<RunResult> => {
    const result = await lanes(...args, "--stack", stack, "--yes");
    assert.equal(result.exitCode, 0, result.stdout + result.stderr);
    return result;
  };
  const update = async (): Promise<void> => {
    await safeChange("--no-verify");
  };
  const ask = async (headers: Record<string, string>): Promise<string> => {
    const client = new GatewayClient(gateway);
    try {
      return versionsMet(await client.send({ host: "shop.example.com", path: "/", headers }));
    } finally {
      client.close();
    }
  };
  const openChat = async (servedBy: string): Promise<void> => {
    sockets.push(await openWebSocket(chat("v2", servedBy), 500));
  };
  const its = (): LaneLoads => loads ?? assert.fail("there is no load");
  let asked = "";
  /** Fails for what has gone wrong so far. */
  const nothingWrong = (during: string): void => {
    assert.deepEqual([...its().problems(), ...(held?.result.problems ?? [])], [], during);
  };
  /** The same of what the apps did again. Before pods go, since their logs go with them. */
  const nothingRepeated = async (): Promise<void> => {
    const since = asked;
    asked = new Date().toISOString();
    const callers = ["mocka", "mockb"].map((app) => ({ app, namespace: "default" }));
    assert.deepEqual(await repeatedCalls(kubectl, callers, since), []);
  };

  before(async () => {
    writeStack(config);
    await bringUp("--no-verify");
    env = await stackEnvironment();
    await setMeshRetries(kubectl, 0);
    asked = new Date().toISOString();
    held = await HeldSockets.open(
      Array.from({ length: socketsHeld }, (_, index) => lasting(index)),
      messageMs,
    );
    loads = new LaneLoads(gateway, { host: "shop.example.com", path: "/" }, ["v1", "v2", "v3"], perSecond, firstLife);
    for (let count = 0; count < socketsOpen; count += 1) await openChat("v2");
  });

  it("gives it a share, all of it, and none again", async () => {
    await change("shift", "v2=10", "--group", "shop");
    await change("promote", "v2", "--group", "shop");
    assert.equal(await ask({}), "v2 v2 v2");
    // The faster the updates, the fewer requests come between two of them.
    const met = () => (its().answers("no lane")["v2 v2 v2"] ?? 0) > enough;
    await waitFor("the load to meet the lane", met, { withinMs: 60_000 });
    await change("rollback", "--to", "v1", "--group", "shop");
    assert.equal(await ask({}), "v1 v1 v1");
  });

  it("drains it: nobody new, but sockets and clients with its cookie stay", async () => {
    await edited("drain", "v2", "--group", "shop");
    await edited("drain", "v2", "--group", "chat");
    await update();
    assert.equal(await ask({ version: "v2" }), "v1 v1 v1");
    assert.equal(await ask({ cookie: "mesh-lane-shop=v2" }), "v2 v2 v2");
    // This one names the lane too, and is in the baseline.
    await openChat("v1");
  });

  it("refuses to retire it while sockets are open, with their number, and waits for them where it is told to", async () => {
    const before = readFileSync(stackFile, "utf8");
    const refused = await lanes("retire", "v2", "--group", "chat", "--stack", stack, "--yes");
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout + refused.stderr, new RegExp(`open requests or sockets: ${socketsOpen} at chat\\n`));
    assert.equal(readFileSync(stackFile, "utf8"), before);
    const waiting = edited("retire", "v2", "--group", "chat", "--wait", "120");
    // Time to find the sockets open. The command tells it on stderr, which `lanes` hands out only at the end.
    await sleep(3000);
    for (const socket of sockets) {
      const { sent, problems } = await socket.stop();
      assert.deepEqual(problems, []);
      assert.ok(sent > 5);
    }
    assert.match((await waiting).stdout, /nothing is open in lane v2: \d+ proxies were asked/);
  });

  it("retires it with its pods", async () => {
    await nothingRepeated();
    await change("retire", "v2", "--group", "shop", "--wait", "60");
    assert.equal(await ask({ cookie: "mesh-lane-shop=v2" }), "v1 v1 v1");
  });

  if (wantedRequests > 0)
    it("goes through its whole life, there and back, until as many requests were sent as are wanted", async function () {
      this.timeout(0);
      while (its().sent < wantedRequests) {
        for (const [comes, goes] of [
          ["v2", "v1"],
          ["v1", "v2"],
        ] as const) {
          await live(comes, goes);
        }
      }
      its().begin(firstLife);
    });

  it("adds it again", async () => {
    await change("add", "v2", "--from", "v1", "--group", "shop");
    assert.equal(await ask({ version: "v2" }), "v2 v2 v2");
  });

  it("adds many lanes at once, and takes them away", async () => {
    const few = readFileSync(stackFile, "utf8");
    const many = parseDocument(few);
    // A group with weights has one on every lane.
    for (const lane of manyLanes) {
      many.addIn(["config", "mesh-lanes:laneGroups", 0, "lanes"], many.createNode({ ...lane, weight: 0 }));
    }
    writeFileSync(stackFile, many.toString());
    await update();
    writeFileSync(stackFile, few);
    await update();
  });

  it("has failed no request and mixed none, dropped no socket and lost no message", async () => {
    await its().stop();
    await held?.stop();
    nothingWrong("the end");
    await nothingRepeated();
    for (const named of ["v2", "no lane"]) {
      const answers = its().answers(named);
      assert.ok((answers["v2 v2 v2"] ?? 0) > enough / 4, `${named}: the lane was used`);
      assert.ok((answers["v1 v1 v1"] ?? 0) > enough / 4, `${named}: the baseline was used`);
    }
    const { sent = 0, echoed } = held?.result ?? {};
    assert.ok(sent > socketsHeld);
    assert.equal(echoed, sent);
  });

  after(async () => {
    await loads?.stop();
    const { problems = [], ...rest } = (await held?.stop()) ?? {};
    if (loads)
      process.stderr.write(`${loads.report()}; held open: ${JSON.stringify(rest)}, ${problems.length} problems\n`);
    for (const socket of sockets) await socket.stop();
    await endStack();
  });

  /**
   * One lane of the shop takes the place of the other. Meanwhile lane v2 of the chat comes, is promoted, taken back and retired, with
   * sockets of its own: those that are held are in lanes that stay.
   */
  async function live(comes: string, goes: string): Promise<void> {
    let own: HeldSockets | undefined;
    try {
      for (const step of lifeOf({ comes, goes, lasts: "v3" })) {
        const [name] = step.command;
        process.stderr.write(`${step.title}, after ${its().sent} requests\n`);
        if (name === "retire") {
          await nothingRepeated();
          const { sent = 0, problems } = (await own?.stop()) ?? {};
          assert.deepEqual(problems, []);
          assert.ok(sent > socketsOpen);
        }
        its().begin(step);
        const beside = takenBack(step, "v2", "v1");
        await edited(...step.command, "--group", "shop");
        if (beside) await edited(...beside, "--group", "chat");
        await update();
        if (name === "add") {
          const targets = Array.from({ length: socketsOpen }, () => chat("v2", "v2"));
          own = await HeldSockets.open(targets, messageMs / 10);
        }
        // Some time in the new state, and not a wait for one: nothing may fail in it.
        await sleep(2000);
        nothingWrong(step.title);
      }
    } finally {
      await own?.stop();
    }
  }
});
