import type { RenderedObject } from "../object";
import { versionHeader } from "../rules";
import { differences } from "./difference";
import { type Finding, restorePlan, someOf } from "./finding";
import { allLanes, type GroupView, liveObject } from "./view";

/** The EnvoyFilters of a group: header propagation, runtime fallback, WebSockets over HTTP/2, the version on answers. */
export function checkFilters(view: GroupView): Finding[] {
  return view.objects
    .filter((object) => object.kind === "EnvoyFilter")
    .flatMap((planned): Finding[] => {
      const name = `${planned.metadata.namespace}/${planned.metadata.name}`;
      const lane = planned.metadata.labels["mesh-lanes/lane"];
      const common = { group: view.group.name, lanes: lane === undefined ? allLanes(view) : [lane], fix: restorePlan };
      const live = liveObject(view, planned);
      if (live) {
        const changes = differences(planned.spec, live.spec);
        if (changes.length === 0) return [];
        const cause = `EnvoyFilter ${name}, which ${purpose(planned, lane)}, was changed: ${someOf(changes)}.`;
        return [{ ...common, code: "ML061", severity: "error", cause }];
      }
      // Routes that are not pointed at the fallback go to the lane's own pods, which is right while those are up.
      const severity = planned.stage === "filters" && !tellsVersion(planned) ? "error" : "warning";
      const cause = `There is no EnvoyFilter ${name}, which ${purpose(planned, lane)}.`;
      return [{ ...common, code: "ML060", severity, cause }];
    });
}

function tellsVersion({ spec }: RenderedObject): boolean {
  return JSON.stringify(spec).includes(versionHeader);
}

function purpose(planned: RenderedObject, lane: string | undefined): string {
  if (lane !== undefined)
    return `brings the cluster that lane ${lane} falls back through; without it its requests fail`;
  if (tellsVersion(planned)) return "writes the version on answers; without it they tell none";
  if (planned.stage === "filters")
    return "keeps the lane's header and the baggage in step; without it requests leave their lane";
  return "points routes at the fallback; without it a version that is down fails its requests";
}
