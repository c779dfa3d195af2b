import { existsSync } from "node:fs";
import { join } from "node:path";
import { shellWord } from "../components/shell";
import { loadStackConfig } from "../config/read";
import { configNamespace } from "../config/stack";
import { readYaml } from "../config/yaml";
import { isCheckout, projectRoot } from "../tools/paths";
import { type Problem, UserError } from "../tools/user-error";
import { isRecord } from "../tools/values";
import { type FirstStack, stackFile } from "./init/stack-file";
import { writeNewStackFile } from "./stack/new-file";
import { schemaLine } from "./stack/schema-line";
import { updateCommand } from "./update-command";

export interface InitOptions {
  readonly cluster: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly group: string;
  readonly namespace: string;
  readonly mode: string;
  readonly services: string;
  readonly port: string;
  readonly versions: string;
  readonly host: string;
  readonly header: string;
  /** Undefined: on a cluster of this machine. */
  readonly demo?: boolean;
}

const clusters = ["auto", "embedded", "kind", "existing"];
const modes = ["strict", "permissive"] as const;

/**
 * `lanes init <stack>`: a first config of a stack, checked before it is written.
 *
 * @returns what to do next, for stdout.
 * @throws UserError when a flag is wrong, or the stack has a file.
 */
export function init(stack: string, options: InitOptions, folder = projectRoot): string {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const problems = [...stackProblems(stack, file), ...flagProblems(options)];
  if (problems.length > 0) throw new UserError("lanes init cannot run like this", problems);
  const text = stackFile(firstStack(stack, options), schemaLine(folder));
  check(text, folder);
  writeNewStackFile(stack, folder, text, "lanes init wrote nothing");
  const { cluster, kubeconfig = "", context = "", namespace } = options;
  const there = ["--kubeconfig", kubeconfig, "--context", context, "--namespace", namespace].map(shellWord).join(" ");
  const next =
    cluster === "existing"
      ? [
          ...(options.demo
            ? []
            : [
                `npx lanes import ${there}    # the lane group that the services there would have: read only, to compare`,
              ]),
          `PULUMI_CONFIG_PASSPHRASE=... ${updateCommand(stack)}    # a passphrase of yours: the state holds your kubeconfig`,
        ]
      : [`${updateCommand(stack)}    # cluster, mesh and lanes, proven with requests`];
  return [`wrote Pulumi.${stack}.yaml`, `npx lanes matrix --stack ${stack}`, ...next, ""].join("\n");
}

function firstStack(stack: string, options: InitOptions): FirstStack {
  const { cluster: kind, kubeconfig, context, group, namespace, mode, port, host, header } = options;
  return {
    stack,
    cluster: { kind, ...(kubeconfig !== undefined && { kubeconfig }), ...(context !== undefined && { context }) },
    ...{ group, namespace, host, header },
    mode: mode === "strict" ? "strict" : "permissive",
    services: list(options.services),
    port: Number(port),
    versions: list(options.versions),
    demo: options.demo ?? kind !== "existing",
  };
}

function list(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function stackProblems(stack: string, file: string): Problem[] {
  if (!/^[A-Za-z0-9_.-]+$/.test(stack)) {
    const expected = "a name of letters, digits, '-', '_' and '.'";
    return [{ path: "stack", got: `got "${stack}"`, expected, fix: "Choose another name, such as dev2." }];
  }
  if (!existsSync(file)) return [];
  const got = `there is a Pulumi.${stack}.yaml`;
  return [
    { path: "stack", got, expected: "the name of a stack that has no file", fix: "Name another, or edit that file." },
  ];
}

function flagProblems(options: InitOptions): Problem[] {
  const { cluster, mode, port, services, versions, kubeconfig, context } = options;
  const oneOf = (path: string, got: string, known: readonly string[], fix: string): Problem[] =>
    known.includes(got) ? [] : [{ path, got: `got "${got}"`, expected: known.join(", "), fix }];
  const missing = (path: string, value: string | undefined, expected: string): Problem[] =>
    cluster !== "existing" || value !== undefined
      ? []
      : [{ path, got: "missing", expected, fix: `Add ${path}: an ambient kubeconfig is never used.` }];
  const some = (path: string, text: string): Problem[] =>
    list(text).length > 0
      ? []
      : [{ path, got: `got "${text}"`, expected: "names with commas between", fix: "Name one at least." }];
  return [
    ...oneOf(
      "--cluster",
      cluster,
      clusters,
      "For a cluster of Alibaba Cloud begin with a copy of Pulumi.staging.yaml.",
    ),
    ...(isCheckout || cluster === "existing" || !clusters.includes(cluster)
      ? []
      : [
          {
            path: "--cluster",
            got: `got "${cluster}", a cluster of this machine`,
            expected: "existing: with the npm package no cluster is made",
            fix: "Add --cluster existing --kubeconfig <file> --context <name>, or run it in a checkout of the repository.",
          },
        ]),
    ...oneOf("--mode", mode, modes, "Name one of them."),
    ...(/^\d+$/.test(port)
      ? []
      : [{ path: "--port", got: `got "${port}"`, expected: "a port number", fix: "Give a number such as 8000." }]),
    ...some("--services", services),
    ...some("--versions", versions),
    ...missing("--kubeconfig", kubeconfig, "path of a kubeconfig file"),
    ...missing("--context", context, "name of a context in it"),
  ];
}

/** The config's own check, with the flags' values in its messages. @throws UserError */
function check(text: string, folder: string): void {
  const { document } = readYaml(text);
  const config = isRecord(document) && isRecord(document.config) ? document.config : {};
  const prefix = `${configNamespace}:`;
  const values = Object.entries(config).map(([key, value]) => [key.slice(prefix.length), value]);
  loadStackConfig({ values: Object.fromEntries(values), encrypted: new Set() }, folder);
}
