import { entryServices } from "../entries/parts";
import { selects } from "../labels";
import { servicePodLabels } from "../object";
import type { LaneGroup } from "../spec";
import { versionOfPod } from "../version-labels";
import { goneAway, hasFailed, known, readLine, timeOf } from "./access-line";
import { type CallReader, callReader, plannedVersions } from "./access-log";

/*
 * Requests that are copied to a lane. Envoy logs no copy where it is sent, but the pod that gets it logs it like any request. So at the
 * services behind the gateway the requests that arrived are read, of both lanes, and further on those that were sent, as ever. What
 * did not arrive (no healthy pod, no connection) is seen nowhere there.
 */

/** A pod, by what tells whose it is. */
export interface LoggingPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Reads the lines of each pod's proxy for one group whose requests are copied at the entry. */
export function copiesReader(group: LaneGroup): (pod: LoggingPod) => CallReader {
  const sent = callReader(group);
  const copied = new Set(entryServices(group).map(({ name }) => name));
  const planned = plannedVersions(group);
  return (pod) => {
    const arrived = arrivalReader(group, pod, planned);
    return (row) => {
      const call = sent(row);
      if (!call) return arrived(row);
      return copied.has(call.service) ? undefined : call;
    };
  };
}

/** Of a pod behind the gateway, the requests that came in to it; of another one none. */
function arrivalReader(
  group: LaneGroup,
  { namespace, labels }: LoggingPod,
  planned: ReturnType<typeof plannedVersions>,
): CallReader {
  const service = entryServices(group).find((each) => {
    return each.namespace === namespace && selects(servicePodLabels(each), labels);
  });
  if (!service) return () => undefined;
  const version = versionOfPod(group, service, labels);
  const lanes = new Set(group.lanes.map(({ name }) => name));
  return (row) => {
    const logged = readLine(row);
    const lane = known(logged?.lane);
    if (!logged?.upstream_cluster?.startsWith("inbound|") || lane === undefined) return undefined;
    if (!lanes.has(lane) || goneAway(logged)) return undefined;
    const milliseconds = timeOf(logged);
    return {
      ...{ service: service.name, lane, failed: hasFailed(logged) },
      ...(milliseconds !== undefined && { milliseconds }),
      fellBack: version !== planned(lane, service.name),
    };
  };
}
