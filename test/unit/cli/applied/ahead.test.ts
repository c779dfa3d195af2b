import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { appliedBefore } from "../../../../cli/applied/ahead";
import { LastUpdate } from "../../../../cli/pulumi/unsaved/last-update";
import { appliedConfig } from "../../../../config/applied";
import { parseStackConfig } from "../../../../config/parse";
import { withIncludes } from "../../../../config/read";
import { s2Input } from "../../components/lanes/fixtures";

describe("what was applied before the config was edited", () => {
  let backend: string;
  const cluster = { kind: "embedded" };
  const values = { cluster, laneGroups: [s2Input] };
  const config = parseStackConfig(values);
  beforeEach(() => {
    backend = mkdtempSync(join(tmpdir(), "mesh-lanes-ahead-"));
    const states = join(backend, ".pulumi", "stacks", "mesh-lanes");
    mkdirSync(states, { recursive: true });
    writeFileSync(join(states, "dev.json"), "{}");
    const note = appliedConfig(withIncludes({ values, encrypted: new Set() }));
    new LastUpdate(backend, "mesh-lanes", "dev").ended("o", JSON.parse(JSON.stringify(note)));
  });
  afterEach(() => rmSync(backend, { recursive: true }));

  it("is told where lanes have changed since", () => {
    const edited = parseStackConfig({ ...values, laneGroups: [{ ...s2Input, lanes: s2Input.lanes.slice(1) }] });
    assert.deepEqual(
      appliedBefore("dev", edited, backend)?.laneGroups.map(({ name }) => name),
      config.laneGroups.map(({ name }) => name),
    );
  });

  it("is not told where nothing of lanes has, and where it is not known", () => {
    assert.equal(appliedBefore("dev", config, backend), undefined);
    const edited = parseStackConfig({ ...values, laneGroups: [] });
    assert.equal(appliedBefore("another", edited, backend), undefined);
    new LastUpdate(backend, "mesh-lanes", "dev").keep(new Date());
    assert.equal(appliedBefore("dev", edited, backend), undefined, "an update is under way");
  });

  it("is not told of a stack in an account, whose state is elsewhere", () => {
    const ack = { kind: "ack", region: "cn-hangzhou", id: "c0123456789" };
    const edited = { ...parseStackConfig({ ...values, laneGroups: [] }), cluster: ack as never };
    assert.equal(appliedBefore("dev", edited, backend), undefined);
  });
});
