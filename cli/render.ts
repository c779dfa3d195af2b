import { stringify } from "yaml";
import { sealed } from "../config/secrets";
import type { StackConfig } from "../config/stack";
import { gatherEnvironment, type StackEnvironment } from "../stacks/environment";
import { createStack } from "../stacks/stack";
import { UserError } from "../tools/user-error";
import { leftText, toStream, writeFiles } from "./render/files";
import { type Rendered, renderManifests } from "./render/manifests";
import { runProgram } from "./render/program";
import { readStack } from "./stack/read";

export interface RenderOptions {
  readonly stack: string;
  /** Folder for one file each; default: stdout. */
  readonly output?: string;
  /** Only the objects of this API server. */
  readonly api?: string;
}

/**
 * `lanes render`: the Kubernetes objects that `pulumi up` of a stack makes, from the same program, without a cluster.
 *
 * @returns what goes to stdout and to stderr.
 * @throws UserError when the config is wrong, or a file is in the way.
 */
export async function render(
  { stack, output, api }: RenderOptions,
  config: StackConfig = readStack(stack),
): Promise<{ readonly text: string; readonly note: string }> {
  const all = await renderStack(stack, config);
  const apis = [...new Set(all.manifests.map((manifest) => manifest.api))];
  if (api !== undefined && !apis.includes(api)) {
    const got = `got "${api}"`;
    throw wrong("--api", got, apis.join(" or "), "Name an API server that the stack has objects on.");
  }
  if (output === undefined && api === undefined && apis.length > 1) {
    const got = `objects for ${apis.length} API servers, ${apis.join(" and ")}, in one stream`;
    throw wrong("--api", got, apis.join(" or "), `Add --api ${apis[0]}, or write a folder for each with --output.`);
  }
  const rendered = { ...all, manifests: all.manifests.filter((manifest) => api === undefined || manifest.api === api) };
  const left = rendered.left.length > 0 ? `${leftText(rendered.left)}\n` : "";
  if (output === undefined) return { text: toStream(rendered.manifests), note: left };
  const { written, removed } = writeFiles(rendered, stack, output);
  const count = `${rendered.manifests.length} objects in ${output}: ${written} files written, ${removed} removed`;
  return { text: "", note: `${left}${count}\n` };
}

/** Runs the stack's own program. */
export async function renderStack(
  stack: string,
  config: StackConfig,
  environment: StackEnvironment = gatherEnvironment(config),
): Promise<Rendered> {
  const program = () => createStack(withKeys(config), { ...environment, readKubeconfig: placeholder(config) });
  return renderManifests(await runProgram(stack, program));
}

/** The program wants the keys that it gets decrypted. Their secrets are told of and not rendered, so any text does. */
function withKeys(config: StackConfig): StackConfig {
  const tls = config.tls.map((entry) =>
    entry.source.kind === "pem" ? { ...entry, source: { ...entry.source, key: entry.source.key ?? sealed } } : entry,
  );
  return { ...config, tls };
}

/** No object depends on how the cluster is reached, so nobody needs the credentials. */
function placeholder({ cluster, mesh }: StackConfig) {
  const contexts = {
    cluster: cluster.kind === "existing" ? cluster.context : "",
    mesh: mesh.kind === "asm" ? (mesh.existing?.context ?? "") : "",
  };
  return (_file: string, section: "cluster" | "mesh" = "cluster") => {
    const name = contexts[section];
    const server = "https://cluster.invalid";
    const text = stringify({
      ...{ apiVersion: "v1", kind: "Config", clusters: [{ name, cluster: { server } }], users: [{ name, user: {} }] },
      contexts: [{ name, context: { cluster: name, user: name } }],
    });
    return { text, folder: "/" };
  };
}

function wrong(path: string, got: string, expected: string, fix: string): UserError {
  return new UserError("lanes render cannot run like this", [{ path, got, expected, fix }]);
}
