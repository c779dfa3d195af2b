import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { workFolder } from "../../../tools/paths";
import { run } from "../support";
import { useScenarios } from "./stack";

/** Every service of the five scenarios: `namespace/name` -> port. */
const services: Readonly<Record<string, number>> = {
  "default/mocka": 8000,
  "default/mockb": 8000,
  "default/mockc": 8000,
  "default/wsk": 5000,
  "default/helloworld": 5000,
  "default/tornado": 8888,
  "baggage/mocka": 8000,
  "baggage/mockb": 8000,
  "baggage/mockc": 8000,
  "websockets/websockets-server": 80,
  "websockets/websockets-server-http1": 80,
  "websockets/websockets-client": 8080,
};

/** Who calls whom in the scenarios, written down by hand. */
const calls = new Set([
  "default/mocka -> default/mockb",
  "default/mockb -> default/mockc",
  "default/wsk -> default/helloworld",
  "baggage/mocka -> baggage/mockb",
  "baggage/mockb -> baggage/mockc",
  "websockets/websockets-client -> websockets/websockets-server",
  "websockets/websockets-client -> websockets/websockets-server-http1",
]);

/** A pod without a sidecar, in a namespace with lanes. */
const outsider = "outsider";

/** Asks each URL in turn, and prints what came: a status with the first words of the body, or the error's code. */
const askAll = `
const get = (url) => new Promise((done) => {
  const request = require("node:http").get(url, { agent: false, timeout: 10000 }, (response) => {
    let body = "";
    response.on("data", (part) => { body += part; });
    response.on("end", () => done(response.statusCode + " " + body.slice(0, 19)));
  });
  request.on("timeout", () => request.destroy(Object.assign(new Error(), { code: "no answer" })));
  request.on("error", (error) => done(error.code));
});
(async () => {
  for (const url of process.argv.slice(1)) console.log(await get(url));
})();
`;

describe("security: who may call whom", () => {
  const stack = useScenarios();
  const names = Object.keys(services);

  const url = (service: string) => {
    const [namespace, name] = service.split("/");
    return `http://${name}.${namespace}:${services[service]}/mock`;
  };

  /** What a pod gets from each service: `namespace/name` -> answer. */
  async function answersFor(pod: string, namespace: string): Promise<Record<string, string>> {
    const node = ["--container=app", "--", "/usr/local/bin/node", "--eval", askAll];
    const printed = await stack().kubectl("exec", pod, "--namespace", namespace, ...node, ...names.map(url));
    const lines = printed.trim().split("\n");
    assert.equal(lines.length, names.length, printed);
    return Object.fromEntries(names.map((name, index) => [name, lines[index] ?? ""]));
  }

  async function apply(object: object): Promise<void> {
    const file = join(workFolder, "e2e-object.json");
    writeFileSync(file, JSON.stringify(object));
    await stack().kubectl("apply", "--filename", file);
  }

  for (const caller of names) {
    it(`${caller} can call what its lane group or the config says, and nothing else`, async () => {
      const [namespace = "", name = ""] = caller.split("/");
      const got = await answersFor(`deployment/${name}-v1`, namespace);
      const refused = names.filter((callee) => got[callee] === "403 RBAC: access denied");
      assert.deepEqual(
        refused,
        names.filter((callee) => !calls.has(`${caller} -> ${callee}`)),
        JSON.stringify(got),
      );
      for (const callee of names.filter((each) => !refused.includes(each))) {
        // 426 is what a WebSocket server says to a plain request.
        assert.match(got[callee] ?? "", /^(200|404|426) /, callee);
      }
    });
  }

  describe("without a certificate of the mesh", () => {
    before(async () => {
      const image = await stack().kubectl(
        ...["get", "deployment/websockets-client-v1", "--namespace=websockets"],
        "--output=jsonpath={.spec.template.spec.containers[0].image}",
      );
      await apply({
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name: outsider,
          namespace: "websockets",
          labels: { "sidecar.istio.io/inject": "false" },
        },
        spec: {
          // The account of a caller that is allowed: it is the certificate that counts.
          serviceAccountName: "websockets-client",
          automountServiceAccountToken: false,
          containers: [{ name: "app", image, imagePullPolicy: "IfNotPresent", command: ["/bin/sleep", "infinity"] }],
          terminationGracePeriodSeconds: 0,
        },
      });
      await stack().kubectl(
        "wait",
        `pod/${outsider}`,
        "--namespace=websockets",
        "--for=condition=Ready",
        "--timeout=60s",
      );
    });
    after(() => stack().kubectl("delete", `pod/${outsider}`, "--namespace=websockets", "--ignore-not-found"));

    it("a pod without a sidecar reaches no service in plain text", async () => {
      const got = await answersFor(`pod/${outsider}`, "websockets");
      assert.deepEqual(got, Object.fromEntries(names.map((name) => [name, "ECONNRESET"])));
    });

    it("the node reaches no pod in plain text", async () => {
      const address = await stack().kubectl(
        ...["get", "pods", "--namespace=baggage", "--selector=app=mocka"],
        "--output=jsonpath={.items[0].status.podIP}",
      );
      const error = await new Promise((resolve) => {
        http.get(`http://${address}:8000/mock`, () => resolve("an answer")).on("error", resolve);
      });
      assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET", String(error));
    });
  });

  describe("pod security", () => {
    const restricted = "restricted-pods";

    before(() =>
      apply({
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: restricted, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      }),
    );
    after(() => stack().kubectl("delete", `namespace/${restricted}`, "--ignore-not-found", "--wait=false"));

    /** What the API server says to a pod in that namespace: nothing is made. */
    async function admit(spec: Record<string, unknown>): Promise<string> {
      const file = join(workFolder, "e2e-pod.json");
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "probe", namespace: restricted } };
      writeFileSync(file, JSON.stringify({ ...pod, spec: { ...spec, serviceAccountName: "default" } }));
      const result = await run("kubectl", ["create", "--dry-run=server", "--filename", file], stack().environment);
      return result.exitCode === 0 ? "admitted" : result.stderr;
    }

    it("the API server admits the apps' own pods as restricted", async () => {
      const listed: { items: { metadata: { name: string }; spec: { template: { spec: Record<string, unknown> } } }[] } =
        JSON.parse(await stack().kubectl("get", "deployments", "--all-namespaces", "--output=json"));
      const apps = listed.items.filter(({ metadata }) => /-v\d$/.test(metadata.name));
      assert.equal(apps.length, 23);
      const { spec } = apps[0]?.spec.template ?? {};
      assert.match(await admit({ ...spec, securityContext: {} }), /violates PodSecurity "restricted:latest"/);
      for (const app of apps) assert.equal(await admit(app.spec.template.spec), "admitted", app.metadata.name);
    });

    it("it would refuse their sidecars' init container, so that privileged is what is enforced", async () => {
      const pods: { items: { spec: { initContainers: { name: string; securityContext: object }[] } }[] } = JSON.parse(
        await stack().kubectl("get", "pods", "--namespace=baggage", "--output=json"),
      );
      const init = pods.items[0]?.spec.initContainers.find(({ name }) => name === "istio-init");
      const answer = await admit({ containers: [{ ...init, image: "none", volumeMounts: [] }] });
      assert.match(answer, /unrestricted capabilities .*NET_ADMIN.*NET_RAW/);
      const labels = await stack().kubectl("get", "namespace/baggage", "--output=jsonpath={.metadata.labels}");
      assert.equal(JSON.parse(labels)["pod-security.kubernetes.io/enforce"], "privileged");
      assert.equal(JSON.parse(labels)["pod-security.kubernetes.io/warn"], "restricted");
    });
  });
});
