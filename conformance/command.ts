import { Command, InvalidArgumentError, Option } from "commander";
import type { MeshKind } from "../components/lanes/spec";
import type { CaseResult, ConformanceOptions } from "./run";

interface Flags {
  readonly kubeconfig: string;
  readonly context?: string;
  readonly mesh: MeshKind;
  readonly meshKubeconfig?: string;
  readonly meshContext?: string;
  readonly gateway: URL;
  readonly gatewayPort: number;
  readonly gatewayNamespace: string;
  readonly gatewaySelector: Record<string, string>;
  readonly image: string;
  readonly namespace: string;
  readonly injectionLabel: Record<string, string>;
  readonly keep: boolean;
}

/** `lanes conformance …`. Exit code 1 when a case fails or the suite cannot be deployed. */
export function conformanceCommand(): Command {
  return new Command("conformance")
    .description("prove that a cluster and its mesh do what lanes need; docs/conformance.md")
    .requiredOption("--kubeconfig <file>", "kubeconfig of the cluster")
    .option("--context <name>", "its context; default: the file's current one")
    .requiredOption("--gateway <url>", "the ingress gateway's HTTP port, e.g. http://10.200.0.2", httpUrl)
    .requiredOption("--image <ref>", "image of the mock app (apps/mock), which the cluster can pull or has")
    .option("--gateway-port <number>", "number of that port in the gateway's Service", port, 80)
    .option("--gateway-namespace <name>", "namespace of the gateway's pods", "istio-system")
    .option("--gateway-selector <labels>", "labels of the gateway's pods", labels, { istio: "ingressgateway" })
    .option("--namespace <name>", "made for the suite, and removed", "mesh-lanes-conformance")
    .option("--injection-label <labels>", "labels of a namespace with sidecars", labels, {
      "istio-injection": "enabled",
    })
    .addOption(new Option("--mesh <kind>", "whose objects are applied").choices(["istio", "asm"]).default("istio"))
    .option("--mesh-kubeconfig <file>", "where the mesh's objects go, when that is another API server")
    .option("--mesh-context <name>", "its context")
    .option("--keep", "leave everything in place at the end", false)
    .action(async (flags: Flags) => {
      if (!(await conforms(conformanceOptions(flags)))) process.exitCode = 1;
    });
}

/** Runs the suite, with progress on stderr and a line for each case on stdout. */
async function conforms(options: ConformanceOptions): Promise<boolean> {
  const { runConformance } = await import("./run");
  const results: CaseResult[] = [];
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(0);
  try {
    await runConformance(options, {
      doing: (what) => void process.stderr.write(`[${seconds()} s] ${what}\n`),
      done: (result) => {
        results.push(result);
        process.stdout.write(`${result.problem === undefined ? "ok    " : "FAILED"} ${result.title}\n`);
        if (result.problem !== undefined) process.stdout.write(`       ${result.problem}\n`);
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return false;
  }
  const failed = results.filter(({ problem }) => problem !== undefined).length;
  process.stdout.write(`${results.length - failed} passed, ${failed} failed, ${seconds()} s\n`);
  return failed === 0;
}

function conformanceOptions(flags: Flags): ConformanceOptions {
  const { gateway, gatewayPort, gatewayNamespace, image, namespace, keep } = flags;
  const cluster = { kubeconfig: flags.kubeconfig, context: flags.context };
  const mesh =
    flags.meshKubeconfig === undefined ? cluster : { kubeconfig: flags.meshKubeconfig, context: flags.meshContext };
  return {
    cluster,
    mesh,
    meshKind: flags.mesh,
    gateway,
    gatewayPort,
    gatewayNamespace,
    gatewayLabels: flags.gatewaySelector,
    image,
    namespace,
    injectionLabels: flags.injectionLabel,
    keep,
  };
}

function httpUrl(text: string): URL {
  if (!URL.canParse(text) || new URL(text).protocol !== "http:")
    throw new InvalidArgumentError("It must be an http: URL.");
  return new URL(text);
}

function port(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new InvalidArgumentError("It must be a port, 1 to 65535.");
  return value;
}

/** `a=b,c=d` */
function labels(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.split("="));
  if (pairs.some((pair) => pair.length !== 2 || pair.includes("")))
    throw new InvalidArgumentError("It must be name=value,name=value.");
  return Object.fromEntries(pairs);
}
