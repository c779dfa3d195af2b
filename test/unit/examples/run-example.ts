import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import ts from "typescript";
import * as library from "../../../library";
import * as alibaba from "../../../library/alibaba";
import * as core from "../../../library/core";
import { projectRoot } from "../../../tools/paths";
import { kubeconfigOf } from "../stacks/existing-cluster";
import { runProgram } from "../stacks/run-stack";

const entries: Readonly<Record<string, object>> = {
  "mesh-lanes": library,
  "mesh-lanes/alibaba": alibaba,
  "mesh-lanes/core": core,
};

/** What the comments of the examples tell to set. */
const config: Readonly<Record<string, string>> = {
  kubeconfig: kubeconfigOf("token"),
  meshKubeconfig: kubeconfigOf("mesh-token"),
  context: "mine",
  certificate: "-----BEGIN CERTIFICATE-----",
  key: "-----BEGIN PRIVATE KEY-----",
  databasePassword: "password",
};

/** Runs a program of examples/ as a consumer of the package does, with the entry points in place of the installed package. */
export async function runExample(file: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(projectRoot, file);
  const keys = Object.entries(config).map(([key, value]) => [`${pulumi.getProject()}:${key}`, value]);
  pulumi.runtime.setAllConfig(Object.fromEntries(keys));
  const { outputText } = ts.transpileModule(readFileSync(path, "utf8"), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  const fromThere = createRequire(path);
  const load = (name: string): unknown => entries[name] ?? fromThere(name);
  return runProgram(async () => {
    const exported: Record<string, unknown> = {};
    new Function("require", "exports", outputText)(load, exported);
    return exported;
  });
}
