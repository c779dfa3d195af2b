import assert from "node:assert/strict";
import { silentReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { ApiServer } from "./api-server";
import { type Round, random, rounds } from "./rounds";
import { OthersStack } from "./stack";

/**
 * What this stack did not make is left alone, on a real API server and by the real engine. MESH_LANES_OTHERS says how many random
 * clusters are tried; MESH_LANES_SEED which ones.
 */
describe("objects of others", () => {
  let server: ApiServer;
  let stack: OthersStack;
  const count = Number(process.env.MESH_LANES_OTHERS ?? 6);
  const seed = Number(process.env.MESH_LANES_SEED ?? Date.now() % 1_000_000);

  before(async () => {
    const toolchain = await ensureTools({ cluster: "embedded", telemetry: false }, silentReporter);
    server = await ApiServer.start(toolchain);
    stack = await OthersStack.make("others", toolchain, server.kubeconfigFile);
  });

  after(async () => {
    stack?.remove();
    await server?.stop();
  });

  /** `kind namespace/name` -> uid and version of each object of others: a write changes the version. */
  async function theirs(round: Round): Promise<Record<string, string>> {
    const namespaces = [...round.namespaces, "default", "istio-system"];
    const lists = await Promise.all(
      namespaces.map((namespace) =>
        server.kubectl("get", round.kinds, "--namespace", namespace, "--selector", "of=others", "-o", "json"),
      ),
    );
    const spaces = await server.kubectl("get", "namespaces", ...namespaces, "-o", "json");
    return Object.fromEntries(
      [...lists, spaces].flatMap((text) => {
        const { items }: { items: Item[] } = JSON.parse(text);
        return items.map(({ kind, metadata: { namespace = "", name, uid, resourceVersion, labels } }) => {
          const seen = kind === "Namespace" ? JSON.stringify(labels) : resourceVersion;
          return [`${kind} ${namespace}/${name}`, `${uid} ${seen}`];
        });
      }),
    );
  }

  for (const round of rounds(random(seed), count)) {
    it(`are as before, in ${round.title} (seed ${seed})`, async () => {
      await server.apply(round.objects);
      const before = await theirs(round);
      assert.ok(Object.keys(before).length >= round.objects.length);

      stack.write(round.config);
      const created = await stack.up();
      assert.deepEqual(await theirs(round), before, "after creating");
      const named = round.taken.filter((name) => (created.stdout + created.stderr).includes(`${name}: it exists`));
      assert.deepEqual(named, round.taken);
      assert.equal(created.exitCode === 0, round.taken.length === 0, created.stdout + created.stderr);

      if (round.taken.length === 0) {
        stack.write(round.changed);
        const changed = await stack.up();
        assert.equal(changed.exitCode, 0, changed.stdout + changed.stderr);
        assert.deepEqual(await theirs(round), before, "after changing");
      } else {
        assert.equal(
          await server.kubectl("get", round.kinds, "--all-namespaces", "--selector", "mesh-lanes/stack", "-o", "name"),
          "",
        );
      }

      const destroyed = await stack.destroy();
      assert.equal(destroyed.exitCode, 0, destroyed.stdout + destroyed.stderr);
      assert.deepEqual(await theirs(round), before, "after destroying");
    });
  }
});

interface Item {
  readonly kind: string;
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
}
