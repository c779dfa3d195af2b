import type { GatewayPods, IstioObject } from "../object";
import { versionOf } from "../plan";
import { entryRulePolicy } from "../policy/effective";
import type { EntryRule } from "../rule-shape";
import { entryRules, versionHeader } from "../rules";
import type { LaneGroup } from "../spec";
import { subsetCluster, subsetName } from "../subset";
import { atGateway, filterAt, header, routePatch } from "./patches";
import { laneHeaders } from "./routes";

/*
 * Copies of what enters the baseline. A route of Istio's copies a request as the baseline gets it, with the baseline's name on it, so a
 * permissive lane's pod would call on in the baseline. Envoy can write other headers on a copy (`request_headers_mutations`, Envoy
 * 1.36), for which Istio has no field: the gateway's routes get their copies by a patch, and each is in its lane at every hop.
 */

/** What copies requests at the gateway; nothing where none are copied. Stage `entry-routes`. */
export function renderEntryCopies(group: LaneGroup, gateway: GatewayPods): IstioObject[] {
  const patches = entryRules(group).flatMap((rule) => copiesOf(group, rule));
  if (patches.length === 0) return [];
  return [filterAt(group, "entry-routes", atGateway(gateway, ["routes", copiesPart]), [], patches)];
}

/** Whether an object is one of {@link renderEntryCopies}. */
export function isEntryCopies({ name }: Pick<LaneGroup, "name">, { kind, metadata }: IstioObject): boolean {
  return kind === "EnvoyFilter" && metadata.name === `${name}.entry.routes.${copiesPart}`;
}

const copiesPart = "copies";

function copiesOf(group: LaneGroup, rule: EntryRule): object[] {
  const { mirror } = rule.kind === "preflight" ? {} : entryRulePolicy(group, rule);
  const version = mirror && versionOf(group, mirror.lane, rule.service.name);
  // A lane without a version of its own is refused by `validateMirrors`.
  if (!mirror || version === undefined || mirror.percent === 0) return [];
  const outcome = { lane: mirror.lane, servedBy: mirror.lane, version, weight: 100 };
  // The pod is asked for its version by the request that is copied already.
  const { [versionHeader]: _asked, ...set } = laneHeaders(group, rule, outcome).set ?? {};
  const copy = {
    cluster: subsetCluster(group, subsetName(version), rule.service),
    runtime_fraction: { default_value: { numerator: Math.round(mirror.percent * 10_000), denominator: "MILLION" } },
    // As Istio writes a mirror.
    trace_sampled: false,
    disable_shadow_host_suffix_append: true,
    request_headers_mutations: Object.entries(set).map(([key, value]) => ({
      append: header(key, value, "OVERWRITE_IF_EXISTS_OR_ADD"),
    })),
  };
  return [routePatch("GATEWAY", rule.name, { request_mirror_policies: [copy] })];
}
