import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../tools/paths";
import { pins } from "../../../tools/toolchain/pins";
import { ConsumerFolder, sdks } from "../own-program/consumer";
import { go } from "./go-tools";
import { addSdk } from "./programs";

/** Pulumi's own for Go: the line of its SDK that the suite has for Node.js, and the newest for Kubernetes that fits the provider. */
const sdkVersion = sdks[0]?.split("@").at(-1);
const kubernetesSdk = "github.com/pulumi/pulumi-kubernetes/sdk/v4@v4.22.2";

const goModule = `module shop-lanes

go 1.26

require example.com/pulumi-mesh-lanes/sdk/go v0.0.0

replace example.com/pulumi-mesh-lanes/sdk/go => ./sdks/mesh-lanes
`;

/** No registry has a language host for Go that these tests could build, so the program is compiled and not run. */
describe("the example in Go", () => {
  let folder: ConsumerFolder;

  before(async () => {
    folder = await ConsumerFolder.with();
    await addSdk(folder, "go");
    cpSync(join(projectRoot, "plugin", "examples", "go"), folder.path, { recursive: true });
    folder.write("go.mod", goModule);
    assert.ok(sdkVersion !== undefined && pins.kubernetesProvider.startsWith("4."));
    await go(folder.path, "get", `github.com/pulumi/pulumi/sdk/v3@v${sdkVersion}`, kubernetesSdk);
  });

  it("compiles with the generated SDK", () => go(folder.path, "vet", "."));

  it("does not compile with an argument that the SDK does not have", async () => {
    const wrong = { from: "RouteHeader:", to: "RouteHeaders:" };
    folder.write("main.go", folder.read("main.go").replace(wrong.from, wrong.to));
    await assert.rejects(go(folder.path, "vet", "."), /unknown field RouteHeaders/);
  });

  after(() => folder?.remove());
});
