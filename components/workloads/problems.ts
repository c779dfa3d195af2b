import type { Problem } from "../../tools/user-error";
import { asRecord, records } from "../../tools/values";
import { imageProblem, pinFix } from "../images/reference";
import type { WorkloadArgs } from "./args";
import { appContainer, deploymentSpec, podLabels } from "./deployment-spec";
import { drainWords, isDrain } from "./drain";
import type { EnvValue } from "./env-value";
import type { Overlay } from "./pod-overlay";
import { podShapeProblems } from "./pod-shape";
import { type Autoscaling, fewestPods, type Replicas } from "./scaling";
import { versionsOf } from "./versions";

/** What the rules below look at. */
export type JudgedWorkload = Omit<WorkloadArgs, "secretEnv" | "namespace" | "portName">;

/** Versions without an image. Of a stack the config says it: it knows which images the cluster builds. */
export function imageProblems(path: string, args: Pick<WorkloadArgs, "image" | "versions">): Problem[] {
  const without = args.image === undefined ? versionsOf(args).filter(([, own]) => own.image === undefined) : [];
  const expected = "an image of the version's own, or one of the workload for all versions";
  return without.map(([version]) => ({
    path: `${path}.versions.${version}.image`,
    got: "missing",
    expected,
    fix: "Add image.",
  }));
}

/**
 * Everything in a workload's arguments that would break a lane, or leave the workload without pods.
 *
 * @param path what messages name it by.
 */
export function workloadProblems(path: string, args: JudgedWorkload): Problem[] {
  const versions = versionsOf(args);
  return [
    ...environmentProblems(`${path}.env`, args.env),
    ...drainProblems(path, args.drainSeconds),
    ...[args.pod ?? []].flat().flatMap((pod) => podProblems(`${path}.pod`, pod, args, undefined)),
    ...versions.flatMap(([version, own]) => {
      const at = `${path}.versions.${version}`;
      return [
        ...environmentProblems(`${at}.env`, own.env),
        ...drainProblems(at, own.drainSeconds),
        ...(own.pod ? podProblems(`${at}.pod`, own.pod, args, version) : []),
        ...replicasProblems(path, at, args, version, own.replicas ?? args.replicas ?? 1),
      ];
    }),
  ];
}

function environmentProblems(path: string, env: Readonly<Record<string, EnvValue>> = {}): Problem[] {
  return Object.keys(env).flatMap((variable) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable)) return [];
    const got = `got ${JSON.stringify(variable)}`;
    return [{ path: `${path}.${variable}`, got, expected: "letters, digits and _", fix: "Rename the variable." }];
  });
}

function drainProblems(path: string, seconds: number | undefined): Problem[] {
  if (seconds === undefined || isDrain(seconds)) return [];
  return [
    { path: `${path}.drainSeconds`, got: `got ${seconds}`, expected: drainWords, fix: "Give a number such as 60." },
  ];
}

/** @param version of which the pods are; undefined: of all. */
function podProblems(path: string, pod: Overlay, args: JudgedWorkload, version: string | undefined): Problem[] {
  const problems: Problem[] = [];
  const problem = (key: string, got: unknown, expected: string, fix: string) =>
    problems.push({ path: `${path}.${key}`, got: `got ${JSON.stringify(got)}`, expected, fix });
  const metadata = asRecord(pod.metadata);
  const labels = asRecord(metadata.labels);
  for (const label of Object.keys(podLabels(args, version ?? "")).filter((key) => labels[key] !== undefined)) {
    const expected = "a label that is not this program's: lanes and Services find the pods by it";
    problem(`metadata.labels.${label}`, labels[label], expected, "Remove it.");
  }
  for (const kind of ["labels", "annotations"] as const) {
    const value = asRecord(metadata[kind])["sidecar.istio.io/inject"];
    if (String(value) !== "false") continue;
    problem(
      `metadata.${kind}.sidecar.istio.io/inject`,
      value,
      "pods with a sidecar: lanes end at others",
      "Remove it.",
    );
  }
  problems.push(...podShapeProblems(`${path}.spec`, pod.spec));
  const spec = asRecord(pod.spec);
  if (spec.hostNetwork === true) {
    const expected = "false: pods in the network of their node get no sidecar, so that lanes end there";
    problem("spec.hostNetwork", true, expected, "Remove it.");
  }
  for (const key of ["serviceAccountName", "serviceAccount"].filter((name) => spec[name] !== undefined)) {
    const expected = "the account of the workload's name: policies know callers by it";
    problem(
      `spec.${key}`,
      spec[key],
      expected,
      "Remove it; serviceAccount.annotations binds a cloud role to that account.",
    );
  }
  for (const list of ["containers", "initContainers"]) {
    for (const [index, { name, image }] of records(spec[list]).entries()) {
      const at = `spec.${list}[${index}]`;
      if (typeof name !== "string") {
        problem(`${at}.name`, name ?? null, `a name; ${appContainer} is the app's own container`, "Add name.");
      }
      if (list === "containers" && name === appContainer && image !== undefined) {
        problem(
          `${at}.image`,
          image,
          "no image: the app's own is that of the workload or of a version",
          "Move it to image.",
        );
      } else if (typeof image === "string" && imageProblem(image) !== undefined) {
        problem(`${at}.image`, image, "an image with the tag of one build, or with a digest", pinFix);
      }
    }
  }
  return problems;
}

function replicasProblems(
  path: string,
  at: string,
  args: JudgedWorkload,
  version: string,
  replicas: Replicas,
): Problem[] {
  const problems: Problem[] = [];
  if (typeof replicas === "object") problems.push(...autoscalingProblems(`${at}.replicas`, args, version, replicas));
  const { minAvailable } = args;
  const least = fewestPods(replicas);
  if (minAvailable !== undefined && least !== undefined && least > 0 && minAvailable >= least) {
    const got = `${minAvailable}, and version ${version} has ${least} ${least === 1 ? "pod" : "pods"}`;
    const expected = "fewer than the pods there are: else no node with one could be drained";
    problems.push({ path: `${path}.minAvailable`, got, expected, fix: "Lower it, or raise replicas." });
  }
  return problems;
}

function autoscalingProblems(
  path: string,
  args: JudgedWorkload,
  version: string,
  { min, max }: Autoscaling,
): Problem[] {
  const problems: Problem[] = [];
  if (max < min) {
    const got = `${min} to ${max} pods`;
    problems.push({ path, got, expected: "max that is not below min", fix: "Raise max." });
  }
  const own = versionsOf(args).find(([name]) => name === version)?.[1];
  const template = asRecord(deploymentSpec(args, version, own).template);
  const app = records(asRecord(template.spec).containers).find(({ name }) => name === appContainer);
  if (asRecord(asRecord(app?.resources).requests).cpu === undefined) {
    const got = "an autoscaler, and the app's container asks for no CPU";
    const fix = `Add pod: { spec: { containers: [{ name: ${appContainer}, resources: { requests: { cpu: 100m } } }] } }.`;
    problems.push({ path, got, expected: "resources.requests.cpu, of which cpuPercent is a part", fix });
  }
  return problems;
}
