import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { renderAsm } from "../../../components/lanes/asm/render";
import type { RenderedObject } from "../../../components/lanes/object";
import { type LaneGroupInput, laneGroupSchema } from "../../../components/lanes/spec";
import { validateLaneGroups } from "../../../components/lanes/validate";
import { projectRoot } from "../../../tools/paths";
import { asRecord, records } from "../../../tools/values";
import { DryRun, type Manifest } from "../dry-run";
import { asSwimlanes, scenarioGroup, scenarioGroups } from "./scenario-groups";
import { useScenarios } from "./stack";

/** Where the test's objects would go: beside no live object of the same name. */
const namespace = "asm-objects";
/** Group of a copy of Istio's VirtualService with ASM's `fallback`: the installed one and its webhook stay as they are. */
const copiedGroup = "networking.asm-copy.test";

/**
 * ASM cannot be run here. A real API server takes our objects by the fields that are documented, and no other field:
 * nothing is created (server-side dry run, strict field validation).
 */
describe("ASM: objects of all scenarios on the API server", () => {
  // Before the hook of useScenarios, which may take the stack down.
  after(async () => {
    server?.close();
    await scenarios().kubectl("delete", "--ignore-not-found", "-f", crds, "-f", copy);
    await scenarios().kubectl("delete", "namespace", namespace, "--wait=false", "--ignore-not-found");
    rmSync(folder, { recursive: true });
  });

  const scenarios = useScenarios();
  const crds = join(projectRoot, "test", "e2e", "asm-crds");
  let folder = "";
  let copy = "";
  let server: DryRun | undefined;
  const create = async (manifest: Manifest): Promise<void> => {
    assert.ok(server, "no API server yet");
    await server.create(manifest);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-asm-"));
    copy = join(folder, "virtualservices.json");
    const installed = await scenarios().kubectl("get", "crd", "virtualservices.networking.istio.io", "-o", "json");
    writeFileSync(copy, JSON.stringify(withFallback(installed)));
    await scenarios().kubectl("create", "namespace", namespace);
    await scenarios().kubectl("apply", "-f", crds, "-f", copy);
    await scenarios().kubectl("wait", "--for=condition=Established", "-f", crds, "-f", copy);
    server = new DryRun(await scenarios().kubectl("config", "view", "--raw", "--minify", "--output", "json"));
  });

  for (const [way, inputs] of [
    ["routes", scenarioGroups()],
    ["swimlanes", scenarioGroups().map(asSwimlanes)],
  ] as const) {
    it(`takes them as ${way}`, async () => {
      const kinds = new Set<string>();
      for (const input of inputs) {
        assert.deepEqual(validateLaneGroups([{ path: input.name, input }], "asm"), []);
        const objects = renderAsm(laneGroupSchema.parse(input));
        for (const { kind } of objects) kinds.add(kind);
        for (const manifest of objects.map(toManifest)) {
          await create(toCopy(manifest));
          // All but `fallback` by Istio's own schema and webhook too.
          if (manifest.kind === "VirtualService") await create(withoutFallback(manifest));
        }
      }
      const expected = {
        routes: ["ASMHeaderPropagation", "DestinationRule", "EnvoyFilter", "TrafficLabel", "VirtualService"],
        swimlanes: ["ASMSwimLane", "ASMSwimLaneGroup", "VirtualService"],
      };
      assert.deepEqual([...kinds].sort(), expected[way]);
    });
  }

  /** ASM's Go types have any JSON there, so that Istio's own schema has to judge what is in it. */
  it("takes patches of swimlanes, and Istio what is in them", async () => {
    const policy = {
      timeout: "2s",
      retries: { attempts: 2, perTryTimeout: "800ms", on: "5xx,reset" },
      fault: { delay: { percent: 5, duration: "1s" }, abort: { percent: 10, status: 503 } },
    };
    const traffic = {
      outlierDetection: { consecutive5xxErrors: 5, interval: "5s", baseEjectionTime: "30s", maxEjectionPercent: 100 },
      connectionPool: { maxConnections: 100, maxPendingRequests: 50, maxRequests: 100, idleTimeout: "5m" },
      loadBalancer: "LEAST_REQUEST",
    } as const;
    const plain = asSwimlanes(scenarioGroup("baggage"));
    const input: LaneGroupInput = {
      ...{ ...plain, asmPatches: true, policy: { timeout: "10s" } },
      services: plain.services.map((service) =>
        service.name === plain.entry.service ? service : { ...service, policy, traffic },
      ),
    };
    assert.deepEqual(validateLaneGroups([{ path: input.name, input }], "asm"), []);
    const [group] = renderAsm(laneGroupSchema.parse(input));
    assert.ok(group);
    await create(toManifest(group));
    const services = records(group.spec.services);
    assert.equal(services.filter(({ httpRoutePatch }) => httpRoutePatch).length, 3);
    assert.equal(services.filter(({ trafficPolicyPatch }) => trafficPolicyPatch).length, 2);
    for (const { name, httpRoutePatch, trafficPolicyPatch } of services) {
      const metadata = { name: `patched-${name}`, namespace };
      const istio = { apiVersion: "networking.istio.io/v1beta1", metadata };
      const host = `${name}.${namespace}.svc.cluster.local`;
      const http = [{ route: [{ destination: { host } }], ...asRecord(httpRoutePatch) }];
      await create({ ...istio, kind: "VirtualService", spec: { hosts: [host], http } });
      // Istio refuses an empty one.
      const trafficPolicy = trafficPolicyPatch ? { trafficPolicy: asRecord(trafficPolicyPatch) } : {};
      await create({ ...istio, kind: "DestinationRule", spec: { host, ...trafficPolicy } });
    }
  });

  it("takes what the documents show", async () => {
    const [group, lane] = fixture("field-reference.yaml");
    const [propagation] = fixture("003.yaml");
    assert.ok(group && lane && propagation);
    const metadata = { name: "version-propagation", namespace };
    for (const manifest of [group, lane, { ...propagation, metadata }]) await create(manifest);
  });

  it("fails for a field that is in no document, for each kind", async () => {
    const inputs = [...scenarioGroups(), ...scenarioGroups().map(asSwimlanes)];
    const objects = inputs.flatMap((input) => renderAsm(laneGroupSchema.parse(input)));
    const byKind = new Map(objects.map((object) => [object.kind, object]));
    assert.equal(byKind.size, 7);
    for (const object of byKind.values()) {
      const wrong = toCopy(toManifest({ ...object, spec: { ...object.spec, mishap: "x" } }));
      await assert.rejects(create(wrong), /strict decoding error: unknown field \\"spec\.mishap/);
    }
  });

  it("fails for a fallback that is not spelt as documented", async () => {
    const route = objectsOf("baggage").find(
      ({ kind, metadata }) => kind === "VirtualService" && metadata.name === "baggage.mockc",
    );
    assert.ok(route);
    const text = JSON.stringify(toCopy(toManifest(route)));
    assert.ok(text.includes('"fallback":{"target":'));
    const wrong: Manifest = JSON.parse(text.replace('"fallback":{"target":', '"fallback":{"destination":'));
    await assert.rejects(create(wrong), /unknown field \\"spec\.http\[0\]\.route\[0\]\.fallback\.destination/);
  });
});

function objectsOf(name: string): RenderedObject[] {
  return scenarioGroups()
    .filter((input) => input.name === name)
    .flatMap((input) => renderAsm(laneGroupSchema.parse(input)));
}

function toManifest({ stage: _, metadata, ...object }: RenderedObject): Manifest {
  return { ...object, metadata: { ...metadata, ...("namespace" in metadata && { namespace }) } };
}

function toCopy(manifest: Manifest): Manifest {
  return manifest.kind === "VirtualService" ? { ...manifest, apiVersion: `${copiedGroup}/v1beta1` } : manifest;
}

function withoutFallback(manifest: Manifest): Manifest {
  return JSON.parse(JSON.stringify(manifest, (key, value: unknown) => (key === "fallback" ? undefined : value)));
}

function fixture(file: string): Manifest[] {
  const text = readFileSync(join(projectRoot, "test", "fixtures", "asm", file), "utf8");
  return text.split(/^---$/m).map((document) => parse(document));
}

const schemaNode = z.looseObject({ properties: z.record(z.string(), z.looseObject({})) });

/** "Configure fallback routing in ASM": beside a destination of a VirtualService, and nowhere else. */
function withFallback(installed: string): Manifest {
  const crd = z
    .object({ spec: z.looseObject({ names: z.looseObject({}), versions: z.array(z.looseObject({})) }) })
    .parse(JSON.parse(installed));
  const { conversion: _, ...spec } = crd.spec;
  for (const version of spec.versions) {
    const root = z.looseObject({ openAPIV3Schema: schemaNode }).parse(version.schema).openAPIV3Schema;
    const http = itemsOf(schemaNode.parse(root.properties.spec).properties.http);
    const route = itemsOf(http.properties.route);
    const { destination } = route.properties;
    assert.ok(destination);
    route.properties.fallback = { type: "object", required: ["target"], properties: { target: destination } };
    http.properties.route = { ...http.properties.route, items: route };
    const parsed = schemaNode.parse(root.properties.spec);
    parsed.properties.http = { ...parsed.properties.http, items: http };
    root.properties.spec = parsed;
    version.schema = { openAPIV3Schema: root };
  }
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `virtualservices.${copiedGroup}` },
    spec: { ...spec, group: copiedGroup, names: { ...spec.names, shortNames: [] } },
  };
}

function itemsOf(list: unknown) {
  return z.looseObject({ items: schemaNode }).parse(list).items;
}
