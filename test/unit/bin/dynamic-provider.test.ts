import assert from "node:assert/strict";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { version } from "@pulumi/pulumi/package.json";
import * as provider from "@pulumi/pulumi/proto/provider_grpc_pb";
import execa from "execa";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { projectRoot } from "../../../tools/paths";

describe("pulumi-resource-pulumi-nodejs", function () {
  this.timeout(60_000);

  it("is Pulumi's provider of dynamic resources, wherever it is started", async () => {
    const script = join(projectRoot, "bin", "dynamic-provider", "pulumi-resource-pulumi-nodejs");
    const child = execa(script, ["127.0.0.1:1"], { cwd: tmpdir(), reject: false });
    try {
      assert.ok(child.stdout);
      const [port] = await once(createInterface(child.stdout), "line");
      const client = new provider.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
      const info = await new Promise<{ getVersion(): string }>((resolve, reject) => {
        client.getPluginInfo(new Empty(), (error: Error | null, answer: { getVersion(): string }) =>
          error ? reject(error) : resolve(answer),
        );
      });
      client.close();
      assert.equal(info.getVersion(), version);
    } finally {
      child.kill();
      await child;
    }
  });
});
