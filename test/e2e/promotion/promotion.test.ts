import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Document, parseDocument } from "yaml";
import { GatewayClient } from "../../../cli/verify/gateway-client";
import { projectRoot } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import { Load, versionsMet } from "../load";
import { type OpenSocket, openWebSocket } from "../sockets";
import { bringUp, endStack, safeChange } from "../suite-stack";
import { lanes, type RunResult, stack, writeStack } from "../support";

const gateway = "http://10.200.0.2";
const stackFile = join(projectRoot, `Pulumi.${stack}.yaml`);
const perSecond = 15;
/** So many answers of a version show that it was used. */
const enough = 200;
const socketsOpen = 5;

/** So many lanes at once that the baseline's requests get a route in front of theirs. */
const manyLanes = Array.from({ length: 10 }, (_, index) => ({ name: `more-${index}`, version: "v3" }));

/** A shop by header and weight, and a WebSocket server with two lanes. */
function config(document: Document): void {
  const gatewayName = "istio-system/ingressgateway";
  for (const index of [0, 1, 2]) document.deleteIn(["config", "mesh-lanes:laneGroups", 0, "lanes", index]);
  document.addIn(["config", "mesh-lanes:workloads"], {
    ...{ name: "chat", app: "ws-echo", port: 80, targetPort: 8080, portName: "http-websocket", versions: ["v1", "v2"] },
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
        services: [{ name: "chat", port: 80, versions: ["v1", "v2"] }],
        entry: {
          service: "chat",
          gateway: gatewayName,
          hosts: ["chat.example.com"],
          header: "x-lane",
          unmatched: "v1",
        },
        lanes: [{ name: "v1" }, { name: "v2" }],
      },
    ]),
  );
}

/**
 * A canary's whole life by the commands that edit the config, an update after each, while requests are sent and sockets are open.
 */
describe("the life of a lane, by command, under load", () => {
  const loads: Record<"in the lane" | "in no lane", Load | undefined> = {
    "in the lane": undefined,
    "in no lane": undefined,
  };
  const sockets: OpenSocket[] = [];

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
  const openChat = async (): Promise<void> => {
    const headers = { host: "chat.example.com", "x-lane": "v2" };
    const url = new URL("/", gateway.replace("http", "ws"));
    sockets.push(await openWebSocket({ url, options: { headers }, way: "text" }, 500));
  };

  before(async () => {
    writeStack(config);
    await bringUp("--no-verify");
    const load = (headers: Record<string, string>) =>
      new Load(gateway, { host: "shop.example.com", path: "/", headers }, perSecond, versionsMet);
    loads["in the lane"] = load({ version: "v2" });
    loads["in no lane"] = load({});
    for (let count = 0; count < socketsOpen; count += 1) await openChat();
  });

  it("gives it a share, all of it, and none again", async () => {
    await change("shift", "v2=10", "--group", "shop");
    await change("promote", "v2", "--group", "shop");
    assert.equal(await ask({}), "v2 v2 v2");
    // The faster the updates, the fewer requests come between two of them.
    const promoted = loads["in no lane"]?.result.answers;
    await waitFor("the load to meet the lane", () => (promoted?.["v2 v2 v2"] ?? 0) > enough, { withinMs: 60_000 });
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
    await openChat();
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

  it("retires it with its pods, and adds it again", async () => {
    await change("retire", "v2", "--group", "shop", "--wait", "60");
    assert.equal(await ask({ cookie: "mesh-lane-shop=v2" }), "v1 v1 v1");
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

  it("has failed no request and mixed none", async () => {
    for (const [name, load] of Object.entries(loads)) {
      assert.ok(load);
      const { sent, failures, answers } = await load.stop();
      process.stderr.write(`${name}: ${sent} requests: ${JSON.stringify(answers)}\n`);
      assert.deepEqual(failures, {}, name);
      assert.deepEqual(Object.keys(answers).sort(), ["v1 v1 v1", "v2 v2 v2"], name);
      assert.ok((answers["v2 v2 v2"] ?? 0) > enough, `${name}: the lane was used`);
      assert.ok((answers["v1 v1 v1"] ?? 0) > enough, `${name}: the baseline was used`);
    }
  });

  after(async () => {
    for (const each of [...Object.values(loads), ...sockets]) await each?.stop();
    await endStack();
  });
});
