import { s4 } from "../../fixtures";
import { deployment, pod, the } from "../fixtures";
import { all, type Fault, trouble } from "./fault";

/** Pods and Deployments: ML001 to ML012. */
export const podFaults: readonly Fault[] = [
  {
    code: "ML001",
    fault: "a pod was relabelled to another lane's version",
    make: (facts) => Object.assign(pod(facts, "mockb-v1").labels, { ASM_TRAFFIC_TAG: "v2" }),
    lanes: ["s2", "s1"],
    service: "mockb",
    says: /mockb-v1-x of mockb carries ASM_TRAFFIC_TAG=v2, but .* v1: lane s2 gets version v1; lane s1 has no ready pod/,
    fix: /kubectl label pod -n default mockb-v1-x ASM_TRAFFIC_TAG=v1 --overwrite/,
  },
  {
    code: "ML001",
    fault: "a Deployment's template carries another version's label",
    make: (facts) => {
      Object.assign(pod(facts, "mockb-v1").labels, { ASM_TRAFFIC_TAG: "v2" });
      Object.assign(deployment(facts, "mockb-v1").templateLabels, { ASM_TRAFFIC_TAG: "v2" });
    },
    lanes: ["s2", "s1"],
    service: "mockb",
    says: /lane s2 gets version v1/,
    fix: /pod template of Deployment default\/mockb-v1/,
  },
  {
    code: "ML001",
    fault: "a pod lost the label",
    make: (facts) => {
      delete pod(facts, "mockc-v3").labels.ASM_TRAFFIC_TAG;
    },
    lanes: ["s3"],
    service: "mockc",
    says: /has no label ASM_TRAFFIC_TAG/,
  },
  {
    code: "ML002",
    fault: "a version was never deployed",
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockc-v2-x");
      facts.workloads = facts.workloads.filter(({ name }) => name !== "mockc-v2");
    },
    lanes: ["s2"],
    service: "mockc",
    says: /no Deployment, StatefulSet, DaemonSet or pod .* requests of lane s2 fail with 503/,
  },
  {
    code: "ML003",
    fault: "a strict lane's version is scaled to zero",
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockc-v2-x");
      deployment(facts, "mockc-v2").replicas = 0;
    },
    lanes: ["s2"],
    service: "mockc",
    says: /scaled to zero: requests of lane s2 fail with 503/,
    fix: /kubectl scale deployment -n default mockc-v2 --replicas=1/,
  },
  ...([0, 2] as const).map(
    (inConfig): Fault => ({
      code: "ML003",
      fault: `it is scaled to zero, and the stack's config has ${inConfig}`,
      make: (facts) => {
        facts.pods = facts.pods.filter(({ name }) => name !== "mockc-v2-x");
        deployment(facts, "mockc-v2").replicas = 0;
      },
      replicas: new Map([["default/mockc-v2", inConfig]]),
      lanes: ["s2"],
      service: "mockc",
      says: /Deployment default\/mockc-v2 is scaled to zero/,
      fix:
        inConfig === 0
          ? /^Set replicas of mockc v2 under workloads to 1 or more, then npx lanes up: .*takes back what kubectl scale says\.$/
          : /^npx lanes up: the stack's config has 2 pods of mockc v2/,
    }),
  ),
  {
    code: "ML003",
    severity: "warning",
    fault: "a permissive lane's version is scaled to zero and falls back",
    group: s4,
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v3-x");
      deployment(facts, "mockb-v3").replicas = 0;
    },
    lanes: ["v3"],
    service: "mockb",
    says: /requests of lane v3 fall back to v1/,
  },
  {
    code: "ML003",
    fault: "the baseline's version is scaled to zero: nothing to fall back to, and lanes borrow it",
    group: s4,
    make: (facts) => {
      facts.pods = facts.pods.filter(({ name }) => name !== "mockb-v1-x");
      deployment(facts, "mockb-v1").replicas = 0;
    },
    lanes: ["v1", "v2"],
    service: "mockb",
    says: /requests of lane v1 and v2 fail with 503/,
  },
  {
    code: "ML004",
    fault: "a container crashes",
    make: (facts) => trouble(facts, "mocka-v2", "Running", "CrashLoopBackOff", "it ended with exit code 1"),
    lanes: ["s2"],
    service: "mocka",
    says: /crashes: pod mocka-v2-x, app: CrashLoopBackOff \(it ended with exit code 1\)/,
    fix: /kubectl logs -n default mocka-v2-x -c app --previous/,
  },
  {
    code: "ML005",
    fault: "an image cannot be pulled",
    make: (facts) => trouble(facts, "mocka-v2", "Pending", "ImagePullBackOff"),
    lanes: ["s2"],
    service: "mocka",
    says: /image cannot be pulled: pod mocka-v2-x, app: ImagePullBackOff/,
  },
  {
    code: "ML006",
    fault: "a pod finds no node",
    make: (facts) => trouble(facts, "mocka-v2", "Pending", "Unschedulable", "0/1 nodes are available"),
    lanes: ["s2"],
    service: "mocka",
    says: /pending: .*Unschedulable \(0\/1 nodes are available\)/,
  },
  {
    code: "ML007",
    fault: "a pod runs and is not ready",
    make: (facts) => Object.assign(pod(facts, "mocka-v2"), { ready: false }),
    lanes: ["s2"],
    service: "mocka",
    says: /pod mocka-v2-x not ready: requests of lane s2 fail with 503/,
  },
  {
    code: "ML007",
    severity: "warning",
    fault: "fewer pods are ready than wanted",
    make: (facts) => {
      deployment(facts, "mocka-v2").replicas = 2;
    },
    lanes: ["s2"],
    service: "mocka",
    says: /1 of 2 pods are ready, and take all requests/,
  },
  {
    code: "ML010",
    fault: "a pod has no sidecar",
    make: (facts) => {
      pod(facts, "mockb-v2").containers = ["app"];
    },
    lanes: ["s2"],
    service: "mockb",
    says: /mockb-v2-x of mockb has no istio-proxy container/,
    fix: /kubectl delete pod -n default mockb-v2-x/,
  },
  {
    code: "ML011",
    severity: "warning",
    fault: "the namespace lost its label, the pods still have sidecars",
    make: (facts) => {
      the(facts.namespaces, ({ name }) => name === "default").labels = {};
    },
    lanes: all,
    says: /those made from now on get none/,
  },
  {
    code: "ML011",
    fault: "the namespace never had the label",
    make: (facts) => {
      the(facts.namespaces, ({ name }) => name === "default").labels = { "istio-injection": "disabled" };
      pod(facts, "mockb-v2").containers = ["app"];
    },
    lanes: ["s2"],
    says: /no injection label, and mockb-v2-x has no sidecar/,
    fix: /kubectl label namespace default istio-injection=enabled/,
  },
  {
    code: "ML012",
    fault: "the namespace does not exist",
    make: (facts) => {
      facts.namespaces = [];
    },
    lanes: all,
    says: /Namespace default does not exist/,
  },
];
