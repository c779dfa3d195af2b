import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { type ConsumerFolder, sdks } from "../own-program/consumer";
import { group, type Language } from "../own-program/language";
import { generateSdks } from "./go-tools";

/** Of Pulumi's SDK, in every language. */
export const sdkVersion = sdks[0]?.split("@").at(-1);

const provider = "./node_modules/mesh-lanes/dist/provider";

function reference(name: string): string {
  return `\${${name}}`;
}

export const yaml: Language = {
  name: "YAML",
  prepare: async () => [],
  write(folder, lanes) {
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
            properties: { ...group, lanes, kubeconfig },
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
  write(folder, lanes) {
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
${pythonArguments({ ...group, lanes })}
    kubeconfig=kubeconfig,
    opts=pulumi.ResourceOptions(providers=[cluster]),
)
pulumi.export("lanes", own.lane_names)
`,
    );
  },
};

/** Keyword arguments: `route_header` is `routeHeader`. JSON of texts, numbers, lists and maps is Python too. */
function pythonArguments(properties: object): string {
  const snakeCase = (key: string) => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const lines = Object.entries(properties).map(([key, value]) => `    ${snakeCase(key)}=${JSON.stringify(value)},`);
  return lines.join("\n");
}

/**
 * Installs what the program's requirements.txt names, with the generated SDK, into a virtual environment of the folder.
 *
 * @returns the environment's folder of programs, for PATH.
 */
async function installPython(folder: ConsumerFolder): Promise<string> {
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
    const sdk = join(folder.path, "sdks", "mesh-lanes");
    cpSync(join(generated, language), sdk, { recursive: true });
    // The SDK asks for Pulumi's of its generator, which is newer than what this suite has plugins for.
    for (const file of ["setup.py", "go.mod"].map((name) => join(sdk, name)).filter((path) => existsSync(path))) {
      writeFileSync(
        file,
        readFileSync(file, "utf8").replace(/(pulumi>=|pulumi\/sdk\/v3 v)3\.\d+\.\d+/, `$1${sdkVersion}`),
      );
    }
  } finally {
    rmSync(generated, { recursive: true, force: true });
  }
}
