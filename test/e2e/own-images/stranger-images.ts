import assert from "node:assert/strict";
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeConfig, nodePaths } from "../../../tools/embedded/config";
import { baseLayer } from "../../../tools/images/base-root";
import { fileLayer } from "../../../tools/images/layers";
import { type Image, writeArchive } from "../../../tools/images/oci";
import { appRecipes } from "../../../tools/images/recipes";
import { silentReporter } from "../../../tools/report/reporter";
import { run } from "../support";

/** Tag of the image -> name that CI would push it by. */
export const imageOf = (build: string): string => `registry.example.com/shop/cart:${build}`;

/**
 * A server as somebody else would write it: it runs as root, writes to its file system, knows nothing of this project's
 * variables, has no page for probes, takes a while to start, and ends at once when it is told to.
 */
const server = (build: string) => `
const { writeFileSync } = require("node:fs");
writeFileSync("/started", "by " + process.getuid());
const text = () => ["cart ${build}", process.env.COLOR, process.env.SIZE, process.env.VERSION].join(" ") + "\\n";
const server = require("node:http").createServer((request, response) => response.end(text()));
// It leaves it to the proxy to close idle connections.
Object.assign(server, { keepAliveTimeout: 3_660_000, headersTimeout: 0, requestTimeout: 0 });
setTimeout(() => server.listen(8080), 2000);
process.on("SIGTERM", () => process.exit(0));
`;

/** Brings these builds of the image onto the suite's node, as a registry would. */
export async function loadImages(builds: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [mock] = await appRecipes(await baseLayer(silentReporter), ["mock"]);
  assert.ok(mock);
  // Without the last layer, which is the mock app.
  const [base, runtime] = mock.layers;
  assert.ok(base && runtime);
  const images = builds.map(async (build) => ({
    ref: imageOf(build),
    layers: [
      base,
      runtime,
      await fileLayer([{ path: "srv/server.js", mode: 0o644, source: Buffer.from(server(build)) }]),
    ],
    config: {
      ...mock.config,
      User: "0:0",
      WorkingDir: "/srv",
      Entrypoint: ["/usr/local/bin/node", "/srv/server.js"],
    },
  }));
  await importImages(await Promise.all(images), env);
}

/** Brings images onto the suite's node. */
export async function importImages(images: readonly Image[], env: NodeJS.ProcessEnv): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-images-"));
  try {
    const archive = join(folder, "images.tar");
    await writeArchive(images, createWriteStream(archive));
    const socket = nodePaths(nodeConfig({})).containerdSocket;
    const { exitCode, stderr } = await run(
      "ctr",
      ["--address", socket, "--namespace", "k8s.io", "images", "import", archive],
      env,
    );
    assert.equal(exitCode, 0, stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
