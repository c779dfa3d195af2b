import type { Command } from "commander";
import { collect, setExit, stackOption } from "./command-parts";
import type { ChangeOptions } from "./lifecycle/change";
import type { AddFlags } from "./lifecycle/flags";
import type { RetireFlags } from "./lifecycle/run";
import type { RolloutFlags } from "./rollout/options";

/** The commands that change a lane in the stack's config, each by one small edit: docs/promotion.md. */
export function addLifecycleCommands(program: Command): void {
  const load = () => import("./lifecycle/run");

  changing(program, "add")
    .description("a new lane, and its version in the lists of services and workloads")
    .argument("<lane>", "name of the new lane")
    .option("--from <lane>", "the lane that it is like; default: the baseline")
    .option("--version <version>", "default: the lane's name")
    .option("--services <names>", "what it has of its own, with commas between; default: what the other lane has")
    .option("-H, --header <name: value>", "requests with this header enter it; may be given several times", collect)
    .option("--cookie <name=value>", "requests with this cookie enter it", collect)
    .option("--weight <percent>", "its share of the requests that name no lane")
    .option("--image <service=image>", "image of the new version; may be given several times", collect)
    .option(
      "--labels <service:label=value,...>",
      "pod labels of the new version, of a service with versionLabels",
      collect,
    )
    .action(async (lane: string, options: ChangeOptions & AddFlags) => (await load()).addLane(lane, options));

  changing(program, "shift")
    .description("other shares of the requests that name no lane; the baseline gives or takes the rest")
    .argument("<lane=percent...>", "such as v2=10")
    .action(async (weights: string[], options: ChangeOptions) => (await load()).shiftWeights(weights, options));

  changing(program, "promote")
    .description("a lane becomes the baseline and takes all the weight; the old one stays until it is retired")
    .argument("<lane>")
    .action(async (lane: string, options: ChangeOptions) => (await load()).promoteLane(lane, options));

  changing(program, "rollback")
    .description("back to the lane that everybody got before")
    .option("--to <lane>", "default: what the commits of the config tell")
    .action(async (options: ChangeOptions & { to?: string }) => (await load()).rollBack(options));

  changing(program, "drain")
    .description("a lane takes nobody new; its sockets and sticky clients stay")
    .argument("<lane>")
    .option("--undo", "it takes requests again", false)
    .action(async (lane: string, options: ChangeOptions & { undo: boolean }) =>
      (await load()).drainLane(lane, options),
    );

  changing(program, "retire")
    .description("a lane goes, with the versions and workloads that no other lane uses")
    .argument("<lane>")
    .option("--no-workloads", "its pods stay")
    .option("--wait <seconds>", "wait so long for the sockets that are open in it; default: not at all")
    .option("--now", "do not ask the proxies what is open in it", false)
    .action(async (lane: string, options: ChangeOptions & RetireFlags) => (await load()).retireLane(lane, options));

  program
    .command("rollout")
    .description("a lane gets more and more of the requests, by updates; one that is worse is rolled back")
    .argument("<lane>")
    .addOption(stackOption())
    .option("-g, --group <name>", "the lane group; default: the one that has the lane")
    .option("--steps <percents>", "its shares, one after the other; 0: it gets copies of requests first", "10,50,100")
    .option("--mirror-percent <percent>", "so many of the requests are copied at step 0; default: 10")
    .option("--pause <time>", "how long each step is watched", "2m")
    .option("--patience <time>", "how long a step with too little traffic is watched", "10m")
    .option("--min-requests <count>", "requests of the lane that a step has to see", "100")
    .option("--max-error-increase <percent>", "so many points more errors than the baseline are let pass", "1")
    .option("--max-latency <time>", "what is slow; default: far beyond 95 % of the baseline's requests")
    .option("--check <url>", "must answer with 2xx or 3xx; may be given several times", collect)
    .option("--prometheus <url>", "the Prometheus that answers the queries")
    .option("--query <condition>", "a condition in PromQL that must hold; may be given several times", collect)
    .option("--promote", "make it the baseline at the end", false)
    .option("--approve", "ask before each step", false)
    .option("-y, --yes", "begin without asking", false)
    .option("--dry-run", "show the steps and change nothing", false)
    .option("--json", "one line of JSON for each thing that happens", false)
    .action(async (lane: string, options: RolloutFlags) => {
      const { rollout } = await import("./rollout");
      setExit(await rollout(lane, options));
    });
}

function changing(program: Command, name: string): Command {
  return program
    .command(name)
    .addOption(stackOption())
    .option("-g, --group <name>", "the lane group; default: the one that has the lane")
    .option("-y, --yes", "write without asking", false)
    .option("--dry-run", "show the change and write nothing", false)
    .option("--json", "the change as JSON, with --yes or --dry-run", false);
}
