import assert from "node:assert/strict";
import { join } from "node:path";
import { loadStackConfig, readStackConfigFile } from "../../../config/read";
import { projectRoot } from "../../../tools/paths";
import { scenarios } from "../repository";

/** Every fragment -> the lane groups that it adds. */
const fragments = {
  "s1-websocket.yaml": ["websocket"],
  "s3-live-chart.yaml": ["live-chart"],
  "s4-otel.yaml": ["otel"],
  "s4-permissive.yaml": ["baggage"],
  "s5-websocket-protocols.yaml": ["websockets", "websockets-http1"],
};

describe("scenarios", () => {
  const dev = readStackConfigFile(join(projectRoot, "Pulumi.dev.yaml"));

  function groupsWith(files: readonly string[]): string[] {
    const include = files.map((file) => `scenarios/${file}`);
    return loadStackConfig({ ...dev, values: { ...dev.values, include } }).laneGroups.map(({ name }) => name);
  }

  it("are all known here", () => {
    assert.deepEqual(
      [...scenarios],
      Object.keys(fragments).map((file) => `scenarios/${file}`),
    );
  });

  for (const [file, groups] of Object.entries(fragments)) {
    it(`${file} can be included in the dev stack alone`, () => {
      assert.deepEqual(groupsWith([file]), ["test", ...groups]);
    });
  }

  it("S1 keeps clients outside the mesh on one pod of wsk, as the original does", () => {
    const values = { ...dev.values, include: ["scenarios/s1-websocket.yaml"] };
    const { workloads } = loadStackConfig({ ...dev, values });
    assert.equal(workloads.find(({ name }) => name === "wsk")?.sessionAffinity, "ClientIP");
    assert.equal(workloads.find(({ name }) => name === "helloworld")?.sessionAffinity, undefined);
  });

  it("can be included all together, in any order", () => {
    const files = Object.keys(fragments);
    assert.deepEqual(groupsWith(files), ["test", ...Object.values(fragments).flat()]);
    assert.equal(groupsWith([...files].reverse()).length, 7);
  });
});
