import { cp, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Reporter } from "../report/reporter";
import { nodejsLayerFile, operatorChartFolder } from "./bundles";
import { compile, copyWritable, moduleFolder } from "./go-build";
import type { LogFile } from "./log-file";
import { packNodejsLayer } from "./nodejs-layer";
import { copyOwnModule } from "./own-module";
import { optionalPins } from "./pins";
import { runLogged } from "./run-logged";
import type { Settings } from "./settings";

const operatorModule = "github.com/open-telemetry/opentelemetry-operator";

/** Go's caches grow by 2.7 GB when nothing but the operator is built. Measured. */
const buildSpace = 3e9;

/** Custom resources of the operator; their definitions are the chart's crds/. */
const definitions = ["instrumentations", "opampbridges", "opentelemetrycollectors", "targetallocators"];

/**
 * Gets the OpenTelemetry operator from its Go module: the manager, a chart with its manifests, and, from npm, the packages
 * that it injects into Node.js apps, by their own lock file.
 *
 * @param stage afterwards also holds bin/opentelemetry-operator, the chart's folder and the layer's tar file.
 */
export async function buildOperator(
  stage: string,
  settings: Settings,
  reporter: Reporter,
  log: LogFile,
): Promise<void> {
  const { module, go } = await copyOwnModule("otel-operator", buildSpace, stage, settings, log);

  reporter.waiting("getting the packages that are injected into Node.js apps");
  await packNodejs(stage, settings, log);

  reporter.waiting("getting the module of the OpenTelemetry operator");
  await assembleChart(
    join(module, "chart"),
    await moduleFolder(go, operatorModule, module),
    join(stage, operatorChartFolder),
  );

  const bin = join(stage, "operator", "bin");
  await mkdir(bin, { recursive: true });
  const stamps = [[`${operatorModule}/internal/version.version`, optionalPins.opentelemetryOperator]] as const;
  await compile({ what: "the OpenTelemetry operator", stamps, module, bin, go, reporter });
  await mkdir(join(stage, "bin"), { recursive: true });
  await rename(join(bin, "opentelemetry-operator"), join(stage, "bin", "opentelemetry-operator"));
}

/** The chart of this project with the definitions, roles and webhooks of the module's own kustomize config. */
async function assembleChart(templates: string, from: string, chart: string): Promise<void> {
  await cp(templates, chart, { recursive: true });
  for (const folder of ["crds", "manifests"]) await mkdir(join(chart, folder), { recursive: true });
  for (const plural of definitions) {
    const file = `opentelemetry.io_${plural}.yaml`;
    await copyWritable(join(from, "config", "crd", "bases", file), join(chart, "crds", file));
  }
  await copyWritable(join(from, "config", "rbac", "role.yaml"), join(chart, "manifests", "role.yaml"));
  await copyWritable(join(from, "config", "webhook", "manifests.yaml"), join(chart, "manifests", "webhooks.yaml"));
}

async function packNodejs(stage: string, settings: Settings, log: LogFile): Promise<void> {
  const folder = join(stage, "source", "otel-nodejs");
  await cp(join(settings.sources, "otel-nodejs"), folder, { recursive: true });
  const args = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  const what = "Getting the packages of Node.js instrumentation";
  const fix = "see the log; run it again if the network failed";
  await runLogged({ program: "npm", args, cwd: folder, env: settings.env, what, fix }, log);
  await packNodejsLayer(folder, join(stage, nodejsLayerFile));
}
