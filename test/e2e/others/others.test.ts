import assert from "node:assert/strict";
import { silentReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { seed } from "../../seed";
import { lanes } from "../support";
import { ApiServer } from "./api-server";
import { gatewayServes } from "./asm-gateway";
import { config, type Round, random, rounds } from "./rounds";
import { OthersStack } from "./stack";

/**
 * What this stack did not make is left alone, on a real API server and by the real engine. MESH_LANES_OTHERS says how many random
 * clusters are tried; MESH_LANES_SEED which ones.
 */
describe("objects of others", () => {
  let server: ApiServer;
  let stack: OthersStack;
  const count = Number(process.env.MESH_LANES_OTHERS ?? 4);

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

  it("are not taken over by a second control plane: the first one can be used, and is named", async () => {
    const labels = { "mesh-lanes/stack": "mesh-lanes.first" };
    await server.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system", labels } }]);
    stack.write({});
    const { exitCode, stdout } = await stack.up();
    assert.notEqual(exitCode, 0);
    assert.match(stdout, /Namespace istio-system: it exists, .*\(stack mesh-lanes\.first of this project/);
    assert.match(stdout, /CustomResourceDefinition virtualservices\.networking\.istio\.io: it exists/);
    assert.match(stdout, /set mesh\.existing to true/);
    assert.equal((await stack.destroy()).exitCode, 0);
    assert.match(await server.kubectl("get", "namespace", "istio-system", "-o", "json"), /mesh-lanes\.first/);
  });

  it("do not see an encrypted variable, nor does any place of the state", async () => {
    const planted = "PLANTED-PASSWORD";
    const encodings = [planted, Buffer.from(planted).toString("base64")];
    await server.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } }]);
    await gatewayServes(server, "ingressgateway", [80]);
    stack.write({ ...config("vault", ["web"], ["v1"]), existingNamespaces: [] });
    const set = await stack.pulumi(
      ...["config", "set", "--path", "--secret", "--stack", stack.name],
      "mesh-lanes:workloads[0].env.DB_PASSWORD",
      planted,
    );
    assert.equal(set.exitCode, 0, set.stderr);
    const preview = await stack.preview();
    const { exitCode, stdout, stderr } = await stack.up();
    assert.equal(exitCode, 0, stdout + stderr);
    const secret = await server.kubectl(
      "get",
      "secret",
      "web-env",
      "--namespace",
      "vault",
      "-o",
      "jsonpath={.data.DB_PASSWORD}",
    );
    assert.equal(Buffer.from(secret, "base64").toString(), planted);
    const pods = await server.kubectl(
      "get",
      "deployments,services,serviceaccounts,configmaps",
      "--all-namespaces",
      "-o",
      "yaml",
    );
    assert.match(pods, /secretKeyRef/);
    const matrix = await lanes("matrix", "--stack", stack.name);
    assert.equal(matrix.exitCode, 0, matrix.stderr);
    const places = {
      preview: preview.stdout,
      update: stdout,
      kept: stack.kept(),
      state: await stack.state(),
      pods,
      matrix: matrix.stdout,
    };
    for (const [place, text] of Object.entries(places)) {
      assert.notEqual(text, "", place);
      for (const form of encodings) assert.ok(!text.includes(form), place);
    }
    assert.equal((await stack.destroy()).exitCode, 0);
    // What the stack made stays as a namespace, and as nothing else.
    assert.match(await server.kubectl("get", "namespace", "vault", "-o", "name"), /vault/);
    assert.equal(await server.kubectl("get", "secrets,deployments,services", "--namespace", "vault", "-o", "name"), "");
  });

  it("keep the subsets that their routes name, until these name others", async () => {
    const namespace = "subsets";
    const injected = { "istio-injection": "enabled" };
    const metadata = { name: "theirs", namespace, labels: { of: "others" } };
    const leadTo = (subset: string) =>
      server.apply([
        { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: injected } },
        {
          apiVersion: "networking.istio.io/v1",
          ...{ kind: "VirtualService", metadata },
          spec: { hosts: ["theirs"], http: [{ route: [{ destination: { host: "web", subset } }] }] },
        },
      ]);
    const subsets = () =>
      server.kubectl(
        "get",
        "destinationrules",
        "--namespace",
        namespace,
        "-o",
        "jsonpath={.items[*].spec.subsets[*].name}",
      );
    await server.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } }]);
    await gatewayServes(server, "ingressgateway", [80]);
    await leadTo("version-v2");
    stack.write(config(namespace, ["web"], ["v1", "v2"]));
    const created = await stack.up();
    assert.equal(created.exitCode, 0, created.stdout + created.stderr);

    const refused =
      /VirtualService subsets\/theirs: it leads to subset version-v2 of web\.subsets\.svc\.cluster\.local/;
    stack.write(config(namespace, ["web"], ["v1"]));
    for (const act of [() => stack.preview(), () => stack.up()]) {
      const { exitCode, stdout, stderr } = await act();
      assert.notEqual(exitCode, 0);
      assert.match(stdout + stderr, refused);
      assert.match(stdout + stderr, /Write another subset there first: version-v1/);
      assert.match(await subsets(), /version-v1 version-v2/);
    }
    stack.write({ ...config(namespace, ["web"], ["v1"]), laneGroups: [] });
    const without = await stack.up();
    assert.notEqual(without.exitCode, 0);
    assert.match(without.stdout + without.stderr, refused);

    await leadTo("version-v1");
    stack.write(config(namespace, ["web"], ["v1"]));
    const changed = await stack.up();
    assert.equal(changed.exitCode, 0, changed.stdout + changed.stderr);
    assert.equal(await subsets(), "version-v1");
    assert.equal((await stack.destroy()).exitCode, 0);
    await server.kubectl("delete", "namespace", namespace, "--wait=false");
  });

  for (const round of rounds(random(seed), count)) {
    it(`are as before, in ${round.title} (seed ${seed})`, async () => {
      await server.apply(round.objects);
      await gatewayServes(server, "ingressgateway", [80]);
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
