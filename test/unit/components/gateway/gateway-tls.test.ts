import assert from "node:assert/strict";
import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import { ProcessProvider } from "../../../../components/cluster/process-resource";
import { certManagerIsThere } from "../../../../components/gateway/cert-manager";
import { GatewayTls } from "../../../../components/gateway/gateway-tls";
import type { TlsSecret } from "../../../../components/gateway/tls-secret";
import { ClusterObjects } from "../../../../components/live/cluster-objects";
import type { RunKubectl } from "../../../../components/live/kubectl";
import { stackLabel } from "../../../../components/live/object";
import { looking, observe } from "../../../../components/live/watch";
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

  describe("where cert-manager makes the certificate", () => {
    const crd = { kind: "CustomResourceDefinition", metadata: { name: "certificates.cert-manager.io" } };
    const own = { kind: "Namespace", metadata: { name: "shop", labels: { [stackLabel]: "s" } } };
    const answers =
      (...items: object[]) =>
      async (args: readonly string[]): Promise<string> => {
        const asksDefinitions = args.some((arg) => arg.startsWith("customresourcedefinitions"));
        return JSON.stringify({ items: items.filter((item) => (item === crd) === asksDefinitions) });
      };
    const refuses = async (args: readonly string[]) => {
      if (args.some((arg) => arg.startsWith("customresourcedefinitions"))) throw new Error("forbidden");
      return JSON.stringify({ items: [own] });
    };

    const checked = async (kubectl: RunKubectl) => {
      const claimant = {
        stack: "s",
        adopt: new Set<string>(),
        fixes: new Map<string, string>(),
        state: async () => undefined,
      };
      return certManagerIsThere("cred")(new ClusterObjects(kubectl, "s"), claimant);
    };

    it("a later update refuses a cluster without it, before anything is written", async () => {
      const [problem] = await checked(answers(own));
      assert.equal(problem?.path, "tls cred");
      assert.match(problem?.fix ?? "", /Install cert-manager and the issuer/);
    });

    it("nothing is refused in the first update, with it, and where nobody may look for it", async () => {
      for (const kubectl of [answers(), answers(own, crd), refuses]) assert.deepEqual(await checked(kubectl), []);
    });

    const [kubectlNow, { warn }] = [looking.kubectl, pulumi.log];
    let said: string[];
    beforeEach(() => {
      said = [];
      const warns = async (text: string, resource?: pulumi.Resource) => {
        assert.equal(resource, undefined, "errors wait for what is said of a resource that is never made");
        said.push(text);
      };
      Object.assign(pulumi.log, { warn: warns });
    });
    afterEach(() => {
      looking.kubectl = kubectlNow;
      Object.assign(pulumi.log, { warn });
    });

    /** Names of the Certificates that a program asks for on a cluster that answers so. */
    async function certificatesOn(kubectl: RunKubectl, kubeconfig = pulumi.output("text")): Promise<string[]> {
      looking.kubectl = () => kubectl;
      const provider = new Provider("cluster", { kubeconfig: "text" });
      observe(provider, kubeconfig);
      const source = { kind: "certManager", issuer: { name: "letsencrypt", kind: "ClusterIssuer" } } as const;
      const secrets = [{ secret: "cred", hosts, source }];
      const tls = new GatewayTls("tls", { namespace: "istio-system", secrets }, { providers: [provider] });
      await settled(tls);
      return mocks.ofType("kubernetes:cert-manager.io/v1:Certificate").map(({ name }) => name);
    }

    it("the first update leaves it out where the cluster has none, and says so", async () => {
      assert.deepEqual(await certificatesOn(answers()), []);
      const [warning, ...others] = said;
      assert.match(
        warning ?? "",
        /^tls cred: the cluster has no cert-manager\. .* install cert-manager and the issuer, and/,
      );
      assert.deepEqual(others, []);
    });

    it("a preview says so before the cluster is made, and shows what will be asked for", async () => {
      const unknown = pulumi.output("text");
      Object.assign(unknown, { isKnown: Promise.resolve(false), apply: () => unknown });
      assert.deepEqual(await certificatesOn(answers(), unknown), ["tls-cred"]);
      assert.match(said.join(), /^tls cred: a new cluster has no cert-manager\./);
    });

    it("nothing is said of a cluster whose kubeconfig could not be had", async () => {
      const refused = pulumi.output("text");
      const isKnown = Promise.reject(new Error("refused"));
      Object.assign(refused, { isKnown, apply: () => refused });
      await certificatesOn(answers(), refused);
      assert.deepEqual(said, []);
    });

    it("it is asked for in any other update, and where nobody may look", async () => {
      for (const kubectl of [answers(crd), answers(own, crd), answers(own), refuses]) {
        mocks = await startPulumiMocks();
        assert.deepEqual(await certificatesOn(kubectl), ["tls-cred"]);
      }
      assert.deepEqual(said, []);
    });
  });

  it("fails for a key that was not decrypted", async () => {
    await assert.rejects(create({ secret: "cred", hosts, source: { kind: "pem", certificate: "CERT" } }), {
      name: "UserError",
      message: /secrets\[0\]\.source\.key: no private key for cred/,
    });
  });
});
