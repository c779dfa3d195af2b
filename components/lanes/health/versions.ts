import { isDeepStrictEqual } from "node:util";
import { deploymentName } from "../../names";
import { shellCommand } from "../../shell";
import { selectorText } from "../labels";
import type { LaneService } from "../spec";
import { toldBy, versionKeys, versionLabels, versionOfPod } from "../version-labels";
import type { FindingCode } from "./catalogue";
import { type ContainerTrouble, type Labels, type PodFact, type WorkloadFact, workloadKinds } from "./facts";
import { type Finding, listed, someOf } from "./finding";
import { workloadCommand } from "./restart-command";
import {
  type GroupView,
  membersOf,
  rowsAt,
  rowsOf,
  runtimeFallback,
  type VersionPods,
  versionPods,
  workloadOf,
} from "./view";

/** The pods behind each version that a lane takes: there, labelled as planned, and ready. One finding for each cause. */
export function checkVersions(view: GroupView): Finding[] {
  return view.group.services.flatMap((service) => {
    const wrong = mislabelled(view, service);
    // Their absence from the version they are of is not a second fault.
    const explained = new Set(wrong.map((pods) => pods.shouldBe));
    const versions = [...new Set(rowsAt(view, service.name).map((row) => row.version))];
    return [
      ...wrong.map((pods) => wrongLabel(view, service, pods)),
      ...versions.flatMap((version) =>
        version === undefined ? [] : checkVersion(view, service, version, explained.has(version)),
      ),
    ];
  });
}

interface Mislabelled {
  /** The version that the labels tell. */
  readonly version: string | undefined;
  /** Those of the labels that tell versions. */
  readonly labels: Labels;
  readonly shouldBe: string;
  readonly evidence: string;
  /** Undefined: only the pods were changed, not what makes them. */
  readonly workload?: WorkloadFact;
  readonly pods: PodFact[];
}

function mislabelled(view: GroupView, service: LaneService): Mislabelled[] {
  const found = new Map<string, Mislabelled>();
  for (const pod of membersOf(view, service).pods) {
    const version = versionOfPod(view.group, service, pod.labels);
    const labels = toldBy(view.group, service, pod.labels);
    const claim = trueVersion(view, service, pod);
    if (!claim || claim.version === version) continue;
    const workload = workloadOf(view, pod);
    const inTemplate = workload && isDeepStrictEqual(toldBy(view.group, service, workload.templateLabels), labels);
    const key = JSON.stringify([labels, claim.version, inTemplate && [workload.kind, workload.name]]);
    const same = found.get(key);
    if (same) same.pods.push(pod);
    else {
      const { version: shouldBe, evidence } = claim;
      found.set(key, {
        version,
        labels,
        shouldBe,
        evidence,
        pods: [pod],
        ...(inTemplate && { workload }),
      });
    }
  }
  return [...found.values()];
}

/** The version a pod is of by anything but the lanes' label; undefined when nothing tells a version that is declared. */
function trueVersion(view: GroupView, service: LaneService, pod: PodFact) {
  const template = workloadOf(view, pod);
  const { owner } = pod;
  const ofName = service.versions.find((version) => owner?.name === deploymentName(service.name, version));
  const claims = [
    { version: pod.appVersion, evidence: "its environment variable VERSION says" },
    { version: ofName, evidence: `its ${owner?.kind} ${owner?.name} says` },
    {
      version: template && versionOfPod(view.group, service, template.templateLabels),
      evidence: `its ${template?.kind}'s template says`,
    },
    { version: pod.labels.version, evidence: "its label version says" },
  ];
  for (const { version, evidence } of claims) {
    if (version !== undefined && service.versions.includes(version)) return { version, evidence };
  }
  return undefined;
}

