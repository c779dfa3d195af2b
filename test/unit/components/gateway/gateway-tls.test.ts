import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { certManagerIsThere, GatewayTls } from "../../../../components/gateway/gateway-tls";
import type { TlsSecret } from "../../../../components/gateway/tls-secret";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import { outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const hosts = ["a.example.com"];
const made = { authority: "CA", authorityKey: "CA KEY", certificate: "CERT", key: "KEY", renewAfter: "2026" };
const base64 = (text: string) => Buffer.from(text).toString("base64");
/** How a secret goes to the engine: https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts */
const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

describe("GatewayTls", () => {
  let mocks: PulumiMocks;
  beforeEach(async () => {
    mocks = await startPulumiMocks({ outputs: ({ type }) => (type.endsWith(":SelfSignedCertificate") ? made : {}) });
  });

  async function create(...secrets: TlsSecret[]) {
    const provider = new Provider("cluster", { kubeconfig: "text" });
    const mesh = new Provider("mesh", {});
    const processes = new ProcessProvider("processes");
    const tls = new GatewayTls(
      "tls",
      { namespace: "istio-system", secrets },
      { providers: [provider, processes], dependsOn: [mesh] },
    );
    await settled(tls, ...tls.credentials);
    return tls;
  }

  const metadata = { name: "cred", namespace: "istio-system" };

  it("makes the secret of a PEM certificate, its key a secret", async () => {
    const tls = await create({ secret: "cred", hosts, source: { kind: "pem", certificate: "CERT", key: "KEY" } });
    const { inputs, dependencies, parent, provider } = mocks.named("tls-cred");
    assert.deepEqual(inputs, {
      apiVersion: "v1",
      kind: "Secret",
      metadata,
      type: "kubernetes.io/tls",
      data: secret({ "tls.crt": base64("CERT"), "tls.key": base64("KEY") }),
    });
    assert.ok(dependencies.some((urn) => urn.endsWith("::mesh")));
    assert.match(parent ?? "", /::tls$/);
    assert.match(provider, /::cluster::/);
    assert.deepEqual(tls.authorities, {});
  });

  it("makes self-signed certificates in one provider process and gives out their authorities, not their keys", async () => {
    const source = { kind: "selfSigned" as const, days: 90 };
    const tls = await create({ secret: "cred", hosts, source }, { secret: "other", hosts, source });
    const { __provider, ...inputs } = mocks.named("tls-cred-certificate").inputs;
    assert.equal(typeof __provider, "string");
    assert.deepEqual(inputs, { name: "cred", hosts, days: 90 });
    assert.deepEqual(
      (mocks.named("tls-cred").inputs as { data: unknown }).data,
      secret({ "tls.crt": base64("CERT"), "tls.key": base64("KEY") }),
    );
    assert.equal(mocks.ofType("pulumi:providers:pulumi-nodejs").length, 1);
    assert.match(mocks.named("tls-other-certificate").provider, /::processes::/);
    assert.deepEqual(Object.keys(tls.authorities), ["cred", "other"]);
    const authority = tls.authorities.cred;
    assert.ok(authority);
    assert.equal(await outputValue(authority), "CA");
    assert.equal(await pulumi.isSecret(authority), false);
  });

  it("asks cert-manager, and waits until the certificate is there", async () => {
    const issuer = { name: "letsencrypt", kind: "ClusterIssuer" as const };
    const tls = await create({
      secret: "cred",
      hosts: [...hosts, "10.0.0.1"],
      source: { kind: "certManager", issuer },
    });
    assert.deepEqual(tls.credentials, [], "listeners wait for it, and it for an answer that listeners give");
    assert.deepEqual(mocks.named("tls-cred").inputs, {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: { ...metadata, annotations: { "pulumi.com/waitFor": "condition=Ready" } },
      spec: {
        secretName: "cred",
        dnsNames: hosts,
        ipAddresses: ["10.0.0.1"],
        issuerRef: { name: "letsencrypt", kind: "ClusterIssuer", group: "cert-manager.io" },
      },
    });
  });

  const checked = async (kubectl: (args: readonly string[]) => Promise<string>) => {
    const claimant = {
      stack: "s",
      adopt: new Set<string>(),
      fixes: new Map<string, string>(),
      state: async () => undefined,
    };
    return certManagerIsThere("cred")(new ClusterObjects(kubectl, "s"), claimant);
  };

  it("fails in preview on a cluster without cert-manager", async () => {
    const [problem] = await checked(async () => JSON.stringify({ items: [] }));
    assert.equal(problem?.path, "tls cred");
    assert.match(problem?.fix ?? "", /Install cert-manager and the issuer/);
  });

  it("has nothing against a cluster with it, and leaves it to the API server where nobody may look", async () => {
    const metadata = { name: "certificates.cert-manager.io" };
    const there = JSON.stringify({ items: [{ kind: "CustomResourceDefinition", metadata }] });
    assert.deepEqual(await checked(async () => there), []);
    assert.deepEqual(await checked(() => Promise.reject(new Error("forbidden"))), []);
  });

  it("fails for a key that was not decrypted", async () => {
    await assert.rejects(create({ secret: "cred", hosts, source: { kind: "pem", certificate: "CERT" } }), {
      name: "UserError",
      message: /secrets\[0\]\.source\.key: no private key for cred/,
    });
  });
});
