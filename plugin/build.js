// Writes the component provider to dist/provider: one file of JavaScript with all that it needs, and what the engine starts.
// It needs Node.js and nothing else: no packages beside it, no compiler, no checkout. `npm run provider`, and before `npm pack`.
const { chmodSync, mkdirSync, rmSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { build } = require("esbuild");

const folder = process.argv[2] ?? join(__dirname, "..", "dist", "provider");

/** What libraries load at once and the provider never uses, by who loads it. */
const unused = [
  // Pulumi's: to write closures as text, to drive its own CLI and to export traces.
  {
    from: "",
    modules:
      /^(\.\/automation|\.\.\/\.\.\/typescript-shim|typescript|ts-node|@npmcli\/arborist|normalize-package-data)$/,
  },
  // Messages of zod in other languages than English, which it takes from another file.
  { from: "/node_modules/zod/", modules: /\/locales\/index\.c?js$/ },
  // Of undici the provider has its connections: no fetch, no WebSocket, nothing that a test puts in their place.
  { from: "/node_modules/undici/index.js", modules: /^\.\/lib\/(web|mock|cache|interceptor)\// },
];

const withoutUnused = {
  name: "without-unused",
  setup(builder) {
    for (const { from, modules } of unused) {
      builder.onResolve({ filter: modules }, ({ path, importer }) =>
        importer.includes(from) ? { path, namespace: "unused" } : undefined,
      );
    }
    // undici makes one of these when it is loaded.
    const contents = "module.exports = { CacheStorage: class {} };";
    builder.onLoad({ filter: /.*/, namespace: "unused" }, () => ({ contents }));
  },
};

async function main() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(__dirname, "provider.ts")],
    outfile: join(folder, "provider.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    minify: true,
    // Names of functions and classes are part of messages.
    keepNames: true,
    legalComments: "external",
    logLevel: "warning",
    plugins: [withoutUnused],
  });
  const starter = join(folder, "pulumi-resource-mesh-lanes");
  // Node.js follows links to where provider.js is; a shell would not.
  writeFileSync(starter, '#!/usr/bin/env node\nrequire("./provider.js");\n');
  chmodSync(starter, 0o755);
  writeFileSync(`${starter}.cmd`, '@node "%~dp0provider.js" %*\r\n');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
