import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MeshFacts } from "../../../../components/lanes/health/facts";

/** One call of kubectl: the words it must hold, and what it does. */
export interface FakeAnswer {
  readonly when: string;
  readonly stdout?: unknown;
  readonly stderr?: string;
  readonly exitCode?: number;
}

/** A kubectl on a PATH of its own: it answers by the first entry whose words its arguments hold, and notes them. */
export class FakeKubectl {
  private readonly folder = mkdtempSync(join(tmpdir(), "fake-kubectl-"));
  private readonly log = join(this.folder, "calls");

  public constructor(answers: readonly FakeAnswer[]) {
    const script = [
      `#!${process.execPath}`,
      `const answers = ${JSON.stringify(answers)};`,
      'const args = process.argv.slice(2).join(" ");',
      `require("node:fs").appendFileSync(${JSON.stringify(this.log)}, args + "\\n");`,
      "const answer = answers.find(({ when }) => args.includes(when)) ?? { stderr: 'unexpected: ' + args, exitCode: 2 };",
      'if (answer.stderr) process.stderr.write(answer.stderr + "\\n");',
      "const { stdout = '' } = answer;",
      'process.stdout.write(typeof stdout === "string" ? stdout : JSON.stringify(stdout));',
      "process.exitCode = answer.exitCode ?? 0;",
    ];
    const file = join(this.folder, "kubectl");
    writeFileSync(file, script.join("\n"));
    chmodSync(file, 0o755);
  }

  public get env(): NodeJS.ProcessEnv {
    return { PATH: this.folder };
  }

  /** The arguments of each call so far. */
  public calls(): string[] {
    return readFileSync(this.log, "utf8").trim().split("\n");
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Facts -> the objects that a cluster with just these would print. */
export function toItems(facts: MeshFacts): object[] {
  const meta = (named: { namespace: string; name: string }, labels: object = {}) => ({ ...named, labels });
  return [
    ...facts.namespaces.map(({ name, labels }) => ({ kind: "Namespace", metadata: { name, labels } })),
    ...facts.services.map(({ namespace, name, selector, ports, addresses }) => ({
      kind: "Service",
      metadata: meta({ namespace, name }),
      spec: { selector, ports, clusterIPs: addresses.length > 0 ? addresses : ["None"] },
    })),
    ...facts.workloads.map(({ kind, namespace, name, replicas, templateLabels }) => ({
      kind,
      metadata: meta({ namespace, name }),
      spec: { ...(kind !== "DaemonSet" && { replicas }), template: { metadata: { labels: templateLabels } } },
      ...(kind === "DaemonSet" && { status: { desiredNumberScheduled: replicas } }),
    })),
    ...facts.pods.map(({ namespace, name, labels, phase, ready, containers, owner, appVersion, ...pod }) => ({
      kind: "Pod",
      metadata: {
        ...meta(
          { namespace, name },
          { ...labels, ...(owner?.kind === "Deployment" && { "pod-template-hash": "abc" }) },
        ),
        ...(pod.proxyRevision !== undefined && { annotations: { "istio.io/rev": pod.proxyRevision } }),
        ownerReferences: owner
          ? [owner.kind === "Deployment" ? { kind: "ReplicaSet", name: `${owner.name}-abc` } : owner]
          : [],
      },
      spec: {
        containers: containers
          .filter((container) => container !== "istio-proxy" || owner?.name === "istio-ingressgateway")
          .map((container) => ({ name: container, env: appVersion ? [{ name: "VERSION", value: appVersion }] : [] })),
        initContainers: containers.includes("istio-proxy")
          ? [{ name: "istio-init" }, { name: "istio-proxy", restartPolicy: "Always" }]
          : [],
      },
      status: {
        phase,
        conditions: [{ type: "Ready", status: ready ? "True" : "False" }],
        podIPs: pod.addresses.map((ip) => ({ ip })),
      },
    })),
    ...facts.revisions.revisions.slice(1).map((revision) => ({
      kind: "Pod",
      metadata: meta({ namespace: "istio-system", name: revision }, { app: "istiod", "istio.io/rev": revision }),
      spec: { containers: [{ name: "discovery" }] },
      status: { phase: "Pending" },
    })),
    {
      kind: "Pod",
      metadata: meta(
        { namespace: "istio-system", name: "istiod-1" },
        { app: "istiod", "istio.io/rev": facts.revisions.revisions[0] },
      ),
      spec: { containers: [{ name: "discovery", image: "registry.example:5000/istio/pilot:1.31.2-distroless" }] },
      status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] },
    },
    ...facts.istio.map(({ kind, namespace, name, labels, createdAt, spec }) => ({
      kind,
      metadata: {
        ...meta({ namespace, name }, labels),
        creationTimestamp: new Date(createdAt).toISOString(),
      },
      spec,
    })),
  ];
}

/** The webhooks of the facts' revision tags. */
export function toWebhooks({ revisions }: MeshFacts): FakeAnswer {
  const items = Object.entries(revisions.tags).map(([tag, revision]) => ({
    kind: "MutatingWebhookConfiguration",
    metadata: { name: `istio-revision-tag-${tag}`, labels: { "istio.io/tag": tag, "istio.io/rev": revision } },
  }));
  return { when: " get mutatingwebhookconfigurations", stdout: { items } };
}

/** The answer of istiod's /debug/syncz for the facts' proxies. */
export function toSyncz(facts: MeshFacts): object[] {
  return facts.controlPlane.connected.map((proxy) => ({
    proxy,
    istio_version: facts.controlPlane.versions.find((fact) => fact.proxy === proxy)?.version,
    cluster_sent: "1",
    cluster_acked: "1",
    resources: Object.fromEntries(
      facts.controlPlane.syncs
        .filter((sync) => sync.proxy === proxy)
        .map(({ acknowledged, sentAt, rejection }) => [
          "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
          {
            sent: "nonce-2",
            acked: acknowledged ? "nonce-2" : "nonce-1",
            sentTime: new Date(sentAt ?? 0).toISOString(),
            ...(rejection !== undefined && { lastError: rejection }),
          },
        ]),
    ),
  }));
}

/** What kubectl prints of the pods' access logs, those of the strays and a call by a route of each pod. */
export function toLogs(facts: MeshFacts): string {
  const line = (pod: string, fields: object) => `[pod/${pod}/istio-proxy] ${JSON.stringify({ lane: null, ...fields })}`;
  return [
    ...facts.pods
      .filter(({ owner }) => owner?.name !== "istio-ingressgateway")
      .map(({ name }) => line(name, { upstream_cluster: "inbound|8000||", authority: "shop.example.com" })),
    ...facts.accessLogs.strays.map(({ pod, authority, destination }) =>
      line(pod, { upstream_cluster: "PassthroughCluster", authority, downstream_local_address: destination }),
    ),
    'error: container "istio-proxy" in pod "mocka-v9-x" is waiting to start: PodInitializing',
  ].join("\n");
}
