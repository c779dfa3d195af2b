import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest, type GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { otherExample, otherExamples } from "../../../cli/docs/programs/files";
import { readProgram } from "../../../cli/docs/programs/program";
import { projectRoot } from "../../../tools/paths";
import { construct, Engine } from "./engine";
import type { PackageSchema } from "./schema-problems";

function resultsOf(type: string): object {
  const schema: PackageSchema = JSON.parse(readFileSync(join(projectRoot, "plugin", "schema.json"), "utf8"));
  return schema.resources[type]?.properties ?? {};
}

/** What the engine does first: it starts the executable, reads the port, and connects. */
async function withProvider<T>(
  command: string,
  cwd: string,
  engine: string,
  use: (client: ResourceProviderClient) => Promise<T>,
): Promise<T> {
  const child: ChildProcess = spawn(command, [engine], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  try {
    assert.ok(child.stdout);
    const [port] = await once(child.stdout.setEncoding("utf8"), "data");
    const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
    const result = await use(client);
    client.close();
    return result;
  } finally {
    child.kill("SIGKILL");
  }
}

async function schemaOf(client: ResourceProviderClient): Promise<string> {
  const answer = await new Promise<GetSchemaResponse>((resolve, reject) => {
    client.getSchema(new GetSchemaRequest(), (error, response) => (error ? reject(error) : resolve(response)));
  });
  return answer.getSchema();
}

describe("the compiled component provider", () => {
  let folder: string;
  const built = () => join(folder, "provider");

  before(function () {
    this.timeout(60_000);
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-provider-"));
    execFileSync(process.execPath, [join(projectRoot, "plugin", "build.js"), built()]);
  });

  it("runs in an empty folder with nothing but Node.js, and through a link", async function () {
    this.timeout(60_000);
    const link = join(folder, "pulumi-resource-mesh-lanes");
    symlinkSync(join(built(), "pulumi-resource-mesh-lanes"), link);
    const schema = JSON.parse(readFileSync(join(projectRoot, "plugin", "schema.json"), "utf8"));
    assert.deepEqual(JSON.parse(await withProvider(link, folder, "127.0.0.1:1", schemaOf)), schema);
  });

  it("makes the component of each example, as the engine asks for it", async function () {
    this.timeout(120_000);
    const engine = new Engine();
    const address = await engine.start();
    const starter = join(built(), "pulumi-resource-mesh-lanes");
    try {
      await withProvider(starter, folder, address, async (client) => {
        for (const name of otherExamples()) {
          const { resources } = readProgram(readFileSync(join(projectRoot, otherExample(name, "Pulumi.yaml")), "utf8"));
          const own = Object.values(resources).filter(({ type }) => type.startsWith("mesh-lanes:"));
          for (const { type, properties } of own) {
            const from = engine.registered.length;
            const state = await construct(client, address, type, properties as Record<string, JavaScriptValue>);
            assert.deepEqual(Object.keys(state).sort(), Object.keys(resultsOf(type)).sort(), type);
            assert.equal(engine.registered[from], type);
          }
        }
      });
      for (const made of [
        "apps/v1:Deployment",
        "helm.sh/v3:Release",
        "core/v1:Namespace",
        "networking.istio.io/v1:Gateway",
      ])
        assert.ok(engine.registered.includes(`kubernetes:${made}`), made);
      assert.ok(engine.registered.includes("mesh-lanes:index:SelfSignedCertificate"));
    } finally {
      engine.stop();
    }
  });

  it("holds no TypeScript compiler and none of what a local cluster or an account is managed with", () => {
    const text = readFileSync(join(built(), "provider.js"), "utf8");
    assert.ok(text.length < 3e6, `${text.length} bytes`);
    for (const name of ["createTypeChecker", "@alicloud/credentials", "ensureTools"]) {
      assert.ok(!text.includes(name), name);
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));
});
