import { swimlaneEntry } from "../components/lanes/asm/entry";
import { type Explanation, explain, gatewaysOf } from "../components/lanes/explain";
import { repeatedHeadersOf } from "../components/lanes/repeated-headers";
import type { LaneGroup } from "../components/lanes/spec";
import { didYouMean } from "../components/lanes/suggest";
import type { StackConfig } from "../config/stack";
import { type Problem, UserError } from "../tools/user-error";
import { type RequestFlags, requestFromFlags } from "./explain/flags";
import { formatExplanation } from "./explain/format";
import { triedRules } from "./explain/tried";
import { readStack } from "./stack/read";

export interface ExplainOptions extends RequestFlags {
  readonly stack: string;
  /** `namespace/name` of the Gateway; default: the one that serves the host. */
  readonly gateway?: string;
  readonly json: boolean;
}

/** What of a stack's config decides where a request goes. */
export interface ExplainedConfig {
  readonly laneGroups: readonly LaneGroup[];
  readonly mesh: Pick<StackConfig["mesh"], "version">;
}

/**
 * `lanes explain`: the path of one request, hop by hop, from config alone.
 *
 * @param configOf the checked config of a stack.
 * @returns the text or JSON to print, and whether the request has a route.
 * @throws UserError with every flag that is wrong.
 */
export function explainRequest(
  options: ExplainOptions,
  configOf: (stack: string) => ExplainedConfig = readStack,
): { readonly text: string; readonly routed: boolean } {
  const { request, problems: flagProblems } = requestFromFlags(options);
  const problems: Problem[] = [...flagProblems];
  let config: ExplainedConfig | undefined;
  try {
    config = configOf(options.stack);
    problems.push(...gatewayProblems(config.laneGroups, options.gateway));
  } catch (error) {
    if (!(error instanceof UserError) || problems.length === 0) throw error;
    problems.push(...error.problems);
  }
  if (!config || problems.length > 0) throw new UserError("lanes explain cannot run like this", problems);
  const { laneGroups: groups, mesh } = config;
  const [found, ...others] = gatewaysOf(groups, request.host);
  const gateway = options.gateway ?? found;
  if (gateway === undefined) throw new UserError(`stack ${options.stack} has no lane group to explain`);
  const at = { gateway, repeatedHeaders: repeatedHeadersOf(mesh.version) };
  const explanation = explain(groups, request, at);
  const text = options.json
    ? JSON.stringify(explanation, null, 2)
    : formatExplanation(explanation, { gateway, request, tried: triedRules(groups, request, at) });
  const otherGateways = options.gateway === undefined ? others : [];
  const note = options.json ? "" : otherGatewaysNote(otherGateways) + swimlaneNotes(explanation, groups);
  return { text: text + note, routed: explanation.status === "routed" || explanation.status === 200 };
}

/** One host at two gateways: the request does not tell which of them it is for. */
function otherGatewaysNote(gateways: readonly string[]): string {
  if (gateways.length === 0) return "";
  return `\n\nGateway ${gateways.join(" and ")} also serves this host: name it with --gateway to see what happens there.`;
}

/**
 * ASM makes the routes of swimlanes itself, so that their names in its access logs are not the plan's. Nor is it known that the
 * gateway's have the policy of the service behind them.
 */
function swimlaneNotes(explanation: Explanation, groups: readonly LaneGroup[]): string {
  if (explanation.status !== "routed") return "";
  const group = groups.find(({ name }) => name === explanation.group);
  if (group?.asmWay !== "swimlanes") return "";
  const names = "\n\nRULE is the plan's name: on ASM the routes of swimlanes have names that ASM gives them.";
  const policy = explanation.outcomes.some(({ hops: [first] }) => first?.policy);
  if (!group.asmPatches || !policy || swimlaneEntry(group).kind === "pass-through") return names;
  const hop = `gateway -> ${group.entry.service}`;
  return `${names}\nWhether ASM lays the policy of ${hop} over the gateway's route is in no document: try it out (docs/asm.md).`;
}

function gatewayProblems(groups: readonly LaneGroup[], gateway: string | undefined): Problem[] {
  const known = [...new Set(groups.map((group) => group.entry.gateway))];
  if (gateway === undefined || groups.length === 0 || known.includes(gateway)) return [];
  const fix = didYouMean(gateway, known, "Name a gateway of the stack's lane groups.");
  return [{ path: "--gateway", got: `got "${gateway}"`, expected: known.join(", "), fix }];
}
