import { Command, Option } from "commander";
import { shellCommand } from "../components/shell";
import { conformanceCommand } from "../conformance/command";
import { diskFull } from "../tools/disk/full";
import { isWebUrl } from "../tools/http/web-url";
import { UserError } from "../tools/user-error";
import { addChangeCommands } from "./change-commands";
import { collect, setExit, stackOption, unsafeOrderOption } from "./command-parts";
import type { CostOptions } from "./cost";
import type { ExplainOptions } from "./explain";
import { addLifecycleCommands } from "./lifecycle-commands";
import type { PreflightOptions } from "./preflight";
import { checkoutCommands, requireCheckout } from "./require-checkout";
import type { TopologyOptions } from "./topology";
import type { UpOptions } from "./up";

/** Entry point of the `lanes` command. Each command loads its own modules, so that the light ones start fast. */
export function main(args: readonly string[]): void {
  const program = build();
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Whoever read it has read enough, as `head` does: the work goes on to its end.
    if (error.code !== "EPIPE") fail(diskFull(error, "stdout") ?? error);
  });
  // Nor does work end for the sake of its messages.
  process.stderr.on("error", () => {});
  program.parseAsync(args as string[], { from: "user" }).catch(fail);
}

function fail(error: unknown): void {
  const known = error instanceof UserError ? error : diskFull(error);
  process.stderr.write(`${known?.message ?? explainCrash(error)}\n`);
  process.exitCode = 1;
}

function explainCrash(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `lanes stopped for a reason it does not know; this is a bug of mesh-lanes, please report it:\n${text}`;
}

const groupOption = () => new Option("-g, --group <name...>", "only these lane groups");
const requestsOption = () =>
  new Option("-n, --requests <count>", "requests for each lane").default(100).argParser(requestCount);

