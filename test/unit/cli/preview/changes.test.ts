import assert from "node:assert/strict";
import {
  clusterNotes,
  countsOf,
  plannedChanges,
  policyNotes,
  resourceChanges,
  warnings,
} from "../../../../cli/preview/changes";
import { findDrift } from "../../../../cli/preview/drift";
import type { StateDeployment } from "../../../../cli/pulumi/pending";
import { object, step, urnOf, virtualService, written } from "./events";

const secretMark = "4dabf18193072939515e22adb298388d";
const provider = "urn:pulumi:dev::mesh-lanes::pulumi:providers:kubernetes::cluster-kubernetes";
const kubeconfig = { [secretMark]: "1b47061264138c4ac30d75fd1eb44270", plaintext: '"KUBECONFIG"' };

describe("changes of a preview", () => {
  it("tell what the config changes, without the program's own marks", () => {
    const before = object({ hosts: ["a"], http: [{ name: "x", timeout: "1s" }] });
    const after = object({ hosts: ["a"], http: [{ name: "x" }], gateways: ["g"] }, written);
    const [change, ...others] = plannedChanges([
      step("same", virtualService, "other", before, before),
      step("update", virtualService, "VirtualService/default/test", before, after),
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(change?.fields, [
      { path: "spec.http[0].timeout", before: '"1s"', after: null },
      { path: "spec.gateways", before: null, after: '["g"]' },
    ]);
    assert.equal(change?.marked, true);
  });

  it("name a secret that changes by its path, and a value that nobody knows yet as such", () => {
    const secret = step("update", "kubernetes:core/v1:Secret", "s", { data: "[secret]" }, { data: "[secret]" });
    const metadata = secret.resourcePreEvent?.metadata;
    assert.ok(metadata);
    metadata.diffs = ["data", "metadata.annotations"];
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const changes = plannedChanges([secret, step("update", "a:b:C", "c", { ids: ["x"] }, { ids: [unknown] })]);
    assert.deepEqual(
      changes.map(({ fields }) => fields),
      [
        [{ path: "data", before: null, after: null }],
        [{ path: "ids[0]", before: '"x"', after: "known after the update" }],
      ],
    );
  });

  it("come with what the program warns of, once", () => {
    const said = (severity: "warning" | "info", message: string) =>
      ({ sequence: 1, timestamp: 0, diagnosticEvent: { severity, message, color: "never" } }) as const;
    const warning = said("warning", "hold for others:\n  shop/theirs");
    assert.deepEqual(warnings([warning, said("info", "nothing"), warning]), ["warning: hold for others: shop/theirs"]);
  });

  it("say of a cluster of this machine that does not run that nobody can look at it", () => {
    const node = "pulumi-nodejs:dynamic:LocalNode";
    const runs = plannedChanges([step("update", virtualService, "a", object({}), object({ hosts: ["a"] }))]);
    assert.deepEqual(clusterNotes(runs), []);
    const starts = plannedChanges([step("update", node, "cluster-node", {}, {})]);
    assert.match(clusterNotes(starts).join("\n"), /^the local cluster does not run as it should/);
    assert.deepEqual(clusterNotes(plannedChanges([step("create", node, "cluster-node", undefined, {})])), []);
  });

  it("count a replacement once, and leave the stack itself out", () => {
    const inputs = object({ hosts: ["a"] });
    const changes = plannedChanges([
      step("create-replacement", virtualService, "a", inputs, object({ hosts: ["b"] })),
      step("replace", virtualService, "a", inputs, object({ hosts: ["b"] })),
      step("delete-replaced", virtualService, "a", inputs),
      step("create", virtualService, "b", undefined, inputs),
      step("delete", virtualService, "c", inputs),
      step("update", "pulumi:pulumi:Stack", "mesh-lanes-dev", {}, { a: 1 }),
      step("read", virtualService, "d", inputs, inputs),
    ]);
    assert.deepEqual(
      changes.map(({ operation, urn }) => `${operation} ${urn.split("::").at(-1)}`),
      ["replace a", "create b", "delete c"],
    );
    const summary = {
      ...{ maybeCorrupt: false, durationSeconds: 1, policyPacks: {}, isPreview: true },
      resourceChanges: { same: 9, replace: 1 },
    };
    const counted = countsOf([{ sequence: 1, timestamp: 0, summaryEvent: summary }], changes);
    assert.deepEqual(counted, { replace: 1, create: 1, delete: 1, same: 9 });
  });

  it("tell broken policies", () => {
    const policyEvent = {
      resourceUrn: urnOf(virtualService, "a"),
      message: "<{%reset%}>weights must sum up to 100\n",
      color: "",
      policyName: "weights-sum",
      policyPackName: "lanes",
      policyPackVersion: "1",
      policyPackVersionTag: "1",
      enforcementLevel: "mandatory" as const,
    };
    assert.deepEqual(policyNotes([{ sequence: 1, timestamp: 0, policyEvent }]), [
      "policy weights-sum, mandatory: weights must sum up to 100 (a)",
    ]);
  });
});

describe("drift in a preview", () => {
  const applied = object({ hosts: ["a"] });
  const state: StateDeployment = {
    resources: [
      { urn: provider, type: "pulumi:providers:kubernetes", inputs: { kubeconfig } },
      ...["edited", "planned", "gone"].map((name) => ({
        urn: urnOf(virtualService, name),
        type: virtualService,
        provider: `${provider}::id`,
        inputs: { ...applied, metadata: { ...applied.metadata, name } },
      })),
    ],
  };
  const live = (name: string, spec: object) => ({ ...applied, metadata: { ...applied.metadata, name }, spec });
  const cluster = { edited: live("edited", { hosts: ["by-hand"] }), planned: live("planned", { hosts: ["a"] }) };
  const kubectl = async (args: readonly string[]) => {
    // Those that the list does not have are asked for by name.
    const items = args.includes("--selector") ? Object.values(cluster) : [];
    return JSON.stringify({ kind: "List", items });
  };
  const next = object({ hosts: ["b"] }, written);
  const steps = ["edited", "planned", "gone"].map((name) => step("update", virtualService, name, applied, next));

  it("is what differs from what the last update wrote; the rest is the config's", async () => {
    const asked: string[] = [];
    const planned = plannedChanges(steps);
    const { drift, notes } = await findDrift(
      planned,
      async () => state,
      "mesh-lanes.dev",
      (text) => {
        asked.push(text);
        return kubectl;
      },
    );
    assert.deepEqual([asked, notes], [["KUBECONFIG"], []]);
    assert.deepEqual(Object.fromEntries(drift), {
      [urnOf(virtualService, "edited")]: ["spec.hosts.0"],
      [urnOf(virtualService, "gone")]: ["(deleted)"],
    });
    assert.deepEqual(
      resourceChanges(planned, drift).map(({ name, cause, fields }) => [name, cause, fields.map(({ path }) => path)]),
      [
        ["edited", "both", ["spec.hosts[0]"]],
        ["planned", "config", ["spec.hosts[0]"]],
        ["gone", "both", ["spec.hosts[0]"]],
      ],
    );
  });

  it("is the cluster's alone where the config changes nothing", async () => {
    const planned = plannedChanges([
      step("update", virtualService, "edited", applied, object({ hosts: ["a"] }, written)),
    ]);
    const { drift } = await findDrift(
      planned,
      async () => state,
      "mesh-lanes.dev",
      () => kubectl,
    );
    assert.deepEqual(resourceChanges(planned, drift), [
      {
        operation: "update",
        type: virtualService,
        name: "edited",
        cause: "cluster",
        fields: [],
        drift: ["spec.hosts.0"],
      },
    ]);
  });

  it("asks nobody where nothing is marked, and says so where the cluster does not answer", async () => {
    const unmarked = plannedChanges([step("update", virtualService, "edited", applied, object({ hosts: ["b"] }))]);
    const silent = () => assert.fail("the cluster was asked");
    assert.deepEqual((await findDrift(unmarked, async () => state, "mesh-lanes.dev", silent)).notes, []);
    const { notes } = await findDrift(
      plannedChanges(steps),
      async () => state,
      "mesh-lanes.dev",
      () => async () => {
        throw new Error("connection refused");
      },
    );
    assert.deepEqual(notes, ["what was changed in the cluster could not be told from the config: connection refused"]);
  });
});
