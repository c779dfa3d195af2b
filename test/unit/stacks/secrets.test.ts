import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { type ConfigContext, parseStackConfig } from "../../../config/parse";
import { createStack } from "../../../stacks/stack";
import { makeCertificate } from "../components/gateway/certificates";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../pulumi-mocks";
import { environmentWith, kubeconfigOf } from "./existing-cluster";

/** How a secret goes to the engine; see rpc.ts of @pulumi/pulumi. */
const secretMark = "4dabf18193072939515e22adb298388d";

/** Every text in a value that is not marked as a secret. */
function plainTexts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || secretMark in value) return [];
  return Object.values(value).flatMap(plainTexts);
}

const planted = {
  admin: "PLANTED-ADMIN-KEY",
  key: "PLANTED-TLS-KEY",
  authorityKey: "PLANTED-AUTHORITY-KEY",
} as const;
const encodings = (text: string) => [text, Buffer.from(text).toString("base64")];

const kubeconfig = kubeconfigOf(planted.admin);

const answers: Record<string, Record<string, string>> = {
  LocalNode: { kubeconfig, address: "10.200.0.2", identity: "id-1" },
  SelfSignedCertificate: {
    authority: "CA",
    certificate: "CERT",
    key: planted.key,
    authorityKey: planted.authorityKey,
  },
};

const environment = environmentWith(kubeconfig);

const workload = { name: "mocka", app: "mock", port: 8000, versions: ["v1"] };
const group = {
  name: "test",
  mode: "strict",
  services: [{ name: "mocka", port: 8000, versions: ["v1"] }],
  entry: { service: "mocka", gateway: "istio-system/ingressgateway" },
  baseline: "v1",
  lanes: [{ name: "v1" }],
};
const secure = {
  gateway: {
    ports: [{ name: "https", port: 443, protocol: "HTTPS", hosts: ["a.example.com"], credentialName: "cred" }],
  },
  tls: [{ secret: "cred", hosts: ["a.example.com"], source: { kind: "selfSigned" } }],
};

describe("secrets of a stack", () => {
  let mocks: PulumiMocks;

  beforeEach(async () => {
    mocks = await startPulumiMocks({ outputs: ({ type }) => answers[type.split(":").at(-1) ?? ""] ?? {} });
  });

  async function create(config: Record<string, unknown>, context: ConfigContext = {}) {
    let outputs: Record<string, unknown> = {};
    await pulumi.runtime.runInPulumiStack(async () => {
      const parsed = parseStackConfig({ workloads: [workload], laneGroups: [group], ...config }, context);
      outputs = { ...(await createStack(parsed, environment)) };
      return outputs;
    });
    await outputValue(pulumi.output(outputs));
    await settled();
    return outputs;
  }

  /** Secrets that lie open in the inputs of some resource. */
  function open(secrets: readonly string[]): string[] {
    return mocks.resources.flatMap(({ name, inputs }) => {
      const texts = plainTexts(inputs);
      const leaked = secrets.filter((secret) =>
        encodings(secret).some((form) => texts.some((text) => text.includes(form))),
      );
      return leaked.map((secret) => `${secret} in ${name}`);
    });
  }

  /** Resources whose inputs hold the secret at all, marked. */
  function holders(secret: string): string[] {
    const holds = (inputs: object) => encodings(secret).some((form) => JSON.stringify(inputs).includes(form));
    return mocks.resources.filter(({ inputs }) => holds(inputs)).map(({ name }) => name);
  }

  it("marks the kubeconfig of a local node wherever it goes", async () => {
    const outputs = await create({ cluster: { kind: "embedded" } });
    assert.deepEqual(open([planted.admin]), []);
    assert.ok(holders(planted.admin).includes("cluster-kubernetes"));
    assert.ok(holders(planted.admin).includes("security-acknowledged"));
    assert.deepEqual(mocks.named("cluster-node").secretOutputs, ["kubeconfig"]);
    assert.ok(await pulumi.isSecret(pulumi.output(outputs.kubeconfig)));
  });

  it("marks the kubeconfig of an existing cluster wherever it goes", async () => {
    const outputs = await create({ cluster: { kind: "existing", kubeconfig: "my.yaml", context: "mine" } });
    assert.deepEqual(open([planted.admin]), []);
    assert.ok(holders(planted.admin).includes("cluster-kubernetes"));
    assert.ok(await pulumi.isSecret(pulumi.output(outputs.kubeconfig)));
  });

  it("marks the keys of a self-signed certificate", async () => {
    await create({ cluster: { kind: "embedded" }, ...secure });
    assert.deepEqual(open([planted.key, planted.authorityKey]), []);
    assert.deepEqual(holders(planted.key), ["gateway-tls-cred"]);
    assert.deepEqual(mocks.named("gateway-tls-cred-certificate").secretOutputs, ["authorityKey", "key"]);
  });

  it("marks a key from the config", async () => {
    const { certificate, key } = await makeCertificate({ names: ["a.example.com"] });
    const tls = [{ secret: "cred", hosts: ["a.example.com"], source: { kind: "pem", certificate } }];
    const context = { encrypted: new Set(["tlsKey.cred"]) };
    await create({ cluster: { kind: "embedded" }, ...secure, tls, "tlsKey.cred": key }, context);
    assert.deepEqual(open([key, key.split("\n")[1] ?? key]), []);
    assert.deepEqual(holders(key), ["gateway-tls-cred"]);
  });

  it("keeps an encrypted variable of a workload in a Secret alone", async () => {
    const password = "PLANTED-PASSWORD";
    const secrets = new Map([["workloads[0].env.DB_PASSWORD", password]]);
    const workloads = [{ ...workload, env: { LEVEL: "info", DB_PASSWORD: "[secret]" } }];
    await create({ cluster: { kind: "embedded" }, workloads }, { secrets });
    assert.deepEqual(open([password]), []);
    assert.deepEqual(holders(password), ["default-mocka-env"]);
    const pod = JSON.stringify(mocks.named("default-mocka-v1").inputs);
    assert.match(pod, /"name":"LEVEL","value":"info"/);
    assert.match(pod, /"name":"DB_PASSWORD","valueFrom":\{"secretKeyRef":\{"key":"DB_PASSWORD","name":"mocka-env"\}\}/);
  });

  it("puts out nothing secret but the kubeconfig", async () => {
    const outputs = await create({ cluster: { kind: "embedded" }, ...secure });
    const secrets = [];
    for (const [name, value] of Object.entries(outputs)) {
      if (await pulumi.isSecret(pulumi.output(value))) secrets.push(name);
    }
    // Authorities are given out to be trusted; they come from a resource with secrets beside them.
    assert.deepEqual(secrets, ["kubeconfig"]);
  });
});