function wrongLabel(view: GroupView, service: LaneService, wrong: Mislabelled): Finding {
  const { version, labels, shouldBe, workload, pods } = wrong;
  const wanted = versionLabels(view.group, service, shouldBe);
  const { namespace } = service;
  const polluted = version === undefined ? [] : rowsOf(view, service.name, version);
  const left = versionPods(view, service, shouldBe).ready;
  const short = left > 0 ? [] : rowsOf(view, service.name, shouldBe);
  const borrowing = short.filter((row) => canBorrow(view, service, row));
  const lanes = [...new Set([...polluted, ...short].map((row) => row.lane))];
  const names = pods.map((pod) => pod.name);
  const one = pods.length === 1;
  const is =
    Object.keys(labels).length === 0
      ? `${one ? "has" : "have"} no label ${listed(versionKeys(view.group, service))}`
      : `${one ? "carries" : "carry"} ${selectorText(labels)}`;
  const follows = [
    ...(polluted.length > 0 ? [`lane ${listed(polluted.map((row) => row.lane))} gets version ${shouldBe}`] : []),
    ...(short.length > 0 ? [`lane ${listed(short.map((row) => row.lane))} has no ready pod of its version`] : []),
  ];
  const harmless = polluted.length === 0 && borrowing.length === short.length;
  return {
    code: "ML001",
    severity: harmless ? "warning" : "error",
    group: view.group.name,
    lanes,
    service: service.name,
    cause: `${plural("pod", pods)} ${someOf(names)} of ${service.name} ${is}, but ${wrong.evidence} ${shouldBe}${follows.length > 0 ? `: ${follows.join("; ")}` : ""}.`,
    fix:
      workload === undefined
        ? shellCommand(
            "kubectl",
            "label",
            "pod",
            "-n",
            namespace,
            ...names,
            ...Object.entries(wanted).map(([key, value]) => `${key}=${value}`),
            "--overwrite",
          )
        : inTemplateFix(workload, wanted),
  };
}

/** A stack makes Deployments alone: what else there is, somebody else has made. */
function inTemplateFix({ kind, namespace, name }: WorkloadFact, wanted: Labels): string {
  const set = `Set ${labelWords(wanted)} in the pod template of ${kind} ${namespace}/${name}`;
  return kind === "Deployment"
    ? `${set} (workloads in config: versions and versionLabel), then npx lanes up.`
    : `${set}.`;
}

function checkVersion(view: GroupView, service: LaneService, version: string, explained: boolean): Finding[] {
  const pods = versionPods(view, service, version);
  const trouble = troubleOf(view, service, version, pods);
  if (!trouble) return [];
  const onlyFewer = trouble.code === "ML002" || (trouble.code === "ML007" && pods.pods.every((pod) => pod.ready));
  if (explained && onlyFewer) return [];
  const down = pods.ready === 0;
  const rows = rowsOf(view, service.name, version);
  const borrowing = rows.filter((row) => canBorrow(view, service, row));
  const failing = rows.filter((row) => !borrowing.includes(row));
  const baseline = view.group.baseline;
  const follows = down
    ? [
        ...(failing.length > 0 ? [`requests of lane ${listed(failing.map((row) => row.lane))} fail with 503`] : []),
        ...(borrowing.length > 0
          ? [`requests of lane ${listed(borrowing.map((row) => row.lane))} fall back to ${baseline}`]
          : []),
      ].join("; ")
    : `${pods.ready} of ${pods.wanted} pods are ready, and take all requests`;
  return [
    {
      code: trouble.code,
      severity: down && failing.length > 0 ? "error" : "warning",
      group: view.group.name,
      lanes: rows.map((row) => row.lane),
      service: service.name,
      cause: `${service.name} ${version}: ${trouble.what}: ${follows}.`,
      fix: trouble.fix,
    },
  ];
}

function canBorrow(view: GroupView, service: LaneService, row: ReturnType<typeof rowsOf>[number]): boolean {
  const baseline = runtimeFallback(view, row);
  return baseline?.version !== undefined && versionPods(view, service, baseline.version).ready > 0;
}

interface Trouble {
  readonly code: FindingCode;
  readonly what: string;
  readonly fix: string;
}

const imageReasons = new Set(["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"]);
const crashReasons = new Set(["CrashLoopBackOff", "Error", "OOMKilled", "ContainerCannotRun", "RunContainerError"]);

