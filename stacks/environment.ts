import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { StackConfig } from "../config/stack";
import type { AppImage, HostFacts, KubeconfigSource } from "../library";
import { imageRef } from "../tools/images/operator-images";
import { dockerAnswers } from "../tools/kind/docker";
import { markedKind } from "../tools/kind/marker";
import { projectRoot, workPaths } from "../tools/paths";
import { UserError } from "../tools/user-error";

/** What a stack takes from the machine that its program runs on. */
export interface StackEnvironment {
  readonly facts: HostFacts;
  /** Folder with Istio's charts, for a config that names none; see `ChartsArgs`. */
  readonly charts?: string;
  /** The same for the control plane of before (`mesh.previous`), where that is of another version. */
  readonly previousCharts?: string;
  /** Folder with the chart of an OpenTelemetry operator that was built here. */
  readonly operatorChart?: string;
  /** The image of an app under apps/ or of a built operator, named by its sources. */
  appImage(app: string): AppImage;
  /** Reads a kubeconfig file. @throws UserError when it cannot be read. */
  readKubeconfig(file: string, section?: KubeconfigSource["section"]): Pick<KubeconfigSource, "text" | "folder">;
}

/** What this machine is, as far as the kind of a stack's cluster depends on it. */
export function hostFacts({ cluster }: Pick<StackConfig, "cluster">, env: NodeJS.ProcessEnv = process.env): HostFacts {
  return {
    platform: process.platform,
    root: process.getuid?.() === 0,
    present: presentCluster(cluster.name),
    dockerAnswers: () => dockerAnswers(env),
  };
}

function presentCluster(name: string): HostFacts["present"] {
  if (existsSync(workPaths.node)) return "embedded";
  return markedKind() === name ? "kind" : undefined;
}

/**
 * Looks at this machine for what a stack depends on. Charts come from MESH_LANES_CHARTS and MESH_LANES_PREVIOUS_CHARTS, which `lanes`
 * sets when Istio's repository is out of reach, and MESH_LANES_OPERATOR_CHART, which it sets when it has built the operator.
 */
export function gatherEnvironment(
  config: Pick<StackConfig, "cluster">,
  env: NodeJS.ProcessEnv = process.env,
): StackEnvironment {
  return {
    facts: hostFacts(config, env),
    charts: env.MESH_LANES_CHARTS || undefined,
    previousCharts: env.MESH_LANES_PREVIOUS_CHARTS || undefined,
    operatorChart: env.MESH_LANES_OPERATOR_CHART || undefined,
    appImage: imageRef,
    readKubeconfig,
  };
}

function readKubeconfig(file: string, section = "cluster"): { text: string; folder: string } {
  const path = resolve(projectRoot, file);
  try {
    return { text: readFileSync(path, "utf8"), folder: dirname(path) };
  } catch (error) {
    throw new UserError(`The kubeconfig of the ${section} cannot be read.`, [
      {
        path: `${section}.kubeconfig`,
        got: `${file}: ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
        expected: "a file that can be read; its path is relative to the folder of the project",
        fix: "Name the right file.",
      },
    ]);
  }
}
