import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { explainRequest } from "../../../../cli/explain";
import { type ImportCommandOptions, type ImportSurroundings, importLanes } from "../../../../cli/import";
import { readCluster } from "../../../../cli/import/live";
import { parseManifests, readManifests } from "../../../../cli/import/read";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import { KubectlFailure } from "../../../../tools/kubectl/kubectl";
import { UserError } from "../../../../tools/user-error";
import { systemGraph } from "../../../systems/graph";
import { standInManifests } from "../../../systems/manifests";

const defaults: ImportCommandOptions = { calls: [], protocol: [], json: false };
const bookinfo = standInManifests(systemGraph("bookinfo"));
const asText = (manifests: readonly object[]) => manifests.map((manifest) => stringify(manifest)).join("---\n");
const planted = "PLANTED-PASSWORD";

describe("lanes import", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-import-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const around = (text: string): ImportSurroundings => ({
    folder,
    manifests: () => parseManifests("all.yaml", text),
    cluster: () => assert.fail("no cluster was asked for"),
  });
  const run = (options: Partial<ImportCommandOptions> = {}, text = asText(bookinfo), paths = ["all.yaml"]) =>
    importLanes(paths, { ...defaults, ...options }, around(text));
  const refused = async (...args: Parameters<typeof run>): Promise<string> => {
    const error: unknown = await run(...args).then(
      () => assert.fail("nothing was thrown"),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof UserError, String(error));
    return error.message;
  };

  it("writes a stack that its own check reads, with reasons beside each part, and says what comes next", async () => {
    const calls = ["productpage=details,reviews", "reviews=ratings"];
    const { text } = await run({ stack: "mine", calls });
    assert.match(text, /^Lane group productpage in namespace default: 4 services, 5 lanes/);
    assert.match(
      text,
      /npx lanes matrix --stack mine\nnpx lanes explain --stack mine --host shop\.example\.com --path \/ --header 'x-lane-entry: v2-mysql-vm'/,
    );
    const file = join(folder, "Pulumi.mine.yaml");
    const { laneGroups, cluster, mesh } = loadStackConfig(readStackConfigFile(file), folder);
    assert.deepEqual(
      laneGroups[0]?.services.map(({ name, calls: callees }) => [name, callees]),
      [
        ["productpage", ["details", "reviews"]],
        ["details", []],
        ["reviews", ["ratings"]],
        ["ratings", []],
      ],
    );
    assert.deepEqual([cluster.kind, mesh.kind, mesh.kind === "istio" && mesh.existing], ["existing", "istio", true]);
    const written = readFileSync(file, "utf8");
    assert.match(
      written,
      /^ {8}# HTTP: named http; baseline v1: the version that most services have; calls ratings by --calls\n {8}- \{ name: reviews/m,
    );
    assert.match(await refused({ stack: "mine" }), /there is a Pulumi\.mine\.yaml/);
    assert.equal(readFileSync(file, "utf8"), written);
  });

  describe("the command by which a request is explained", () => {
    /** What the shell makes of the words of the command that is printed. */
    const printed = (text: string) => {
      const [, words = ""] = /^npx lanes explain (.*)$/m.exec(text) ?? [];
      const script = `for word in ${words}; do printf '%s\\0' "$word"; done`;
      return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.split("\0").slice(0, -1);
    };
    const works = (text: string) => {
      const words = printed(text);
      const [flag] = words;
      assert.equal(flag, "--stack", text);
      const { values } = parseArgs({
        args: words,
        options: {
          ...{ stack: { type: "string" }, host: { type: "string" }, path: { type: "string" } },
          ...{ method: { type: "string", default: "GET" }, header: { type: "string", multiple: true } },
        },
      });
      const config = loadStackConfig(readStackConfigFile(join(folder, "Pulumi.mine.yaml")), folder);
      const { stack = "", ...request } = values;
      const explained = explainRequest({ ...request, stack, json: true }, () => config);
      assert.ok(explained.routed, `${words.join(" ")}\n${explained.text}`);
      return { words: words.slice(2), explained: JSON.parse(explained.text), config };
    };

    const hosts = ["*.shop.example.com"];
    const gateway = {
      ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway", metadata: { name: "public", namespace: "edge" } },
      spec: { selector: { app: "edge" }, servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts }] },
    };
    const to = { route: [{ destination: { host: "productpage", port: { number: 9080 } } }] };
    const routes = (http: object[], served = ["a.shop.example.com"]) => [
      gateway,
      {
        ...{ apiVersion: "networking.istio.io/v1", kind: "VirtualService" },
        metadata: { name: "page", namespace: "default" },
        spec: { hosts: served, gateways: ["edge/public"], http },
      },
    ];
    const shapes: Readonly<Record<string, readonly object[]>> = {
      "no host": [],
      "a host": routes([to]),
      "a wide host": routes([to], hosts),
      "an exact path": routes([{ match: [{ uri: { exact: "/productpage" } }], ...to }]),
      "a prefix": routes([{ match: [{ uri: { prefix: "/a/" } }], ...to }]),
      "a regex": routes([{ match: [{ uri: { regex: "/x[0-9]+" } }], ...to }]),
      "another method and header": routes([
        {
          match: [{ uri: { exact: "/login" }, method: { exact: "POST" }, headers: { "x-a": { exact: "b c" } } }],
          ...to,
        },
      ]),
    };
    for (const [name, more] of Object.entries(shapes)) {
      it(`works for ${name}`, async () => {
        const { text } = await run({ stack: "mine" }, asText([...bookinfo, ...more]));
        const { explained } = works(text);
        assert.equal(explained.status, "routed", text);
      });
    }
  });

  it("says where it cannot write, without a stack trace", async () => {
    rmSync(folder, { recursive: true });
    assert.match(
      await refused({ stack: "mine" }),
      /^lanes import wrote nothing\n {2}\S+Pulumi\.mine\.yaml: ENOENT: no such file or directory\n/,
    );
    mkdirSync(folder);
  });

  it("without a stack writes the config to stdout and the report to stderr, or both as JSON", async () => {
    const { text, note } = await run();
    assert.match(text, /^# yaml-language-server/);
    assert.match(note, /Not in the lanes:\n {2}default\/mongodb: port 27017 \(mongo\) is MongoDB/);
    const { config, findings } = JSON.parse((await run({ json: true })).text);
    assert.equal(config.laneGroups[0].name, "productpage");
    assert.ok(findings.length > 2);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("prints no value of a manifest: not of Secrets, variables, arguments, ConfigMaps or broken documents", async () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { key: planted } };
    const map = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "m" },
      data: { file: `http://me:${planted}@details:9080 ${planted}` },
    };
    const container = {
      env: [
        { name: "PASSWORD", value: planted },
        { name: "DETAILS_URL", value: `http://me:${planted}@details:9080/${planted}` },
      ],
      args: [`--db=mongodb://root:${planted}@mongodb:27017/${planted}`],
      envFrom: [{ configMapRef: { name: "m" } }],
    };
    const pods = standInManifests(systemGraph("bookinfo"), { container: () => container });
    const broken = `\n---\nkind: Secret\n${planted}: [\n---\n${planted}\n---\nkind: Secret\nmetadata: ${planted}\n---\nkind: Pod\napiVersion: v1\nmetadata: { name: [${planted}] }\n`;
    const all = asText([...pods, secret, map]) + broken;
    for (const json of [false, true]) {
      const { text, note } = await run({ json, entry: "productpage" }, all);
      assert.ok(!`${text}${note}`.includes(planted), `${text}${note}`);
      assert.match(`${text}${note}`, /details/);
    }
    const { note } = await run({}, all);
    assert.match(note, /all\.yaml, document \d+: no YAML: [A-Z_]+ in line \d+/);
    assert.match(note, /all\.yaml, document \d+: no map/);
    assert.match(note, /all\.yaml, document \d+: Pod, metadata\.name is missing or of the wrong type/);
    assert.match(note, /2 Secret \(never read\)/);
  });

  it("names what was broken, or what was read, where nothing of it can be in lanes", async () => {
    assert.match(await refused({}, "[1,2"), /all\.yaml, document 1: no YAML: [A-Z_]+ in line \d+/);
    assert.match(await refused({}, ""), /No service of what was read.*\n.*what was read: nothing: no document/);
    assert.match(
      await refused({}, "foo: bar"),
      /what was read: no Service, one document that is no object of Kubernetes/,
    );
    assert.match(
      await refused({}, asText([{ apiVersion: "x/v1", kind: "Widget", metadata: { name: "w" } }])),
      /what was read: no Service, 1 Widget/,
    );
    assert.match(
      await refused({ namespace: ["elsewhere"] }),
      /what was read: no object of namespace elsewhere; there are some in default/,
    );
  });

  it("takes the cluster's domain, and refuses what is none", async () => {
    const { config } = JSON.parse((await run({ json: true, clusterDomain: "prod.example" })).text);
    assert.equal(config.laneGroups[0].clusterDomain, "prod.example");
    assert.match(await refused({ clusterDomain: "no good" }), /--cluster-domain: got "no good"/);
  });

  it("names every flag that is wrong", async () => {
    const wrong = await refused(
      { stack: "a/b", calls: ["web"], protocol: ["cart=grpc", "cart:80=thrift"], kubeconfig: "x" },
      "",
      [],
    );
    for (const pattern of [
      /lanes import: half a cluster/,
      /--stack: got "a\/b"/,
      /--calls: got "web"/,
      /--protocol: got "cart=grpc"/,
      /--protocol: got "cart:80=thrift"/,
    ])
      assert.match(wrong, pattern);
    assert.match(await refused({}, "", []), /nothing to import[\s\S]*an ambient kubeconfig is never used/);
    assert.match(await refused({ group: "Not_A_Name" }), /laneGroups\[0\]\.name/);
  });

  it("looks at the namespaces that are named; objects that name none are in the first", async () => {
    const bare = bookinfo.map((manifest) => {
      const { metadata } = manifest as { metadata: { name: string } };
      return { ...manifest, metadata: { name: metadata.name } };
    });
    const { config } = JSON.parse((await run({ json: true, namespace: ["shop"] }, asText(bare))).text);
    assert.equal(config.laneGroups[0].namespace, "shop");
    assert.match(await refused({ namespace: ["elsewhere"] }), /No service of what was read/);
  });

  it("takes a gateway that exists, with its ports and pods, and says which routes are in front there", async () => {
    const edge = (ports: readonly object[]) => ({
      ...{ apiVersion: "networking.istio.io/v1", kind: "Gateway", metadata: { name: "public", namespace: "edge" } },
      spec: { selector: { istio: "ingress" }, servers: ports },
    });
    const server = (number: number, protocol: string, tls?: object) => ({
      ...{ port: { number, name: `p${number}`, protocol }, hosts: ["default/*.example.com", "*"], ...(tls && { tls }) },
    });
    const pods = {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "ingress", namespace: "pods" } },
      spec: {
        template: { metadata: { labels: { istio: "ingress" } }, spec: { containers: [{ name: "p", image: "auto" }] } },
      },
    };
    const entrance = {
      ...{ apiVersion: "v1", kind: "Service", metadata: { name: "ingress", namespace: "pods" } },
      spec: { type: "LoadBalancer", selector: { istio: "ingress" }, ports: [{ name: "http2", port: 80 }] },
    };
    const theirs = {
      ...{
        apiVersion: "networking.istio.io/v1",
        kind: "VirtualService",
        metadata: { name: "old", namespace: "default" },
      },
      spec: { hosts: ["*"], gateways: ["edge/public"], http: [{ route: [{ destination: { host: "productpage" } }] }] },
    };
    const servers = [
      ...[server(80, "HTTP"), server(443, "HTTPS", { mode: "SIMPLE", credentialName: "cert" })],
      ...[server(8443, "TLS", { mode: "PASSTHROUGH" }), server(8080, "HTTP", { httpsRedirect: true })],
    ];
    const all = asText([...bookinfo, edge(servers), pods, entrance, theirs]);
    const { config, findings } = JSON.parse((await run({ json: true, gateway: "edge/public" }, all)).text);
    assert.equal(config.laneGroups[0].entry.gateway, "edge/public");
    assert.deepEqual(config.gateway, {
      ...{ name: "public", namespace: "edge" },
      ports: [
        { name: "p80", port: 80, hosts: ["*.example.com", "*"], protocol: "HTTP" },
        { name: "p443", port: 443, hosts: ["*.example.com", "*"], protocol: "HTTPS", credentialName: "cert" },
        { name: "p8080", port: 8080, hosts: ["*.example.com", "*"], protocol: "HTTP", redirect: true },
      ],
      address: "127.0.0.1",
      existing: { namespace: "pods", labels: { istio: "ingress" } },
    });
    const reached = { ...entrance, status: { loadBalancer: { ingress: [{ ip: "192.0.2.7" }] } } };
    const live = asText([...bookinfo, edge(servers), pods, reached, theirs]);
    assert.equal(
      JSON.parse((await run({ json: true, gateway: "edge/public" }, live)).text).config.gateway.address,
      "192.0.2.7",
    );
    const told = findings.map(({ kind, path, got }: Record<string, string>) => `${kind} ${path}: ${got}`).join("\n");
    assert.match(
      told,
      /decide VirtualService default\/old: it routes \* at gateway edge\/public already \(productpage 100 %\)/,
    );
    // Its own Service is no service of the system, though it leads outside.
    assert.equal(config.laneGroups[0].entry.service, "productpage");
    assert.match(
      await refused({ gateway: "edge/private" }, all),
      /no Gateway edge\/private in what was read\n.*edge\/public/,
    );
    assert.match(
      await refused({ gateway: "edge/public" }, asText([...bookinfo, edge([])])),
      /which has no port of HTTP/,
    );
  });

  it("reads files, folders and stdin, and says of a template that it is one", () => {
    mkdirSync(join(folder, "chart", "templates"), { recursive: true });
    writeFileSync(join(folder, "chart", "values.yaml"), "a: 1\n");
    writeFileSync(join(folder, "chart", "templates", "x.yaml"), "kind: {{ .Values.kind }}\n  a: b\n");
    writeFileSync(join(folder, "chart", "one.json"), JSON.stringify(bookinfo[0]));
    writeFileSync(join(folder, "chart", "README.md"), "no manifest");
    const read = readManifests([join(folder, "chart"), "-"], () => asText(bookinfo.slice(0, 3)));
    assert.equal(read.documents.length, 4);
    assert.equal(read.others, 1);
    assert.match(read.broken[0]?.fix ?? "", /helm template/);
    assert.throws(() => readManifests([join(folder, "none"), join(folder, "chart")]), /none: ENOENT/);
  });
});