function troubleOf(view: GroupView, service: LaneService, version: string, found: VersionPods): Trouble | undefined {
  const labels = versionLabels(view.group, service, version);
  const written = `the ${plural("label", Object.keys(labels))} ${selectorText(labels)}`;
  const { namespace } = service;
  const { pods, workloads, wanted, ready } = found;
  const expected = deploymentName(service.name, version);
  if (pods.length === 0 && workloads.length === 0) {
    const { unread } = view.facts;
    const unknown = unread.length === 0 ? "" : ` (not read: ${unread.join("; ")})`;
    return {
      code: "ML002",
      what: `no ${workloadKinds.join(", ")} or pod of ${service.name} in ${namespace} has ${written}${unknown}`,
      fix: `Declare version ${version} under workloads and run npx lanes up, or deploy it with ${written}.`,
    };
  }
  if (workloads.length > 0 && wanted === 0 && ready === 0) {
    const what = workloads.map(noPods).join(", ");
    return { code: "ML003", what, fix: scaleUp(view, service, version, workloads) };
  }
  const late = pods.filter((pod) => !pod.ready);
  if (late.length === 0 && ready >= wanted && ready > 0) return undefined;
  const [sick] = late;
  const which = sick ? [sick.name] : ["-l", selectorText(labels)];
  const look = shellCommand("kubectl", "describe", "pod", "-n", namespace, ...which);
  const because = (trouble: ContainerTrouble, pod: PodFact) =>
    `pod ${pod.name}, ${trouble.container}: ${trouble.reason}${trouble.message ? ` (${trouble.message})` : ""}`;
  const first = (reasons: (reason: string) => boolean) => {
    for (const pod of late) {
      const trouble = pod.troubles.find((candidate) => reasons(candidate.reason));
      if (trouble) return { pod, trouble };
    }
    return undefined;
  };
  const image = first((reason) => imageReasons.has(reason));
  if (image) {
    const fix = `Correct the image of ${image.pod.owner?.name ?? expected}, or load it on the nodes; see: ${look}`;
    return { code: "ML005", what: `its image cannot be pulled: ${because(image.trouble, image.pod)}`, fix };
  }
  const crash = first((reason) => crashReasons.has(reason));
  if (crash) {
    const fix = shellCommand(
      ...["kubectl", "logs", "-n", namespace, crash.pod.name, "-c", crash.trouble.container, "--previous"],
    );
    return { code: "ML004", what: `it crashes: ${because(crash.trouble, crash.pod)}`, fix };
  }
  const pending = late.find((pod) => pod.phase === "Pending");
  if (pending) {
    const [trouble] = pending.troubles;
    const why = trouble ? because(trouble, pending) : `pod ${pending.name} waits for a node or for its containers`;
    return { code: "ML006", what: `it is pending: ${why}`, fix: look };
  }
  const lateNames = late.map((pod) => pod.name);
  const what =
    late.length > 0 ? `${plural("pod", late)} ${someOf(lateNames)} not ready` : `${wanted - ready} pods missing`;
  const fix = late.length > 0 ? look : workloadCommand(["describe"], namespace, workloads);
  return { code: "ML007", what, fix };
}

/** How it says that it is to have no pod. */
function noPods({ kind, namespace, name }: WorkloadFact): string {
  return `${kind} ${namespace}/${name} ${kind === "DaemonSet" ? "finds no node to run on" : "is scaled to zero"}`;
}

/**
 * An update takes back the number of a Deployment whose number the stack's config has. A DaemonSet has as many pods as there are nodes
 * that it fits.
 */
function scaleUp(
  view: GroupView,
  { name, namespace }: LaneService,
  version: string,
  workloads: readonly WorkloadFact[],
): string {
  const [inConfig] = workloads.flatMap((workload) =>
    workload.kind === "Deployment" ? (view.replicas.get(`${namespace}/${workload.name}`) ?? []) : [],
  );
  if (inConfig === undefined) {
    const scaled = workloads.filter(({ kind }) => kind !== "DaemonSet");
    if (scaled.length > 0) return workloadCommand(["scale"], namespace, scaled, "--replicas=1");
    const look = workloadCommand(["describe"], namespace, workloads);
    return `Compare its nodeSelector, affinity and tolerations with the nodes: ${look}`;
  }
  return inConfig > 0
    ? `npx lanes up: the stack's config has ${inConfig} ${plural("pod", { length: inConfig })} of ${name} ${version}, and an update writes that number again.`
    : `Set replicas of ${name} ${version} under workloads to 1 or more, then npx lanes up: the config has 0, and an update takes back what kubectl scale says.`;
}

/** `the label version: v2` */
function labelWords(labels: Labels): string {
  const lines = Object.entries(labels).map(([key, value]) => `${key}: ${value}`);
  return `the ${plural("label", lines)} ${lines.join(", ")}`;
}

function plural(word: string, list: { readonly length: number }): string {
  return list.length === 1 ? word : `${word}s`;
}
