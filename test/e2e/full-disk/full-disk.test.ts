import assert from "node:assert/strict";
import { silentReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { ApiServer } from "../others/api-server";
import { gatewayServes } from "../others/asm-gateway";
import type { RunResult } from "../support";
import { configs, DiskStack } from "./stack";

/** How many updates run onto a full disk half-way; all kinds of them are seven. The engine tries for half a minute to save each. */
const moments = Number(process.env.MESH_LANES_FULL_DISK ?? 1);

/** When the disk gets full. */
const when = {
  "while it saves its state": ({ isSaving }: DiskStack) => isSaving,
  "once something is changed": ({ hasChangedSomething }: DiskStack) => hasChangedSomething,
};

interface Case {
  readonly moment: keyof typeof when;
  /** Whether something besides lanes changes: then the engine saves its state before and after each resource. */
  readonly outside: boolean;
  /** Whether temporary files are on that disk, too. */
  readonly temporary: boolean;
  /** Which config comes next, from the one of the update that failed on. */
  readonly next: readonly [string, number];
  readonly door: "lanes up" | "pulumi up";
  /** What runs onto the full disk. @default lanes up */
  readonly breaks?: "pulumi up";
}

const same = ["the same config", 0] as const;
const old = ["the old config", -1] as const;
const third = ["a third config", 1] as const;
const cases: readonly Case[] = [
  { moment: "once something is changed", outside: false, temporary: true, next: third, door: "lanes up" },
  { moment: "while it saves its state", outside: true, temporary: false, next: old, door: "lanes up" },
  { moment: "once something is changed", outside: true, temporary: true, next: same, door: "lanes up" },
  { moment: "while it saves its state", outside: false, temporary: false, next: third, door: "pulumi up" },
  { moment: "once something is changed", outside: true, temporary: false, next: old, door: "pulumi up" },
  { moment: "while it saves its state", outside: true, temporary: true, next: same, door: "pulumi up" },
  // It leaves its state as it is, for `lanes up`.
  {
    ...{ moment: "while it saves its state", outside: false, temporary: false, next: third, door: "lanes up" },
    breaks: "pulumi up",
  },
];

/** On a real API server, by the real engine; the state is in the checkout, on a disk of 16 MB. */
describe(`a full disk (${moments} moments)`, () => {
  let server: ApiServer;
  let stack: DiskStack;
  let current = 0;

  before(async () => {
    const toolchain = await ensureTools({ cluster: "embedded", telemetry: false }, silentReporter);
    server = await ApiServer.start(toolchain);
    const injected = { "istio-injection": "enabled" };
    await server.apply(
      ["istio-system", "shop"].map((name) => ({
        ...{ apiVersion: "v1", kind: "Namespace" },
        metadata: { name, ...(name === "shop" && { labels: injected }) },
      })),
    );
    await gatewayServes(server, "ingressgateway", [80]);
    stack = await DiskStack.make(server.kubeconfigFile);
    // The first one saves often, as there is nothing to compare with.
    write(0, false);
    await succeeds(stack.up());
  });

  after(async () => {
    await stack?.remove();
    await server?.stop();
  });

  function write(config: number, outside: boolean): void {
    stack.write(config, outside ? ["v4"] : []);
  }

  async function succeeds(running: Promise<RunResult>): Promise<void> {
    const { exitCode, stdout, stderr } = await running;
    assert.equal(exitCode, 0, stdout + stderr);
  }

  /** `kind namespace/name` -> version of every object of the stack in the cluster. */
  async function inCluster(): Promise<Record<string, string>> {
    const kinds = [
      ...["services", "serviceaccounts", "deployments", "poddisruptionbudgets", "networkpolicies"],
      ...["virtualservices", "destinationrules", "envoyfilters", "sidecars"].map(
        (kind) => `${kind}.networking.istio.io`,
      ),
      ...["authorizationpolicies", "peerauthentications"].map((kind) => `${kind}.security.istio.io`),
    ];
    const list = ["get", kinds.join(), "--all-namespaces", "--selector", "mesh-lanes/stack", "--output=json"];
    const { items }: { items: Item[] } = JSON.parse(await server.kubectl(...list));
    return Object.fromEntries(
      items.map(({ kind, metadata: { namespace, name, resourceVersion } }) => [
        `${kind} ${namespace}/${name}`,
        resourceVersion,
      ]),
    );
  }

  /** The same of those that the state has. */
  async function inState(among: readonly string[]): Promise<string[]> {
    const { stdout } = await stack.pulumi("stack", "export");
    const { resources }: { resources: Resource[] } = JSON.parse(stdout).deployment;
    const all = resources.flatMap(({ type, outputs }) =>
      type.startsWith("kubernetes:") && !type.includes("Patch") && outputs?.metadata
        ? [`${outputs.kind} ${outputs.metadata.namespace}/${outputs.metadata.name}`]
        : [],
    );
    const kinds = new Set(among.map((name) => name.split(" ")[0]));
    return all.filter((name) => kinds.has(name.split(" ")[0] ?? "")).sort();
  }

  function isTold(stderr: string): void {
    assert.match(stderr, /no space left on device|the disk is full/);
    assert.match(stderr, /fix: Free some space/);
    assert.doesNotMatch(stderr, /^\s+at .*:\d+:\d+\)?$/m);
    assert.doesNotMatch(stderr, /this is a bug/);
  }

  it("before an update begins: it does not, and says where room is missing", async () => {
    const before = [await inCluster(), stack.stateText()];
    write(1, false);
    stack.disk.fill();
    const { exitCode, stderr } = await stack.up(stack.temporaryThere).finally(() => stack.disk.free());
    assert.equal(exitCode, 1);
    isTold(stderr);
    assert.match(stderr, /\.lanes\/state: \d.* free\n {4}expected: .* for the stack's state/);
    assert.match(stderr, /\.lanes\/tmp: \d.* free\n {4}expected: .*TMPDIR/);
    assert.deepEqual([await inCluster(), stack.stateText()], before);
    write(0, false);
    await succeeds(stack.pulumi("preview", "--expect-no-changes"));
  });

  for (const { moment, outside, temporary, next, door, breaks } of cases.slice(0, moments)) {
    const title = [
      `${breaks ?? "an update"} gets onto it ${moment}${outside ? ", and changes workloads too" : ""}${temporary ? ", TMPDIR too" : ""}`,
      `one ${door} with ${next[0]}, and all is as planned`,
    ];
    it(title.join(": "), async () => {
      const wanted = (current + 1) % configs.length;
      write(wanted, outside);
      stack.forgetLog();
      const config = stack.file();
      const update = breaks ? stack.plainUp() : stack.up(temporary ? stack.temporaryThere : {});
      const failed = await stack.fillingWhen(when[moment](stack), update);
      assert.notEqual(failed.exitCode, 0, failed.stdout);
      assert.equal(stack.file(), config);
      if (!breaks) {
        isTold(failed.stderr);
        // Whichever door is next: the engine plans from a state, and from a whole one.
        assert.ok(JSON.parse(stack.stateText()).checkpoint.latest.resources.length > 20, failed.stderr);
      }

      const following = (wanted + next[1] + configs.length) % configs.length;
      write(following, outside && next[1] === 0);
      await succeeds(door === "lanes up" ? stack.up() : stack.plainUp());
      await succeeds(stack.pulumi("preview", "--expect-no-changes"));
      // Plain `pulumi` leaves what no state knows, as after a kill, until the next `lanes up`.
      if (door === "pulumi up") {
        const objects = Object.keys(await inCluster());
        for (const known of await inState(objects)) assert.ok(objects.includes(known), known);
        await succeeds(stack.up());
      }
      const objects = Object.keys(await inCluster()).sort();
      assert.deepEqual(await inState(objects), objects);
      await succeeds(stack.pulumi("preview", "--expect-no-changes"));
      current = following;
    });
  }
});

interface Item {
  readonly kind: string;
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion: string };
}

interface Resource {
  readonly type: string;
  readonly outputs?: {
    readonly kind: string;
    readonly metadata?: { readonly namespace?: string; readonly name: string };
  };
}
