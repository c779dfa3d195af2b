import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { otherExamples } from "../../../cli/docs/programs/files";
import { projectRoot } from "../../../tools/paths";
import { pins } from "../../../tools/toolchain/pins";
import { ConsumerFolder, compilers, sdks } from "../own-program/consumer";
import { go } from "./go-tools";
import { addSdk, sdkVersion } from "./programs";

/** The newest for Go that fits the provider. */
const kubernetesSdk = "github.com/pulumi/pulumi-kubernetes/sdk/v4@v4.22.2";

const goModule = `module shop-lanes

go 1.26

require example.com/pulumi-mesh-lanes/sdk/go v0.0.0

replace example.com/pulumi-mesh-lanes/sdk/go => ./sdks/mesh-lanes
`;

/** A program in TypeScript with the SDK that `pulumi package add` generates, instead of the library. */
const typescriptProgram = `import * as pulumi from "@pulumi/pulumi";
import { Lanes } from "./sdks/mesh-lanes";

const shop = new Lanes("shop", {
  kubeconfig: new pulumi.Config().requireSecret("kubeconfig"),
  mode: "permissive",
  baseline: "v1",
  routeHeader: "version",
  services: [{ name: "mocka", port: 8000, versions: ["v1", "v2"] }],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  lanes: [{ name: "v1", weight: 90 }, { name: "v2", weight: 10 }],
});
export const table: pulumi.Output<string> = shop.table;
`;

describe("the generated SDK for TypeScript", () => {
  let folder: ConsumerFolder;
  const compile = () => {
    const options = [
      "--noEmit",
      "--strict",
      "--target",
      "es2022",
      "--module",
      "commonjs",
      "--moduleResolution",
      "node",
    ];
    return folder.run(join(folder.path, "node_modules", ".bin", "tsc"), [...options, "--skipLibCheck", "program.ts"]);
  };

  before(async () => {
    folder = await ConsumerFolder.with(...sdks, ...compilers);
    await addSdk(folder, "nodejs");
  });

  it("compiles, and a program with it", async () => {
    folder.write("program.ts", typescriptProgram);
    const { exitCode, stdout } = await compile();
    assert.equal(exitCode, 0, stdout);
  });

  it("do not compile with an argument that it does not have", async () => {
    folder.write("program.ts", typescriptProgram.replace("routeHeader:", "routeHeaders:"));
    const { exitCode, stdout } = await compile();
    assert.notEqual(exitCode, 0);
    assert.match(stdout, /'routeHeaders' does not exist/);
  });

  after(() => folder?.remove());
});

/** No registry has a language host for Go that these tests could build, so the program is compiled and not run. */
describe("the examples in Go", () => {
  let folder: ConsumerFolder;

  before(async () => {
    folder = await ConsumerFolder.with();
    await addSdk(folder, "go");
    cpSync(join(projectRoot, "plugin", "examples", "go"), folder.path, { recursive: true });
    for (const name of otherExamples()) {
      const file = join("components", name, "main.go");
      cpSync(join(projectRoot, "plugin", "examples", file), join(folder.path, file), { recursive: true });
    }
    folder.write("go.mod", goModule);
    assert.ok(sdkVersion !== undefined && pins.kubernetesProvider.startsWith("4."));
    await go(folder.path, "get", `github.com/pulumi/pulumi/sdk/v3@v${sdkVersion}`, kubernetesSdk);
  });

  it("compile with the generated SDK", () => go(folder.path, "vet", ".", "./components/..."));

  it("do not compile with an argument that the SDK does not have", async () => {
    const wrong = { from: "RouteHeader:", to: "RouteHeaders:" };
    folder.write("main.go", folder.read("main.go").replace(wrong.from, wrong.to));
    await assert.rejects(go(folder.path, "vet", "."), /unknown field RouteHeaders/);
  });

  after(() => folder?.remove());
});
