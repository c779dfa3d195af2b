import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type ConsumerFolder, sdks } from "../own-program/consumer";
import { generateSdks } from "./go-tools";

/** A program in one language, in a folder in which the npm package is installed. */
export interface Language {
  readonly name: string;
  /** Makes the folder ready. @returns what the program needs in front of PATH. */
  prepare(folder: ConsumerFolder): Promise<readonly string[]>;
  /** Writes a program that has these lanes. */
  write(folder: ConsumerFolder, lanes: readonly string[]): void;
}

const provider = "./node_modules/mesh-lanes/dist/provider";
const group = {
  mode: "permissive",
  services: ["mocka", "mockb", "mockc"].map((name) => ({ name, port: 8000, versions: ["v1", "v2", "v3"] })),
  entry: { service: "mocka", gateway: "istio-system/ingressgateway", header: "version" },
  baseline: "v1",
};

function reference(name: string): string {
  return `\${${name}}`;
}

export const yaml: Language = {
  name: "YAML",
  prepare: async () => [],
  write(folder, names) {
    const properties = { ...group, versionLabel: "ASM_TRAFFIC_TAG", routeHeader: "version" };
    const lanes = names.map((name) => ({ name }));
    const kubeconfig = reference("kubeconfig");
    folder.write(
      "Pulumi.yaml",
      stringify({
        name: "yaml",
        runtime: "yaml",
        packages: { "mesh-lanes": provider },
        config: { kubeconfig: { type: "string", secret: true } },
        resources: {
          cluster: { type: "pulumi:providers:kubernetes", properties: { kubeconfig } },
          own: {
            type: "mesh-lanes:index:Lanes",
            properties: { ...properties, lanes, kubeconfig },
            options: { providers: [reference("cluster")] },
          },
        },
        outputs: { lanes: reference("own.laneNames") },
      }),
    );
  },
};

export const python: Language = {
  name: "Python",
  async prepare(folder) {
    folder.write("requirements.txt", "pulumi\npulumi-kubernetes\n./sdks/mesh-lanes\n");
    return [await installPython(folder)];
  },
  write(folder, names) {
    folder.write("Pulumi.yaml", stringify({ name: "python", runtime: "python", packages: { "mesh-lanes": provider } }));
    folder.write(
      "__main__.py",
      `import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_mesh_lanes as mesh_lanes

kubeconfig = pulumi.Config().require_secret("kubeconfig")
cluster = kubernetes.Provider("cluster", kubeconfig=kubeconfig)
own = mesh_lanes.Lanes(
    "own",
    mode=${JSON.stringify(group.mode)},
    version_label="ASM_TRAFFIC_TAG",
    services=${JSON.stringify(group.services)},
    entry=${JSON.stringify(group.entry)},
    route_header="version",
    baseline=${JSON.stringify(group.baseline)},
    lanes=${JSON.stringify(names.map((name) => ({ name })))},
    kubeconfig=kubeconfig,
    opts=pulumi.ResourceOptions(providers=[cluster]),
)
pulumi.export("lanes", own.lane_names)
`,
    );
  },
};

/**
 * Installs what the program's requirements.txt names, with the generated SDK, into a virtual environment of the folder.
 *
 * @returns the environment's folder of programs, for PATH.
 */
export async function installPython(folder: ConsumerFolder): Promise<string> {
  await addSdk(folder, "python");
  // pulumi==3.1.2, the versions that this suite has plugins for.
  folder.write(
    "constraints.txt",
    sdks
      .map((sdk) => sdk.replace("@pulumi/pulumi@", "pulumi==").replace("@pulumi/kubernetes@", "pulumi-kubernetes=="))
      .join("\n"),
  );
  const bin = join(folder.path, "venv", "bin");
  await folder.must("python3", "-m", "venv", "venv");
  const quiet = ["--quiet", "--disable-pip-version-check"];
  await folder.must(join(bin, "pip"), "install", ...quiet, "-r", "requirements.txt", "-c", "constraints.txt");
  return bin;
}

/** Generates the SDK of a language where `pulumi package add` puts it. */
export async function addSdk(folder: ConsumerFolder, language: "go" | "nodejs" | "python"): Promise<void> {
  const generated = mkdtempSync(join(tmpdir(), "mesh-lanes-sdks-"));
  try {
    await generateSdks(generated);
    cpSync(join(generated, language), join(folder.path, "sdks", "mesh-lanes"), { recursive: true });
  } finally {
    rmSync(generated, { recursive: true, force: true });
  }
}
