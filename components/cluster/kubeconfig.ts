import { createHash } from "node:crypto";
import { isAbsolute, join } from "node:path";
import { UserError } from "../../tools/user-error";
import { asRecord, firstLine, type UnknownRecord } from "../../tools/values";

/** Loaded where a kubeconfig is read: it is a quarter of what the library would load, and most programs read none. */
const yaml = (): typeof import("yaml") => require("yaml");

/** Where a kubeconfig comes from: both are named in config, nothing of the shell's surroundings counts. */
export interface KubeconfigSource {
  /** Contents of the file. */
  readonly text: string;
  /** Its path, for messages. */
  readonly file: string;
  /** Its folder: paths inside a kubeconfig are relative to it. */
  readonly folder: string;
  /** Name of the context to use. The file's own current-context does not count. */
  readonly context: string;
  /** The section of the config that names it. @default "cluster" */
  readonly section?: "cluster" | "mesh";
}

interface Named {
  readonly name: string;
  readonly [section: string]: unknown;
}

const fileKeys = ["certificate-authority", "client-certificate", "client-key", "tokenFile"];

/**
 * Cuts a kubeconfig down to one context, so that no other cluster can be reached through it, and makes the paths in
 * it absolute.
 *
 * @returns a kubeconfig as text with one cluster, one user and one context, which is the current one.
 * @throws UserError when the file is no kubeconfig, has no such context, or the context names what is not there.
 */
export function selectContext(source: KubeconfigSource): string {
  const config = parseKubeconfig(source);
  const contexts = namedList(config.contexts);
  const context = contexts.find((entry) => entry.name === source.context);
  if (!context) {
    throw contextError(source, {
      got: `${JSON.stringify(source.context)} is not in ${source.file}`,
      expected: contexts.length > 0 ? contexts.map((entry) => entry.name).join(", ") : "(the file has no context)",
      fix: "Name one of these contexts.",
    });
  }
  const target = asRecord(context.context);
  const cluster = namedList(config.clusters).find((entry) => entry.name === target.cluster);
  const user = namedList(config.users).find((entry) => entry.name === target.user);
  if (!cluster || !user) {
    const missing = cluster ? `user ${JSON.stringify(target.user)}` : `cluster ${JSON.stringify(target.cluster)}`;
    throw contextError(source, {
      got: `${JSON.stringify(source.context)} refers to ${missing}, which ${source.file} does not have`,
      expected: "a context whose cluster and user are in the file",
      fix: "Write the kubeconfig again, or name another context.",
    });
  }
  return yaml().stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster.name, cluster: withAbsolutePaths(asRecord(cluster.cluster), source.folder) }],
    users: [{ name: user.name, user: withAbsolutePaths(asRecord(user.user), source.folder) }],
    contexts: [{ name: context.name, context: target }],
    "current-context": context.name,
  });
}

/**
 * Tells clusters apart by address and certificate authority, which stay the same when credentials are renewed.
 *
 * @param kubeconfig as {@link selectContext} returns it.
 */
export function clusterIdentity(kubeconfig: string): string {
  const cluster = asRecord(namedList(asRecord(yaml().parse(kubeconfig)).clusters)[0]?.cluster);
  const authority = cluster["certificate-authority-data"] ?? cluster["certificate-authority"] ?? "";
  return createHash("sha256").update(`${cluster.server}\n${authority}`).digest("hex").slice(0, 16);
}

function parseKubeconfig(source: KubeconfigSource): UnknownRecord {
  const noKubeconfig = (got: string) =>
    new UserError(`The kubeconfig of the ${sectionOf(source)} cannot be used.`, [
      {
        path: `${sectionOf(source)}.kubeconfig`,
        got: `${source.file}: ${got}`,
        expected: "a file of kind Config, as kubectl uses it",
        fix: "Name the right file.",
      },
    ]);
  let config: unknown;
  try {
    config = yaml().parse(source.text);
  } catch (error) {
    throw noKubeconfig(`not YAML (${firstLine(error)})`);
  }
  if (asRecord(config).kind !== "Config") throw noKubeconfig("not a kubeconfig");
  return asRecord(config);
}

function contextError(source: KubeconfigSource, problem: { got: string; expected: string; fix: string }): UserError {
  return new UserError(`The context ${JSON.stringify(source.context)} cannot be used.`, [
    { path: `${sectionOf(source)}.context`, ...problem },
  ]);
}

function sectionOf({ section = "cluster" }: KubeconfigSource): string {
  return section;
}

function namedList(value: unknown): Named[] {
  if (!Array.isArray(value)) return [];
  return value.filter((entry): entry is Named => typeof asRecord(entry).name === "string");
}

function withAbsolutePaths(section: UnknownRecord, folder: string): UnknownRecord {
  const absolute = (path: string) => (path === "" || isAbsolute(path) ? path : join(folder, path));
  const paths = fileKeys.flatMap((key) => {
    const path = section[key];
    return typeof path === "string" ? [[key, absolute(path)] as const] : [];
  });
  return { ...section, ...Object.fromEntries(paths) };
}