function build(): Command {
  const program = new Command("lanes").description("traffic lanes: a canary over a whole call chain");
  program.hook("preAction", (_program, command) => {
    if (checkoutCommands.includes(command.name())) requireCheckout(`lanes ${command.name()}`);
  });

  program
    .command("up")
    .description("local cluster, mesh and lanes, proven with real traffic")
    .addOption(stackOption())
    .addOption(requestsOption())
    .option("--no-verify", "do not send requests at the end")
    .addOption(unsafeOrderOption())
    .action(async (options: UpOptions) => {
      const { up } = await import("./up");
      setExit(await up(options));
    });

  program
    .command("stop")
    .description("stop everything that was started; state stays, so that the next start is quick")
    .addOption(stackOption())
    .option("--purge", "remove the state too: the next start starts from scratch", false)
    .action(async (options: { stack: string; purge: boolean }) => {
      const { stop } = await import("./stop");
      setExit(await stop(options));
    });

  program
    .command("verify")
    .description("send requests into each lane and compare every hop with the plan")
    .addOption(stackOption())
    .addOption(requestsOption())
    .addOption(groupOption())
    .allowExcessArguments()
    .hook("preAction", refuseNames)
    .addOption(new Option("-u, --url <url>", "the gateway; default: the stack's output gatewayUrl").argParser(webUrl))
    .option("--json", "results as JSON", false)
    .action(async (options: { stack: string; requests: number; group?: string[]; url?: string; json: boolean }) => {
      const { verify } = await import("./verify");
      setExit(await verify(options));
    });

  program
    .command("status")
    .description("what the mesh has against what the plan wants, with the causes of a broken lane")
    .addOption(stackOption())
    .addOption(groupOption())
    .allowExcessArguments()
    .hook("preAction", refuseNames)
    .option("--json", "table, findings and a summary as JSON", false)
    .action(async (options: { stack: string; group?: string[]; json: boolean }) => {
      const { status } = await import("./status");
      setExit(await status(options));
    });

  program
    .command("preflight")
    .description("send a marked request through every call of a group and name the service that loses the lane")
    .addOption(stackOption())
    .addOption(groupOption())
    .allowExcessArguments()
    .hook("preAction", refuseNames)
    .option(
      "--path <service=/path>",
      "path that makes a service call the next; may be given several times",
      collect,
      [],
    )
    .option("--json", "results as JSON", false)
    .action(async (options: PreflightOptions) => {
      const { preflight } = await import("./preflight");
      setExit(await preflight(options));
    });

  program
    .command("matrix")
    .description("the table lane x service -> version and reason, from config alone")
    .addOption(stackOption())
    .option("--json", "the table as JSON", false)
    .action(async (options: { stack: string; json: boolean }) => {
      const { matrix } = await import("./matrix");
      process.stdout.write(`${matrix(options)}\n`);
    });

  program
    .command("cost")
    .description("what a stack makes in an account of Alibaba Cloud that is billed, and why, from config alone")
    .addOption(stackOption())
    .option("--prices <file>", "prices by key, as YAML or JSON: the sum of an hour as well")
    .option("--json", "the list as JSON", false)
    .action(async (options: CostOptions) => {
      const { cost } = await import("./cost");
      process.stdout.write(`${cost(options)}\n`);
    });

  program
    .command("explain")
    .description("the path of one request, hop by hop, with reasons, from config alone; exit 1 when it has no route")
    .addOption(stackOption())
    .option("--host <name>", "Host of the request")
    .option("--path <path>", "path and query, such as /mock?lane=v2")
    .option("--method <method>", "HTTP method", "GET")
    .option("-H, --header <name: value>", "a header; may be given several times", collect)
    .option("--cookie <name=value>", "a cookie; may be given several times", collect)
    .option("--gateway <namespace/name>", "the Gateway it arrives at; default: the one that serves the host")
    .option("--json", "the explanation as JSON", false)
    .action(async (options: ExplainOptions) => {
      const { explainRequest } = await import("./explain");
      const { text, routed } = explainRequest(options);
      process.stdout.write(`${text}\n`);
      setExit(routed);
    });

  addChangeCommands(program);
  addLifecycleCommands(program);

  program
    .command("topology")
    .description("the lanes of each group as a picture, from config alone")
    .addOption(stackOption())
    .addOption(groupOption())
    .allowExcessArguments()
    .hook("preAction", refuseNames)
    .option("-f, --format <format>", "svg or mermaid", "svg")
    .option("-o, --output <file>", "write a file; default: stdout")
    .action(async (options: TopologyOptions) => {
      const { topology } = await import("./topology");
      topology(options);
    });

  program
    .command("doctor")
    .description("each tool, its version, where it comes from, and the command that fixes what is missing")
    .addOption(stackOption())
    .action(async (options: { stack: string }) => {
      const { doctor } = await import("./doctor-command");
      setExit(await doctor(options));
    });

  program
    .command("env")
    .description('shell lines for plain pulumi and kubectl: eval "$(npx lanes env)"')
    .addOption(stackOption())
    .action(async (options: { stack: string }) => {
      const { printEnvironment } = await import("./env");
      process.stdout.write(`${await printEnvironment(options)}\n`);
    });

  program
    .command("destroy")
    .description("pulumi destroy of a local stack: every resource, the cluster last")
    .addOption(stackOption())
    .action(async (options: { stack: string }) => {
      const { destroy } = await import("./destroy");
      await destroy(options);
    });

  program.addCommand(conformanceCommand());

  program
    .command("schema")
    .description("the JSON schema of stack files, for editors")
    .option("--included", "that of the files that they include", false)
    .action(async ({ included }: { included: boolean }) => {
      const { includedFileJsonSchema, stackFileJsonSchema } = await import("../config/json-schema");
      const schema = included ? includedFileJsonSchema() : stackFileJsonSchema();
      process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
    });

  program
    .command("internal", { hidden: true })
    .description("the process side of the program's dynamic resources; JSON on stdin and stdout")
    .argument("<verb>")
    .action(async (verb: string) => {
      const { runInternal } = await import("./internal/run");
      setExit((await runInternal(verb)) === 0);
    });

  return program;
}

/** More than this for each lane takes hours: a load test is another program's work. */
const mostRequests = 1_000_000;

function requestCount(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > mostRequests) {
    const expected = `a whole number from 1 to ${mostRequests}`;
    const fix = "Give a number such as 100.";
    throw new UserError("a flag is wrong", [{ path: "--requests", got: `got "${text}"`, expected, fix }]);
  }
  return value;
}

function webUrl(text: string): string {
  if (isWebUrl(text)) return text;
  const expected = "the address of a gateway, such as http://10.200.0.2";
  const fix = "Begin it with http:// or https://.";
  throw new UserError("a flag is wrong", [{ path: "--url", got: `got "${text}"`, expected, fix }]);
}

/** Names behind a command that takes none are lane groups, as a rule: `lanes verify shop`. */
function refuseNames(_program: Command, command: Command): void {
  const { args } = command;
  if (args.length === 0) return;
  const path = `lanes ${command.name()}`;
  const expected = "no name behind the command: lane groups are named by --group";
  const fix = `Run \`${shellCommand("lanes", command.name(), "--group", ...args)}\`.`;
  throw new UserError("a name is in the wrong place", [{ path, got: `got ${args.join(" ")}`, expected, fix }]);
}
