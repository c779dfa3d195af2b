import { isRecord, records } from "../../../tools/values";
import { resolveHost } from "../hosts";
import { serviceHost } from "../object";
import { differences } from "./difference";
import type { IstioFact } from "./facts";
import { type Finding, listed, restorePlan, someOf } from "./finding";
import { type GroupView, groupBy, lanesThrough, liveObject, membersOf, rowsAt, selects } from "./view";

/** The DestinationRule of each lane and service: there, as planned, and the only one with its subset. */
export function checkSubsets(view: GroupView): Finding[] {
  const defined = definitions(view);
  return view.objects
    .filter((object) => object.kind === "DestinationRule")
    .flatMap((planned): Finding[] => {
      const service = view.group.services.find((each) => planned.spec.host === serviceHost(each, view.group));
      const lane = planned.metadata.labels["mesh-lanes/lane"];
      if (!service || lane === undefined) return [];
      const name = `${planned.metadata.namespace}/${planned.metadata.name}`;
      const common = {
        group: view.group.name,
        lanes: lanesThrough(view, lane, service.name),
        service: service.name,
        severity: "error" as const,
      };
      const [subset] = records(planned.spec.subsets);
      const labels = isRecord(subset?.labels) ? subset.labels : {};
      const live = liveObject(view, planned);
      if (!live) {
        const cause = `There is no DestinationRule ${name}, so lane ${lane} has no subset of ${service.name}: its requests fail with 503.`;
        return [{ ...common, code: "ML030", cause, fix: restorePlan }];
      }
      const changes = differences(planned.spec, live.spec);
      const others = (defined.get(`${planned.spec.host} ${lane}`) ?? [])
        .filter(({ object, labels: theirs }) => object !== live && differences(labels, theirs).length > 0)
        .map(({ object }) => object);
      return [
        ...(changes.length > 0
          ? [
              {
                ...common,
                code: "ML031" as const,
                cause: `DestinationRule ${name} was changed: ${someOf(changes)}.${leak(view, live, lane, service.name, labels)}`,
                fix: restorePlan,
              },
            ]
          : []),
        ...others.map((other) => ({
          ...common,
          code: "ML032" as const,
          cause: `DestinationRule ${other.namespace}/${other.name} defines subset ${lane} of ${service.name} too, with other labels: of two Istio takes the ${other.createdAt < live.createdAt ? "older, which is that one" : "older, and merges the rest of that one"}.`,
          fix: `kubectl delete destinationrule -n ${other.namespace} ${other.name}, or take the subset ${lane} out of it.`,
        })),
      ];
    });
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

/** Whose pods the changed subset takes. */
function leak(
  view: GroupView,
  live: IstioFact,
  lane: string,
  service: string,
  planned: Readonly<Record<string, unknown>>,
): string {
  const subset = records(live.spec.subsets).find((candidate) => candidate.name === lane);
  if (!subset) return ` Lane ${lane} has no subset of ${service}: its requests fail with 503.`;
  const labels = isRecord(subset.labels) ? (subset.labels as Record<string, string>) : {};
  if (differences(planned, labels).length === 0) return "";
  const { versionLabel } = view.group;
  const taken = membersOf(view, service).pods.filter(
    (pod) => Object.keys(labels).length === 0 || selects(labels, pod.labels),
  );
  const versions = new Set(taken.map((pod) => pod.labels[versionLabel]));
  const owners = rowsAt(view, service)
    .filter((row) => row.lane !== lane && row.reason === "own" && versions.has(row.version))
    .map((row) => row.lane);
  if (taken.length === 0) return ` No pod has these labels: requests of lane ${lane} fail with 503.`;
  return ` Traffic leaks: lane ${lane} shares the pods of ${owners.length > 0 ? `lane ${listed(owners)}` : "no planned lane"}.`;
}
