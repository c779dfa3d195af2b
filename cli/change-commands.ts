import type { Command } from "commander";
import { collect, setExit, stackOption, unsafeOrderOption } from "./command-parts";
import type { DiffOptions } from "./diff";
import type { ImportCommandOptions } from "./import";
import type { InitOptions } from "./init";
import type { PreviewOptions } from "./preview";
import type { RenderOptions } from "./render";

/** The commands that begin a stack, and that tell what a change of one does before it is made. */
export function addChangeCommands(program: Command): void {
  program
    .command("init")
    .description(
      "a first config of a stack, Pulumi.<stack>.yaml, with comments; writes over no file. For services that run already `lanes import` writes it from what they are",
    )
    .argument("<stack>", "name of the new stack")
    .option("--cluster <kind>", "auto, embedded, kind or existing", "auto")
    .option("--kubeconfig <file>", "of a cluster of kind existing")
    .option("--context <name>", "of a cluster of kind existing")
    .option("--group <name>", "name of the lane group", "shop")
    .option("--namespace <name>", "namespace of its services", "shop")
    .option("--mode <mode>", "strict or permissive", "permissive")
    .option("--services <names>", "in calling order, with commas between", "web,cart")
    .option("--port <number>", "port of the services", "8000")
    .option("--versions <names>", "the baseline first, with commas between; each becomes a lane", "v1,v2")
    .option("--host <name>", "host of the requests from outside", "*")
    .option("--header <name>", "request header that names a lane", "x-lane-entry")
    .option("--demo", "run the demo app as the services; default: on a cluster of this machine")
    .option("--no-demo", "the services are deployed by others: see lanes import")
    .action(async (stack: string, options: InitOptions) => {
      const { init } = await import("./init");
      process.stdout.write(init(stack, options));
    });

  program
    .command("import")
    .description("a lane group for services that exist: from their manifests, or from a live cluster, read only")
    .argument(
      "[manifests...]",
      "files, folders, or - for stdin (`helm template`, `kubectl kustomize`); none: the cluster",
    )
    .option("-s, --stack <name>", "write Pulumi.<name>.yaml, over no file; default: the config on stdout")
    .option("--kubeconfig <file>", "of the cluster")
    .option("--context <name>", "of the cluster")
    .option("--namespace <name>", "only this one; several times; objects that name none are in the first", collect)
    .option("--group <name>", "name of the lane group")
    .option("--entry <service>", "the service by which requests come in, where no route tells")
    .option("--gateway <namespace/name>", "a Gateway that exists; default: one of the stack's own")
    .option("--version-label <label>", "pod label that tells versions")
    .option(
      "--cluster-domain <domain>",
      "DNS domain of the cluster, where names of Services in what is read do not tell",
    )
    .option(
      "--calls <caller=callees>",
      "calls that manifests do not show, such as web=cart,user; several times",
      collect,
      [],
    )
    .option(
      "--protocol <port=protocol>",
      "what a port speaks, such as cart:7070=grpc or *:8080=http; several times",
      collect,
      [],
    )
    .option("--service <name>", "only this service; several times", collect)
    .option("--without <name>", "not this service; several times", collect)
    .option("--json", "config and findings as JSON", false)
    .action(async (manifests: string[], options: ImportCommandOptions) => {
      const { importLanes } = await import("./import");
      const { text, note } = await importLanes(manifests, options);
      process.stderr.write(note);
      process.stdout.write(text);
    });

  program
    .command("diff")
    .description(
      "what a change of config does: which requests are routed differently, with an example of each, and its risks",
    )
    .argument(
      "[from]",
      "a revision, a range such as main.., main..feature or main...feature, or a config file; default: HEAD",
    )
    .argument("[to]", "a revision or a config file; default: the working tree")
    .addOption(stackOption())
    .option(
      "--applied",
      "begin at what the stack last applied, as its state tells; one revision or file is what it is compared with",
      false,
    )
    .option("--json [file]", "the report as JSON (docs/lanes-diff.schema.json)")
    .option("--markdown [file]", "the report for a comment, at most 60,000 characters")
    .option("--svg [file]", "pictures of the groups that changed, before and after")
    .option("--mermaid [file]", "the same as a Mermaid flowchart")
    .option(
      "--requests <file>",
      "count the requests of an access log of the gateway or a HAR; may be given several times",
      collect,
    )
    .option("--exit-code", "exit 1 when something changes", false)
    .action(async (from: string | undefined, to: string | undefined, options: DiffOptions) => {
      const { diff } = await import("./diff");
      const sources = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      const { text, changed } = await diff({ ...options, ...sources });
      process.stdout.write(text);
      setExit(!(options.exitCode && changed));
    });

  program
    .command("preview")
    .description("what the next update does: lanes on top, then resources, and what was changed in the cluster by hand")
    .argument("[from]", "with --offline: a revision, a range or a config file, as `lanes diff` takes it; default: HEAD")
    .addOption(stackOption())
    .option(
      "--offline",
      "from two configs alone: lanes and rendered objects, without state, cluster and credentials",
      false,
    )
    .option("--json [file]", "the report as JSON (docs/lanes-preview.schema.json)")
    .option("--markdown [file]", "the report for a comment, at most 60,000 characters")
    .option("--policy-pack <folder>", "a policy pack to check with; may be given several times", collect)
    .addOption(unsafeOrderOption())
    .option("--exit-code", "exit 1 when something changes", false)
    .action(async (from: string | undefined, options: PreviewOptions) => {
      const { preview } = await import("./preview");
      const { text, changed, well } = await preview({ ...options, ...(from !== undefined && { from }) });
      process.stdout.write(text);
      setExit(well && !(options.exitCode && changed));
    });

  program
    .command("render")
    .description("the Kubernetes objects that an update makes, as YAML for GitOps; needs no cluster")
    .addOption(stackOption())
    .option("-o, --output <folder>", "one file for each object; default: one stream on stdout")
    .option("--api <server>", "only the objects of the cluster's API server (cluster), or of the mesh's own (mesh)")
    .action(async (options: RenderOptions) => {
      const { render } = await import("./render");
      const { text, note } = await render(options);
      process.stderr.write(note);
      process.stdout.write(text);
    });
}
