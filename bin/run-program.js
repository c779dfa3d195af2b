// What the language host runs in place of "@pulumi/pulumi/cmd/run" (PULUMI_LANGUAGE_NODEJS_RUN_PATH, set by
// `lanes env`): the same, with this project's sources transpiled here, so that Pulumi loads neither the TypeScript
// compiler nor ts-node. Any other project that is run in the same shell gets Pulumi's own way, untouched.
const { realpathSync } = require("node:fs");
const { createRequire } = require("node:module");
const { join } = require("node:path");

const root = realpathSync(join(__dirname, ".."));
const pwd = process.argv[process.argv.indexOf("--pwd") + 1];
const program = realpathSync(process.argv.includes("--pwd") ? pwd : process.cwd());
const requireAsProgram = createRequire(join(program, "package.json"));

if (program === root) {
  require("./lazy-modules");
  const { retrieveSourceMap } = require("./source-maps");
  // The copy that Pulumi registers a moment later: it is told where the maps of transpiled sources are.
  const { install } = createRequire(requireAsProgram.resolve("@pulumi/pulumi"))("source-map-support");
  install({ retrieveSourceMap });
  require("./unread-stacks");
  require("./unused-work").leaveOut(requireAsProgram);
  delete process.env.PULUMI_NODEJS_TYPESCRIPT;
}
requireAsProgram("@pulumi/pulumi/cmd/run");
