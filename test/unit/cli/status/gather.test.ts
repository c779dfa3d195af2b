import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { gatherFacts } from "../../../../cli/status/gather";
import { kubectl, stackKubectl } from "../../../../cli/status/kubectl";
import type { MeshFacts } from "../../../../components/lanes/health/facts";
import { UserError } from "../../../../tools/user-error";
import { labelled, s2 } from "../../components/lanes/fixtures";
import { healthyFacts, the, withTls } from "../../components/lanes/health/fixtures";
import { certificateSecret } from "./certificates";
import { type FakeAnswer, FakeKubectl, toItems, toLogs, toSyncz, toWebhooks } from "./fixtures";

describe("gatherFacts", () => {
  let fake: FakeKubectl | undefined;

  afterEach(() => fake?.remove());

  function gather(...answers: FakeAnswer[]): Promise<MeshFacts> {
    fake = new FakeKubectl(answers);
    return gatherFacts(kubectl({ flags: ["--kubeconfig", "/file", "--context", "mine"], env: fake.env }), [s2]);
  }

  it("reads everything in one call for objects, one for revision tags, one for each istiod, and one for the logs of each namespace, of the cluster that is named", async () => {
    const healthy = healthyFacts(s2);
    healthy.revisions = { revisions: ["default", "next"], tags: { stable: "next" } };
    const expected = healthy as MeshFacts;
    const facts = await gather(
      toWebhooks(expected),
      { when: " get namespaces,services", stdout: { items: toItems(expected) } },
      { when: " exec ", stdout: toSyncz(expected) },
      { when: " logs ", stdout: toLogs(expected) },
    );
    assert.deepEqual(facts.namespaces, expected.namespaces);
    assert.deepEqual(facts.services, expected.services);
    assert.deepEqual(facts.workloads, expected.workloads);
    assert.deepEqual(
      facts.istio.map((object) => `${object.kind} ${object.name}`).sort(),
      expected.istio.map((object) => `${object.kind} ${object.name}`).sort(),
    );
    assert.deepEqual(facts.controlPlane, expected.controlPlane);
    assert.deepEqual(facts.revisions, expected.revisions);
    assert.deepEqual(facts.secrets, []);
    const mocka = the(facts.pods, (pod) => pod.name === "mocka-v1-x");
    assert.deepEqual(mocka, {
      namespace: "default",
      name: "mocka-v1-x",
      labels: { app: "mocka", version: "v1", ASM_TRAFFIC_TAG: "v1", "pod-template-hash": "abc" },
      phase: "Running",
      ready: true,
      containers: ["app", "istio-proxy"],
      owner: { kind: "Deployment", name: "mocka-v1" },
      addresses: ["10.244.0.1"],
      proxyRevision: "default",
      appVersion: "v1",
      troubles: [],
    });
    const calls = fake?.calls() ?? [];
    assert.deepEqual(facts.accessLogs, expected.accessLogs);
    assert.equal(calls.length, 4);
    for (const call of calls) assert.match(call, /^--kubeconfig \/file --context mine --request-timeout=20s /);
    assert.ok(
      calls.some((call) =>
        call.endsWith(
          "logs --namespace default --selector ASM_TRAFFIC_TAG,security.istio.io/tlsMode --container istio-proxy --prefix --ignore-errors --since=10m --tail=200",
        ),
      ),
    );
    assert.match(
      calls.find((call) => call.includes(" exec ")) ?? "",
      /exec -n istio-system istiod-1 -c discovery -- pilot-discovery request GET \/debug\/syncz$/,
    );
  });

  it("goes on without the webhooks where they may not be listed, with the tags that Services tell", async () => {
    const labels = { "istio.io/tag": "stable", "istio.io/rev": "default" };
    const metadata = { namespace: "istio-system", name: "istiod-revision-tag-stable", labels };
    const { revisions } = await gather(
      { when: " get mutating", stderr: "webhooks is forbidden", exitCode: 1 },
      {
        when: " get namespaces,services",
        stdout: { items: [...toItems(healthyFacts(s2) as MeshFacts), { kind: "Service", metadata, spec: {} }] },
      },
      { when: " exec ", stdout: [] },
    );
    const problem = "webhooks is forbidden";
    assert.deepEqual(revisions, { revisions: ["default"], tags: { stable: "default" }, problem });
  });

  it("goes on without a kind of workloads that may not be listed, and says so", async () => {
    const expected = healthyFacts(s2);
    const [first, second] = expected.workloads;
    assert.ok(first && second);
    first.kind = "StatefulSet";
    second.kind = "DaemonSet";
    const all = toItems(expected as MeshFacts);
    const isSet = (item: object) => "kind" in item && /^(Stateful|Daemon)Set$/.test(String(item.kind));
    const forbidden = 'daemonsets.apps is forbidden: User "x" cannot list resource "daemonsets"';
    const stderr = `Error from server (Forbidden): ${forbidden}`;
    const facts = await gather(
      { when: ",statefulsets.apps,daemonsets.apps ", stderr, exitCode: 1 },
      { when: " get namespaces,services", stdout: { items: all.filter((item) => !isSet(item)) } },
      { when: " get statefulsets.apps ", stdout: { items: all.filter(isSet).slice(0, 1) } },
      { when: " get daemonsets.apps ", stderr, exitCode: 1 },
      { when: " exec ", stdout: [] },
      { when: " logs ", stdout: "" },
    );
    assert.deepEqual(facts.unread.length, 1);
    assert.match(facts.unread[0] ?? "", /daemonsets\.apps is forbidden/);
    assert.deepEqual(
      facts.workloads.map(({ kind, name }) => `${kind} ${name}`).sort(),
      expected.workloads.flatMap(({ kind, name }) => (kind === "DaemonSet" ? [] : [`${kind} ${name}`])).sort(),
    );
  });

  it("knows which StatefulSet or DaemonSet made a pod, and how many pods these want", async () => {
    const expected = healthyFacts(s2);
    for (const [index, kind] of (["StatefulSet", "DaemonSet"] as const).entries()) {
      const [workload, pod] = [expected.workloads[index], expected.pods[index]];
      assert.ok(workload && pod);
      Object.assign(workload, { kind, replicas: 3 });
      Object.assign(pod, { owner: { kind, name: workload.name } });
    }
    const { workloads, pods, unread } = await gather(
      { when: " get namespaces,services", stdout: { items: toItems(expected as MeshFacts) } },
      { when: " exec ", stdout: [] },
    );
    const byName = (one: { name: string }, other: { name: string }) => (one.name < other.name ? -1 : 1);
    assert.deepEqual([...workloads].sort(byName), [...expected.workloads].sort(byName));
    assert.deepEqual(
      pods.slice(0, 2).map(({ owner }) => owner),
      expected.pods.slice(0, 2).map(({ owner }) => owner),
    );
    assert.deepEqual(unread, []);
  });

  it("reads a pod's log once, by the labels that tell versions of its service", async () => {
    const expected = healthyFacts(labelled);
    expected.accessLogs.strays.push({ namespace: "shop", pod: "cart-v2-x", authority: "shop.example.com" });
    fake = new FakeKubectl([
      { when: " get ", stdout: { items: toItems(expected as MeshFacts) } },
      { when: " exec ", stdout: [] },
      { when: " logs ", stdout: toLogs(expected as MeshFacts) },
    ]);
    const { accessLogs } = await gatherFacts(kubectl({ flags: [], env: fake.env }), [labelled]);
    assert.deepEqual(accessLogs, expected.accessLogs);
    const selectors = (fake?.calls() ?? []).flatMap(
      (call) => /logs .* --selector (\S+),security/.exec(call)?.[1] ?? [],
    );
    assert.deepEqual(selectors.sort(), ["app.kubernetes.io/version", "track", "version"]);
  });

  it("leaves out pods that are being deleted or have ended, and says why others are not ready", async () => {
    const pod = (name: string, more: object, status: object) => ({
      kind: "Pod",
      metadata: { namespace: "default", name, ...more },
      spec: { containers: [{ name: "app" }] },
      status,
    });
    const waiting = (reason: string, message?: string, exitCode?: number) => ({
      phase: "Running",
      containerStatuses: [
        {
          name: "app",
          state: { waiting: { reason, message } },
          ...(exitCode !== undefined && { lastState: { terminated: { exitCode, reason: "Error" } } }),
        },
      ],
    });
    const { pods } = await gather({
      when: " get ",
      stdout: {
        items: [
          pod("going", { deletionTimestamp: "2026-01-01T00:00:00Z" }, { phase: "Running" }),
          pod("evicted", {}, { phase: "Failed" }),
          pod("done", {}, { phase: "Succeeded" }),
          pod("crash", {}, waiting("CrashLoopBackOff", "back-off 10s", 3)),
          pod("image", {}, waiting("ImagePullBackOff", "no such image")),
          pod("starting", {}, waiting("PodInitializing")),
          pod(
            "again",
            {},
            {
              phase: "Running",
              containerStatuses: [
                {
                  name: "app",
                  state: { running: {} },
                  lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
                },
              ],
            },
          ),
          pod(
            "homeless",
            {},
            {
              phase: "Pending",
              conditions: [
                { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/1 nodes are available" },
              ],
            },
          ),
        ],
      },
    });
    assert.deepEqual(
      pods.map(({ name, troubles }) => [name, ...troubles.map(({ reason, message }) => `${reason}: ${message}`)]),
      [
        ["crash", "CrashLoopBackOff: it ended with exit code 3"],
        ["image", "ImagePullBackOff: no such image"],
        ["starting"],
        ["again", "OOMKilled: it ended with exit code 137"],
        ["homeless", "Unschedulable: 0/1 nodes are available"],
      ],
    );
  });

  it("reads only the secrets that the group's Gateway names, and keeps no key", async () => {
    const expected = healthyFacts(s2);
    withTls(expected, "lanes.example.com");
    const secret = await certificateSecret("cert", "istio-system", ["lanes.example.com", "*.example.com"]);
    const facts = await gather(
      { when: " get namespaces,services", stdout: { items: toItems(expected as MeshFacts) } },
      { when: " get secrets --all-namespaces --field-selector=metadata.name=cert ", stdout: { items: [secret.item] } },
      { when: " exec ", stdout: [] },
    );
    assert.deepEqual(facts.secrets, [
      {
        namespace: "istio-system",
        name: "cert",
        keys: ["tls.crt", "tls.key"],
        certificate: {
          hosts: ["lanes.example.com", "*.example.com"],
          notBefore: secret.notBefore,
          notAfter: secret.notAfter,
          keyBelongs: true,
        },
      },
    ]);
    assert.doesNotMatch(JSON.stringify(facts), /PRIVATE KEY/);
  });

  it("knows a key of another certificate, and a certificate that is none", async () => {
    const expected = healthyFacts(s2);
    withTls(expected, "lanes.example.com");
    const [one, other] = await Promise.all(
      ["a", "b"].map((namespace) => certificateSecret("cert", namespace, ["lanes.example.com"])),
    );
    const mixed = { ...one?.item, data: { ...one?.item.data, "tls.key": other?.item.data["tls.key"] } };
    const broken = { ...other?.item, data: { ...other?.item.data, "tls.crt": Buffer.from("no").toString("base64") } };
    const { secrets } = await gather(
      { when: " get namespaces,services", stdout: { items: toItems(expected as MeshFacts) } },
      { when: " get secrets ", stdout: { items: [mixed, broken] } },
      { when: " exec ", stdout: [] },
    );
    assert.deepEqual(
      secrets.map(({ namespace, certificate }) => [namespace, certificate?.keyBelongs]),
      [
        ["a", false],
        ["b", undefined],
      ],
    );
  });

  it("reads the answer of an istiod that tells no times", async () => {
    const status = { proxy: "a.default", cluster_sent: "2", cluster_acked: "1", route_sent: "1", route_acked: "1" };
    const { controlPlane } = await gather(
      { when: " get ", stdout: { items: toItems(healthyFacts(s2) as MeshFacts) } },
      { when: " exec ", stdout: [status] },
    );
    assert.deepEqual(controlPlane, {
      answered: 1,
      problems: [],
      connected: ["a.default"],
      syncs: [
        { proxy: "a.default", type: "clusters", acknowledged: false },
        { proxy: "a.default", type: "routes", acknowledged: true },
      ],
      versions: [],
    });
  });

  it("knows no version of proxies and images that are of a development build", async () => {
    const facts = healthyFacts(s2);
    const gatherVersions = async () => {
      const { controlPlane } = await gather(
        { when: " get ", stdout: { items: toItems(facts as MeshFacts) } },
        { when: " exec ", stdout: toSyncz(facts as MeshFacts) },
      );
      return controlPlane.versions.length;
    };
    const all = await gatherVersions();
    const [first, second] = facts.controlPlane.versions;
    Object.assign(first ?? {}, { version: "unknown" });
    Object.assign(second ?? {}, { version: "1.31-alpha.4c2f1e" });
    assert.equal(await gatherVersions(), all - 2);
  });

  it("reads no log for the end of an update: what pods called before it is not its doing", async () => {
    const expected = healthyFacts(s2) as MeshFacts;
    fake = new FakeKubectl([
      { when: " get namespaces,services", stdout: { items: toItems(expected) } },
      { when: " exec ", stdout: toSyncz(expected) },
      { when: " logs ", stderr: "asked for logs", exitCode: 1 },
    ]);
    const { accessLogs } = await gatherFacts(kubectl({ flags: [], env: fake.env }), [s2], false);
    assert.deepEqual(accessLogs, { pods: 0, strays: [], problems: [] });
  });

  it("reads what got past the routes from the pods' access logs, and goes on without them", async () => {
    const expected = healthyFacts(s2);
    for (const [pod, authority] of [
      ["mockb-v2-x", "shop.example.com"],
      ["mockb-v3-x", "10.96.0.3:8000"],
    ] as const) {
      expected.accessLogs.strays.push({ namespace: "default", pod, authority, destination: "10.96.0.3:8000" });
    }
    const others = [
      { when: " get ", stdout: { items: toItems(expected as MeshFacts) } },
      { when: " exec ", stdout: [] },
    ];
    const { accessLogs } = await gather(...others, { when: " logs ", stdout: toLogs(expected as MeshFacts) });
    assert.deepEqual(accessLogs, expected.accessLogs);
    const refused = await gather(...others, { when: " logs ", stderr: "pods/log is forbidden", exitCode: 1 });
    assert.deepEqual(refused.accessLogs, {
      pods: 0,
      strays: [],
      problems: ["namespace default: pods/log is forbidden"],
    });
  });

  it("goes on without the control plane's word, and says why", async () => {
    const { controlPlane } = await gather(
      { when: " get ", stdout: { items: toItems(healthyFacts(s2) as MeshFacts) } },
      { when: " exec ", stderr: 'pods "istiod-1" is forbidden', exitCode: 1 },
    );
    assert.equal(controlPlane.answered, 0);
    assert.match(controlPlane.problems[0] ?? "", /^istio-system\/istiod-1: .*is forbidden/);
  });

  const failures: [string, FakeAnswer, RegExp][] = [
    [
      "there is no cluster",
      { when: " get ", stderr: "The connection to the server was refused", exitCode: 1 },
      /^the cluster does not answer: run `npm start` \(kubectl: The connection to the server was refused\)$/,
    ],
    [
      "the cluster has no Istio",
      { when: " get ", stderr: 'error: the server doesn\'t have a resource type "virtualservices"', exitCode: 1 },
      /^the cluster has no Istio: run `npm start`/,
    ],
  ];
  for (const [title, answer, message] of failures) {
    it(`fails when ${title}`, async () => {
      await assert.rejects(gather(answer), (error) => error instanceof UserError && message.test(error.message));
    });
  }

  it("leads back to a cluster of others by its kubeconfig, and not by what makes one of our own", async () => {
    const refused = { when: " get ", stderr: "The connection to the server was refused", exitCode: 1 };
    fake = new FakeKubectl([refused]);
    const cluster = { kind: "existing", name: "theirs", kubeconfig: "theirs.yaml", context: "prod" } as const;
    const theirs = stackKubectl(cluster, "dev", { MESH_LANES_CACHE: tmpdir(), ...fake.env });
    await assert.rejects(
      theirs.run(["get", "pods"]),
      /^UserError: the cluster does not answer: see that it runs, and that context prod of theirs.yaml leads to it/,
    );
  });

  it("fails when there is no kubectl", async () => {
    await assert.rejects(
      gatherFacts(kubectl({ flags: [], env: { PATH: "/nowhere" } }), [s2]),
      /kubectl was not found: run `npm start`/,
    );
  });
});
