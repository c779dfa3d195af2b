import { groupBy } from "../../../tools/group-by";
import { isRecord, records } from "../../../tools/values";
import { resolveHost } from "../hosts";
import { selects } from "../labels";
import { type IstioObject, serviceHost } from "../object";
import type { LaneService } from "../spec";
import { subsetName } from "../subset";
import { versionOfPod } from "../version-labels";
import { deleteCommand } from "./delete-command";
import { differences } from "./difference";
import type { IstioFact } from "./facts";
import { type Finding, listed, restorePlan, someOf } from "./finding";
import { type GroupView, liveObject, membersOf, rowsAt, rowsOf } from "./view";

/** The DestinationRules of each service: there, as planned, and the only ones with their subsets. */
export function checkSubsets(view: GroupView): Finding[] {
  const defined = definitions(view);
  return view.objects
    .filter((object) => object.kind === "DestinationRule")
    .flatMap((planned): Finding[] => {
      const service = view.group.services.find((each) => planned.spec.host === serviceHost(each, view.group));
      if (!service) return [];
      const live = liveObject(view, planned);
      if (!live) return [missing(view, planned, service)];
      const changes = differences(planned.spec, live.spec);
      return [
        ...(changes.length > 0 ? [changed(view, { planned, live, service }, changes)] : []),
        ...records(planned.spec.subsets).flatMap((subset) => shadows(view, { live, service }, subset, defined)),
      ];
    });
}

/** The rule without subsets routes nothing; proxies replace the clusters of its host when it comes or goes. */
function missing(view: GroupView, planned: IstioObject, service: LaneService): Finding {
  const about = aboutAll(view, service);
  const name = nameOf(planned.metadata);
  if (records(planned.spec.subsets).length === 0) {
    const cause = `There is no DestinationRule ${name}, which keeps the clusters of ${service.name} as they are while its versions change.`;
    return { ...about, severity: "warning", code: "ML030", cause, fix: restorePlan };
  }
  const cause = `There is no DestinationRule ${name}, so no lane has a subset of ${service.name}: requests fail with 503.`;
  return { ...about, severity: "error", code: "ML030", cause, fix: restorePlan };
}

interface Rule {
  readonly planned: IstioObject;
  readonly live: IstioFact;
  readonly service: LaneService;
}

function changed(view: GroupView, { planned, live, service }: Rule, changes: readonly string[]): Finding {
  const found = new Map(records(live.spec.subsets).map((subset) => [subset.name, subset]));
  const other = records(planned.spec.subsets).filter(
    (subset) => differences(subset, found.get(subset.name) ?? {}).length > 0,
  );
  const lanes = other.flatMap(({ name }) =>
    rowsOf(view, service.name, versionOfSubset(service, name)).map(({ lane }) => lane),
  );
  const told = other.map((subset) => leak(view, found.get(subset.name), service, subset)).join("");
  const cause = `DestinationRule ${nameOf(planned.metadata)} was changed: ${someOf(changes)}.${told}`;
  // What is changed but no subset concerns all.
  const about = { ...aboutAll(view, service), ...(lanes.length > 0 && { lanes }) };
  return { ...about, severity: "error", code: "ML031", cause, fix: restorePlan };
}

/** Rules of others that define a subset of ours with other labels. */
function shadows(
  view: GroupView,
  { live, service }: Pick<Rule, "live" | "service">,
  { name, labels }: Readonly<Record<string, unknown>>,
  defined: ReadonlyMap<string, readonly Definition[]>,
): Finding[] {
  const version = versionOfSubset(service, name);
  return (
    (defined.get(`${serviceHost(service, view.group)} ${name}`) ?? [])
      .filter(({ object, labels: theirs }) => object !== live && differences(labels, theirs).length > 0)
      // What was written into another rule of ours is told there.
      .filter(({ object }) => !view.objects.some((own) => liveObject(view, own) === object))
      .map(({ object: other }) => ({
        ...{ group: view.group.name, service: service.name, severity: "error", code: "ML032" },
        lanes: rowsOf(view, service.name, version).map(({ lane }) => lane),
        cause: `DestinationRule ${nameOf(other)} defines subset ${name} of ${service.name} too, with other labels: of two Istio takes the ${other.createdAt < live.createdAt ? "older, which is that one" : "older, and merges the rest of that one"}.`,
        fix: `${deleteCommand("destinationrule", other)}, or take the subset ${name} out of it.`,
      }))
  );
}

function aboutAll(view: GroupView, service: LaneService) {
  const lanes = rowsAt(view, service.name).flatMap(({ lane, version }) => (version === undefined ? [] : [lane]));
  return { group: view.group.name, service: service.name, lanes };
}

function nameOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function versionOfSubset({ versions }: LaneService, name: unknown): string | undefined {
  return versions.find((version) => subsetName(version) === name);
}

interface Definition {
  readonly key: string;
  readonly object: IstioFact;
  readonly labels: unknown;
}

/** Every subset that is defined, by host and name: a mesh has thousands, and each is asked for. */
function definitions(view: GroupView): ReadonlyMap<string, readonly Definition[]> {
  const all = view.facts.istio
    .filter((object) => object.kind === "DestinationRule")
    .flatMap((object) =>
      records(object.spec.subsets).map((subset) => ({
        key: `${typeof object.spec.host === "string" ? resolveHost(object.spec.host, { ...view.group, namespace: object.namespace }) : ""} ${subset.name}`,
        object,
        labels: subset.labels,
      })),
    );
  return groupBy(all, ({ key }) => key);
}

/** Whose pods a changed subset takes. */
function leak(
  view: GroupView,
  subset: Readonly<Record<string, unknown>> | undefined,
  service: LaneService,
  planned: Readonly<Record<string, unknown>>,
): string {
  const { name } = service;
  const version = versionOfSubset(service, planned.name);
  const whose = `of ${name} ${version}`;
  if (!subset) return ` There is no subset ${whose}: requests to it fail with 503.`;
  const labels = isRecord(subset.labels) ? (subset.labels as Record<string, string>) : {};
  if (differences(planned.labels, labels).length === 0) return "";
  const taken = membersOf(view, service).pods.filter(
    (pod) => Object.keys(labels).length === 0 || selects(labels, pod.labels),
  );
  const versions = new Set(taken.map((pod) => versionOfPod(view.group, service, pod.labels)));
  const owners = rowsAt(view, name)
    .filter((row) => row.version !== version && row.reason === "own" && versions.has(row.version))
    .map((row) => row.lane);
  if (taken.length === 0) return ` No pod has the labels of the subset ${whose}: requests to it fail with 503.`;
  return ` Traffic leaks: the subset ${whose} takes the pods of ${owners.length > 0 ? `lane ${listed(owners)}` : "no planned lane"}.`;
}
