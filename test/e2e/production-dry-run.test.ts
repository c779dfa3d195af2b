import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse, parseDocument } from "yaml";
import { z } from "zod";
import { runKubectl } from "../../tools/kubectl/kubectl";
import { projectRoot, workPaths } from "../../tools/paths";
import { addFallback, removeFallback } from "./asm-fallback";
import { bringUp } from "./suite-stack";
import { type RunResult, removeStackFile, run, stackEnvironment, writeStack } from "./support";

/** Production's config under another name, on an existing cluster and mesh: the embedded node is both. */
const production = "e2e-production";
const productionFile = join(projectRoot, `Pulumi.${production}.yaml`);

/** Kinds whose CRDs are written from the documents of Alibaba Cloud and of cert-manager. */
const crds = ["asm-crds", "production-crds"].map((folder) => join(projectRoot, "test", "e2e", folder));

/** Kind -> how many a stack has: 34 in all, as docs/alibaba.md says. Of one namespace there are two, one on each API server. */
const objects: Readonly<Record<string, number>> = {
  ASMHeaderPropagation: 1,
  AuthorizationPolicy: 4,
  Certificate: 1,
  Deployment: 7,
  DestinationRule: 6,
  Gateway: 1,
  IstioGateway: 1,
  Namespace: 2,
  PeerAuthentication: 1,
  Service: 3,
  ServiceAccount: 3,
  VirtualService: 4,
};

const preview = z.object({
  steps: z.array(z.object({ op: z.string(), urn: z.string(), newState: z.object({ type: z.string() }).optional() })),
});

/**
 * `pulumi preview` of the production stack's Kubernetes part: the provider sends every object to the API server as a
 * server-side dry run. Nothing is made, and no traffic flows: what is proven is that the API server takes the objects, by
 * Kubernetes' and Istio's own schemas and by CRDs that have the documented fields and no others.
 */
describe("production: every object on the API server, dry run", () => {
  let env: NodeJS.ProcessEnv = {};
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-production-"));
  const webhooks = join(folder, "webhooks.json");

  before(async () => {
    writeStack();
    await bringUp("--no-verify");
    env = await stackEnvironment();
    await kubectl("create", "namespace", "shop");
    await kubectl("apply", ...crds.flatMap((path) => ["-f", path]));
    await kubectl("wait", "--for=condition=Established", ...crds.flatMap((path) => ["-f", path]));
    // Production's gateway has the name of the other stack's, whose it would not take over.
    await kubectl("delete", "gateways.networking.istio.io", "ingressgateway", "--namespace", "istio-system");
    // Istio's own webhook refuses ASM's `fallback`; it is not there on ASM.
    writeFileSync(webhooks, await kubectl("get", "validatingwebhookconfigurations", "-o", "json"));
    await kubectl("delete", "-f", webhooks);
  });

  after(async () => {
    await pulumi("stack", "rm", "--yes", "--force", production);
    rmSync(productionFile, { force: true });
    await kubectl("apply", "--server-side", "--force-conflicts", "-f", withoutVersions(webhooks));
    await kubectl("delete", "--ignore-not-found", ...crds.flatMap((path) => ["-f", path]));
    await kubectl("delete", "namespace", "shop", "--wait=false");
    rmSync(folder, { recursive: true });
    await bringUp("--no-verify");
    removeStackFile();
  });

  async function kubectl(...args: string[]): Promise<string> {
    return runKubectl({ flags: [], env }, args);
  }

  const pulumi = (...args: string[]): Promise<RunResult> => run("pulumi", args, env);

  /** Writes the config of a stack of the repository for the embedded node. */
  async function useStack(name: string): Promise<void> {
    const document = parseDocument(readFileSync(join(projectRoot, `Pulumi.${name}.yaml`), "utf8"));
    const kubeconfig = relative(projectRoot, workPaths.kubeconfig);
    const context: string = parse(readFileSync(workPaths.kubeconfig, "utf8"))["current-context"];
    const set = (key: string, value: unknown) =>
      document.setIn(["config", `mesh-lanes:${key}`], document.createNode(value));
    set("cluster", { kind: "existing", id: "c0123456789", kubeconfig, context });
    document.deleteIn(["config", "mesh-lanes:mesh", "asm", "traceSampling"]);
    document.setIn(["config", "mesh-lanes:mesh", "kubeconfig"], kubeconfig);
    document.setIn(["config", "mesh-lanes:mesh", "context"], context);
    document.setIn(
      ["config", "mesh-lanes:gateway", "loadBalancer"],
      document.createNode({ id: "lb-0123456789", address: "203.0.113.7" }),
    );
    // A dry run needs the namespace, which the stack would make itself.
    set("adopt", ["Namespace shop"]);
    writeFileSync(productionFile, document.toString());
    await pulumi("stack", "select", "--create", production);
  }

  it("fails while the API server does not know ASM's fallback: it does judge the objects", async () => {
    await useStack("prod");
    const { exitCode, stdout, stderr } = await pulumi("preview", "--stack", production);
    assert.notEqual(exitCode, 0);
    assert.match(stdout + stderr, /fallback: field not declared in schema/);
  });

  for (const name of ["prod", "staging"]) {
    it(`takes every object of ${name}`, async () => {
      await useStack(name);
      await addFallback(kubectl);
      try {
        const { exitCode, stdout, stderr } = await pulumi("preview", "--json", "--stack", production);
        assert.equal(exitCode, 0, stderr + errorsOf(stdout));
        const { steps } = preview.parse(JSON.parse(stdout));
        const taken: Record<string, number> = {};
        for (const { op, newState } of steps) {
          const [, kind] = /^kubernetes:.*:(\w+)$/.exec(newState?.type ?? "") ?? [];
          if (op === "create" && kind) taken[kind] = (taken[kind] ?? 0) + 1;
        }
        assert.deepEqual(taken, objects);
      } finally {
        await removeFallback(kubectl);
      }
    });
  }
});

/** The whole of a failed preview is a thousand lines. */
function errorsOf(stdout: string): string {
  const { diagnostics = [] }: { diagnostics?: { message: string }[] } = JSON.parse(stdout);
  return diagnostics.map(({ message }) => message).join("");
}

/** The same list as it was first written, so that it can be made again. */
function withoutVersions(file: string): string {
  const list: { items: { metadata: Record<string, unknown> }[] } = JSON.parse(readFileSync(file, "utf8"));
  for (const { metadata } of list.items) {
    for (const key of ["resourceVersion", "uid", "creationTimestamp", "generation", "managedFields"])
      delete metadata[key];
  }
  writeFileSync(file, JSON.stringify(list));
  return file;
}
