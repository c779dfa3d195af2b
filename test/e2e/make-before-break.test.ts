import assert from "node:assert/strict";
import type { Document } from "yaml";
import { parseHops } from "../../cli/verify/hops";
import { Load } from "./load";
import { lanes, removeStackFile, stack, writeStack } from "./support";

const gateway = "http://10.200.0.2";

interface Lane {
  readonly name: string;
  readonly version?: string;
}

/** So many that the baseline's requests get a route in front of theirs. */
const manyLanes: readonly Lane[] = Array.from({ length: 10 }, (_, index) => ({ name: `more-${index}`, version: "v3" }));

/** A permissive group over the dev stack's services; its lanes are the test's to choose. */
function permissive(chosen: readonly Lane[]): (config: Document) => void {
  return (config) => {
    for (const index of [0, 1, 2]) config.deleteIn(["config", "mesh-lanes:laneGroups", 0, "lanes", index]);
    config.setIn(
      ["config", "mesh-lanes:laneGroups"],
      [
        {
          name: "shop",
          mode: "permissive",
          versionLabel: "ASM_TRAFFIC_TAG",
          services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
          entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
          routeHeader: "version",
          baseline: "v1",
          lanes: [...chosen],
        },
      ],
    );
  };
}

/** A lane comes and goes, as a promotion does, while requests for it are sent all the time. */
describe("a change of lanes under load", () => {
  const [v1, v2, v3]: [Lane, Lane, Lane] = [{ name: "v1" }, { name: "v2" }, { name: "v3" }];

  before(async () => {
    writeStack(permissive([v1, v2, v3]));
    const { exitCode, stdout } = await lanes("up", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
  });

  it("fails no request of a lane that is taken away and given back", async () => {
    const request = { path: "/", headers: { version: "v2" } };
    const load = new Load(gateway, request, 100, (answer) =>
      parseHops(answer.body)
        .map(({ version }) => version)
        .join(" -> "),
    );
    for (const chosen of [
      [v1, v3],
      [v1, v2, v3],
      [v1, v2, v3, ...manyLanes],
      [v1, v2, v3],
    ]) {
      writeStack(permissive(chosen));
      assert.equal((await lanes("up", "--stack", stack, "--no-verify")).exitCode, 0);
    }
    const { sent, failures, answers } = await load.stop();
    process.stderr.write(`${sent} requests: ${JSON.stringify(answers)}\n`);
    assert.deepEqual(failures, {});
    // Nobody meets half a lane: it is entered when it is whole, and left before it goes.
    assert.deepEqual(Object.keys(answers).sort(), ["v1 -> v1 -> v1", "v2 -> v2 -> v2"]);
    assert.ok((answers["v2 -> v2 -> v2"] ?? 0) > 500, "the lane was used");
    assert.ok((answers["v1 -> v1 -> v1"] ?? 0) > 500, "the baseline was used while the lane was away");
  });

  after(async () => {
    await lanes("stop", "--stack", stack, "--purge");
    removeStackFile();
  });
});