describe("lanes import of a live cluster", () => {
  const cluster = { kubeconfig: "k", context: "c", namespaces: [] };
  const list = (items: readonly object[]) => JSON.stringify({ kind: "List", items });

  it("asks for lists alone, never for Secrets, and takes kinds that are not there for none", async () => {
    const asked: string[] = [];
    const documents = await readCluster(cluster, async (args) => {
      asked.push(args.join(" "));
      if (args[1] === "services")
        return list([bookinfo[0] ?? {}, { kind: "Service", metadata: { name: "x", namespace: "kube-system" } }]);
      if (/argoproj|flagger|gateway\./.test(args[1] ?? ""))
        throw new KubectlFailure(`error: the server doesn't have a resource type "${args[1]}"`, false);
      if (/^namespaces$|^mutatingwebhook/.test(args[1] ?? "")) throw new KubectlFailure("it is forbidden: no", false);
      return list([]);
    });
    assert.equal(documents.length, 1);
    assert.ok(
      asked.every((line) => /^get \S+ .*--output json$|^get namespaces --output json$/.test(line)),
      asked.join("\n"),
    );
    assert.ok(!asked.some((line) => /secret/i.test(line)));
  });

  it("fails with kubectl's words when it may not read what it needs", async () => {
    const run = async () => {
      throw new KubectlFailure("services is forbidden: User x", false);
    };
    await assert.rejects(readCluster(cluster, run), /kubectl get services: services is forbidden[\s\S]*--namespace/);
  });

  it("proposes the mesh that runs: its revision or tag, and its version where it is tested", async () => {
    const namespace = {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "default", labels: { "istio.io/rev": "stable" } },
    };
    const istiod = (revision: string, tag: string) => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: `istiod-${revision}`,
        namespace: "istio-system",
        labels: { app: "istiod", "istio.io/rev": revision },
      },
      spec: {
        template: {
          metadata: { labels: { app: "istiod" } },
          spec: { containers: [{ name: "d", image: `docker.io/istio/pilot:${tag}` }] },
        },
      },
    });
    const webhook = {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingWebhookConfiguration",
      metadata: {
        name: "istio-revision-tag-stable",
        labels: { "istio.io/tag": "stable", "istio.io/rev": "1-31-0" },
      },
      webhooks: [],
    };
    const meshOf = async (...objects: object[]) => {
      const documents = [...bookinfo, namespace, ...objects].map((value, index) => ({
        value,
        place: { file: "c", document: index },
      }));
      const around: ImportSurroundings = {
        folder: ".",
        manifests: () => assert.fail(),
        cluster: async () => documents,
      };
      const options = { ...defaults, kubeconfig: "k", context: "c", json: true };
      return JSON.parse((await importLanes([], options, around)).text).config.mesh;
    };
    const mesh = (tag: string) => meshOf(istiod("stable", tag));
    assert.deepEqual(await meshOf(istiod("1-30-0", "1.30.4"), istiod("1-31-0", "1.31.0"), webhook), {
      kind: "istio",
      existing: true,
      version: "1.31.0",
      revision: "stable",
    });
    assert.deepEqual(await mesh("1.31.0-distroless"), {
      kind: "istio",
      existing: true,
      version: "1.31.0",
      revision: "stable",
    });
    assert.deepEqual(await mesh("1.12.0"), { kind: "istio", existing: true, revision: "stable" });
  });
});
