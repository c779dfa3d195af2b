import { createHash } from "node:crypto";
import { join } from "node:path";
import { coerce, satisfies } from "semver";
import { stringify } from "yaml";
import { type AppImageRef, containerfile } from "../images/app-image";
import { pins } from "../toolchain/pins";
import type { RunCommand } from "./commands";
import { kindFailure, kindGone, tooOldKind } from "./failures";

/** A kind cluster as the program asks for it. */
export interface KindRequest {
  readonly name: string;
  /** `hostPort:nodePort`; the host's side listens on 127.0.0.1 only. */
  readonly ports: readonly string[];
  /** @default the one that kind brings */
  readonly kubernetesVersion?: string;
}

/** How others reach an existing kind cluster. */
export interface KindInfo {
  /** Admin kubeconfig as text: a secret. */
  readonly kubeconfig: string;
  /** Where the published ports are reached. */
  readonly address: string;
  /** Another one means that the cluster was recreated. */
  readonly identity: string;
}

/** - stopped: the cluster's container is there and does not run. */
export interface KindInspection {
  readonly state: "absent" | "stopped" | "running";
  readonly identity?: string;
}

/** The config that kind makes a cluster from; see https://kind.sigs.k8s.io/docs/user/configuration/ */
function kindConfig(request: KindRequest): Record<string, unknown> {
  return {
    kind: "Cluster",
    apiVersion: "kind.x-k8s.io/v1alpha4",
    name: request.name,
    nodes: [
      {
        role: "control-plane",
        ...(request.kubernetesVersion === undefined ? {} : { image: `kindest/node:v${request.kubernetesVersion}` }),
        extraPortMappings: request.ports.map((mapping) => {
          const [hostPort, nodePort] = mapping.split(":").map(Number);
          return { containerPort: nodePort, hostPort, listenAddress: "127.0.0.1", protocol: "TCP" };
        }),
      },
    ],
  };
}

/**
 * Makes the cluster, or starts the container of one that was stopped. Does nothing to one that runs.
 *
 * @throws UserError when kind or Docker is missing, silent or too old, or a port is taken.
 */
export async function applyKind(request: KindRequest, run: RunCommand): Promise<KindInfo> {
  await checkKindVersion(run);
  const { state } = await inspectKind(request.name, run);
  if (state === "absent") {
    const args = ["create", "cluster", "--config", "-", "--wait", "120s", "--kubeconfig", "/dev/null"];
    await must(run, "Making the kind cluster", "kind", args, stringify(kindConfig(request)));
  } else if (state === "stopped") {
    await must(run, "Starting the kind cluster", "docker", ["start", containerName(request.name)]);
  }
  return readKind(request.name, run);
}

/**
 * Looks at the cluster's container.
 * @throws UserError when Docker cannot be asked: a cluster that cannot be seen is not one that is gone.
 */
export async function inspectKind(name: string, run: RunCommand): Promise<KindInspection> {
  const args = ["inspect", "--format", "{{.Id}} {{.State.Running}}", containerName(name)];
  const result = await run("docker", args);
  if (result.code !== 0) {
    if (/no such (object|container)/i.test(result.stderr)) return { state: "absent" };
    throw kindFailure("Looking for the kind cluster", "docker", result);
  }
  const [id = "", running] = result.stdout.trim().split(" ");
  return { state: running === "true" ? "running" : "stopped", identity: shortHash(id) };
}

/** @throws UserError when the cluster is not there. */
export async function readKind(name: string, run: RunCommand): Promise<KindInfo> {
  const { identity } = await inspectKind(name, run);
  if (identity === undefined) throw kindGone(name);
  const kubeconfig = await must(run, "Reading the kubeconfig", "kind", ["get", "kubeconfig", "--name", name]);
  return { kubeconfig, address: "127.0.0.1", identity };
}

/** Stops the cluster's container; what it holds stays. Nothing happens when it does not run. */
export async function stopKind(name: string, run: RunCommand): Promise<void> {
  if ((await inspectKind(name, run)).state !== "running") return;
  await must(run, "Stopping the kind cluster", "docker", ["stop", containerName(name)]);
}

/**
 * Removes the cluster with all that it holds. Nothing happens when it is gone, or when the one of that name has another
 * identity: then it is not the one that was asked about.
 */
export async function deleteKind(name: string, identity: string | undefined, run: RunCommand): Promise<void> {
  const seen = await inspectKind(name, run);
  if (seen.state === "absent" || (identity !== undefined && seen.identity !== identity)) return;
  await must(run, "Removing the kind cluster", "kind", [
    "delete",
    "cluster",
    "--name",
    name,
    "--kubeconfig",
    "/dev/null",
  ]);
}

/**
 * Builds the images of apps with Docker and loads them into the cluster's node. An image that is built already is not again.
 *
 * @param root folder of the checkout, which holds `apps/Containerfile`.
 */
export async function loadKindImages(
  name: string,
  images: readonly AppImageRef[],
  root: string,
  run: RunCommand,
): Promise<void> {
  for (const { app, ref } of images) {
    // The tag is a hash of the sources, so that an existing ref is the right image.
    if ((await run("docker", ["image", "inspect", "--format", "{{.Id}}", ref])).code === 0) continue;
    const file = ["--file", join(root, containerfile), "--build-arg", `APP=${app}`];
    await must(run, `Building ${ref}`, "docker", ["build", "--tag", ref, ...file, root]);
  }
  if (images.length === 0) return;
  const refs = images.map((image) => image.ref);
  await must(run, "Loading images into kind", "kind", ["load", "docker-image", ...refs, "--name", name]);
}

async function checkKindVersion(run: RunCommand): Promise<void> {
  const version = (await must(run, "Asking kind for its version", "kind", ["version", "--quiet"])).trim();
  const parsed = coerce(version);
  if (parsed === null || !satisfies(parsed, pins.kindRange)) throw tooOldKind(version);
}

async function must(
  run: RunCommand,
  action: string,
  program: string,
  args: readonly string[],
  input?: string,
): Promise<string> {
  const result = await run(program, args, { input });
  if (result.code !== 0) throw kindFailure(action, program, result);
  return result.stdout;
}

/** Name that kind gives the container of its only node. */
function containerName(cluster: string): string {
  return `${cluster}-control-plane`;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
