import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { GetSchemaRequest, type GetSchemaResponse } from "@pulumi/pulumi/proto/provider_pb";
import { projectRoot } from "../../../tools/paths";

/** What the engine does first: it starts the executable, reads the port, and asks for the schema. */
async function schemaFrom(command: string, cwd: string): Promise<string> {
  const child: ChildProcess = spawn(command, ["127.0.0.1:1"], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  try {
    assert.ok(child.stdout);
    const [port] = await once(child.stdout.setEncoding("utf8"), "data");
    const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
    const answer = await new Promise<GetSchemaResponse>((resolve, reject) => {
      client.getSchema(new GetSchemaRequest(), (error, response) => (error ? reject(error) : resolve(response)));
    });
    client.close();
    return answer.getSchema();
  } finally {
    child.kill("SIGKILL");
  }
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
    assert.deepEqual(JSON.parse(await schemaFrom(link, folder)), schema);
  });

  it("holds no TypeScript compiler and none of what a local cluster or an account is managed with", () => {
    const text = readFileSync(join(built(), "provider.js"), "utf8");
    assert.ok(text.length < 6e6, `${text.length} bytes`);
    for (const name of ["createTypeChecker", "@alicloud/credentials", "ensureTools"]) {
      assert.ok(!text.includes(name), name);
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));
});
