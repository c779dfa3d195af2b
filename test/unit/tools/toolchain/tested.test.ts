import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { satisfies } from "semver";
import { filesBelow } from "../../../../tools/files-below";
import { projectRoot } from "../../../../tools/paths";
import { optionalPins, pins } from "../../../../tools/toolchain/pins";
import { testedIstio, testedNodes, versionsPage } from "../../../../tools/toolchain/tested";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const json = <T>(path: string) => JSON.parse(read(path)) as T;

describe("tested versions", () => {
  it("are in docs/versions.md; `npm run versions` writes it", () =>
    assert.equal(read("docs/versions.md"), versionsPage()));

  it("of Istio are a range from the older to the pinned line", () => {
    const inRange = (version: string) => satisfies(version, testedIstio.range, { includePrerelease: true });
    assert.deepEqual([optionalPins.istio, pins.istio].map(inRange), [true, true]);
    assert.deepEqual(["1.28.9", "1.99.0"].map(inRange), [false, false]);
  });

  it("of the oldest Node.js are those of package.json and of the README", () => {
    const { engines } = json<{ engines: { node: string } }>("package.json");
    assert.equal(engines.node, pins.nodeRange);
    assert.match(read("README.md"), new RegExp(`Node\\.js ${pins.nodeRange.slice(2)} or newer`));
  });

  it("of other Node.js lines are locked, for both processors", () => {
    const { optionalDependencies } = json<{ optionalDependencies: Record<string, string> }>("test/nodes/package.json");
    const expected = testedNodes.flatMap((version) =>
      ["arm64", "x64"].map((cpu) => [`node${version.split(".")[0]}-${cpu}`, `npm:node-linux-${cpu}@${version}`]),
    );
    assert.deepEqual(optionalDependencies, Object.fromEntries(expected));
  });

  it("of the Kubernetes provider are those of its npm package", () => {
    const { devDependencies } = json<{ devDependencies: Record<string, string> }>("package.json");
    assert.equal(devDependencies["@pulumi/kubernetes"], pins.kubernetesProvider);
  });

  for (const [module, versions] of Object.entries({
    go: [
      `go.etcd.io/etcd/server/v3 v${pins.etcd}`,
      `github.com/coredns/coredns v${pins.coredns}`,
      `k8s.io/kubernetes v${pins.kubernetes}`,
      `github.com/pulumi/pulumi/pkg/v3 v${pins.pulumi}`,
    ],
    "otel-operator": [`github.com/open-telemetry/opentelemetry-operator v${optionalPins.opentelemetryOperator}`],
  })) {
    it(`are those of tools/${module}/go.mod`, () => {
      const lines = read(`tools/${module}/go.mod`)
        .split("\n")
        .map((line) => line.replace(/^require /, "").trim());
      assert.deepEqual(
        versions.filter((version) => !lines.some((line) => line.replace(" // indirect", "") === version)),
        [],
      );
    });
  }

  it("are named in one place: stack config and the stack file of this machine take the default", () => {
    const config = filesBelow(join(projectRoot, "config")).map((file) => relative(projectRoot, file));
    assert.ok(config.includes("config/mesh/mesh.ts"));
    for (const file of ["Pulumi.dev.yaml", "README.md", ...config]) {
      assert.ok(![pins.istio, pins.kubernetes].some((version) => read(file).includes(version)), file);
    }
  });
});
