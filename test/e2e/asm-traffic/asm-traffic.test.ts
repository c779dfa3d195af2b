import assert from "node:assert/strict";
import type { HostClient } from "../scenarios/http";
import { fallsBack, goneInV2, type Lane } from "../scenarios/mock-chains";
import { asSwimlanes, scenarioGroup, scenarioGroups, withLaneNames } from "../scenarios/scenario-groups";
import { clientKinds, clientName } from "../scenarios/socket-io-clients";
import { variants } from "../scenarios/socket-log";
import {
  answersSockets,
  echoesOver,
  keepsPermissiveLane,
  keepsStrictLane,
  mixesNoLanes,
  mockClient,
  showsChanges,
} from "./checks";
import { carriesAnotherHeader, dropsFallback, mistakesPods, readsAnotherLabel } from "./faults";
import { AsmTraffic } from "./mesh";

const strictLanes = { s1: "v1", s2: "v2", s3: "v3" } as const;
const permissiveLanes: readonly Lane[] = ["v1", "v2", "v3"];

/**
 * Traffic of S1 to S5 over the objects that the product makes on ASM. What stands between them and the proxies is a controller of the
 * tests (test/asm-controller), written from ASM's documents: ASM itself cannot run here.
 */
describe("ASM's objects, carried over to upstream Istio by the controller of the tests", () => {
  let asm: AsmTraffic;
  let strict: HostClient;
  let permissive: HostClient;

  before(async () => {
    asm = await AsmTraffic.bringUp();
    strict = mockClient(asm.node, "lanes.example.com");
    permissive = mockClient(asm.node, "mock.example.com");
  });

  after(async () => {
    strict?.close();
    permissive?.close();
    await asm?.stop();
  });

  const scale = (deployment: string, replicas: number) => asm.node.scale("baggage", deployment, replicas);

  describe("as routes", () => {
    before(async () => {
      await asm.use(scenarioGroups());
      assert.deepEqual(await asm.kinds(), [
        "ASMHeaderPropagation",
        "DestinationRule",
        "TrafficLabel",
        "VirtualService",
      ]);
    });

    it("S2 and S4: 100 of 100 requests of each of six lanes are right at every hop", async () => {
      for (const [lane, version] of Object.entries(strictLanes)) await keepsStrictLane(strict, lane, version);
      for (const lane of permissiveLanes) await keepsPermissiveLane(permissive, lane);
    });

    it("S1: 100 of 100 messages of each kind of client are answered from its lane", async () => {
      for (const { header, own } of clientKinds) await answersSockets(asm.node, header, own);
    });

    it("S3: 100 of 100 changes arrive over wss", () => showsChanges(asm.node));

    for (const variant of variants) {
      it(`S5: ${variant.policy} echoes over ${variant.protocol}`, () => echoesOver(asm.node, variant));
    }

    for (const gone of goneInV2) {
      it(`falls back while ${gone.deployment} has no pod: 100 of 100, and none fails under load`, () =>
        fallsBack(permissive, gone, scale));
    }

    describe("the checks fail for a controller that", () => {
      afterEach(() => asm.carryOver());

      it("drops the fallback", async () => {
        await asm.carryOver(dropsFallback);
        await assert.rejects(fallsBack(permissive, goneInV2[1], scale), /waited 30 s for an answer of the baseline/);
      });

      it("carries another header", async () => {
        await asm.carryOver(carriesAnotherHeader);
        await assert.rejects(keepsPermissiveLane(permissive, "v2"), /v2 v1 v1/);
        await assert.rejects(answersSockets(asm.node, "v2", "v2"), /hello v1/);
      });

      it("reads another label of the pods", async () => {
        await asm.carryOver(readsAnotherLabel);
        await assert.rejects(keepsStrictLane(strict, "s2", "v2"), /404|50\d/);
      });
    });
  });

  describe("as swimlanes", () => {
    before(async () => {
      const baggage = withLaneNames(asSwimlanes(scenarioGroup("baggage")), (name) => name.replace("v", "g"));
      await asm.use([asSwimlanes(scenarioGroup("test")), asSwimlanes(scenarioGroup("websocket")), baggage]);
      // The one VirtualService is the entry of S1, as in document 000.
      assert.deepEqual(await asm.kinds(), ["ASMSwimLane", "ASMSwimLaneGroup", "VirtualService"]);
      await asm.renewPods();
    });

    it("S2: 100 of 100 requests of each lane are right at every hop", async () => {
      for (const [lane, version] of Object.entries(strictLanes)) await keepsStrictLane(strict, lane, version);
    });

    for (const { header, own } of clientKinds) {
      it(`S1: 100 of 100 messages of clients ${clientName(header)} are answered from helloworld ${own}`, () =>
        answersSockets(asm.node, header, own));
    }

    it("S4: 300 requests that enter by weight meet the lanes of the document and no mixture", () =>
      mixesNoLanes(permissive));

    it("fail the checks where the controller takes other pods for a lane's", async () => {
      await asm.carryOver(mistakesPods("g2", { ASM_TRAFFIC_TAG: "v3" }));
      await assert.rejects(mixesNoLanes(permissive), /v3 v1 v1/);
      await asm.carryOver(mistakesPods("s2", { ASM_TRAFFIC_TAG: "v3" }));
      await assert.rejects(keepsStrictLane(strict, "s2", "v2"));
    });
  });
});
