import { isIP } from "node:net";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import { Secret } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { type Problem, UserError } from "../../tools/user-error";
import { type ChildOptions, childOptions, providerOf } from "../child-options";
import type { Check } from "../live/gate";
import { ownerInWords } from "../live/owner";
import { checkFirst } from "../live/watch";
import { asksForCertificate, certManagerIsThere } from "./cert-manager";
import { type MadeCertificate, type MakeCertificate, SelfSignedCertificate } from "./self-signed";
import type { CertificateIssuer, TlsSecret } from "./tls-secret";

export interface GatewayTlsArgs {
  /** Namespace of the gateway's pods: Istio reads TLS secrets from there, wherever the `Gateway` object is. */
  readonly namespace: string;
  /** The secrets that ports name as `credentialName`. */
  readonly secrets: readonly TlsSecret[];
  /**
   * How self-signed certificates are made: a component provider, whose program may be in any language, makes them itself.
   * @default by Pulumi's dynamic provider, which needs a program in Node.js
   */
  readonly makeCertificate?: MakeCertificate;
}

/**
 * The TLS secrets of a gateway. A new certificate is an update of its secret in place: Envoy takes it for new connections by
 * Istio's secret discovery (SDS), and open ones stay.
 *
 * Self-signed certificates of a program in TypeScript need a second provider, the cluster's `processes`; nothing else does.
 *
 * @example new GatewayTls("tls", { namespace, secrets }, { providers: [cluster.provider, cluster.processes], dependsOn });
 */
export class GatewayTls extends pulumi.ComponentResource {
  /** Secret -> PEM of the authority that a client must trust; of self-signed certificates only. */
  public readonly authorities: Readonly<Record<string, pulumi.Output<string>>>;
  /**
   * The secrets that are made here. Listeners depend on them. They do not wait for cert-manager's, which Envoy takes whenever they
   * come: an issuer that asks at the gateway whose host it is would wait for the listeners in turn.
   */
  public readonly credentials: readonly pulumi.Resource[];
  private readonly child: ChildOptions;

  public constructor(
    private readonly name: string,
    private readonly args: GatewayTlsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const missing = missingKeys(`${name}.secrets`, args.secrets);
    if (missing.length > 0) throw new UserError("The gateway's certificates are not complete.", missing);
    super("mesh-lanes:index:GatewayTls", name, {}, opts);
    this.child = childOptions(this, name, "kubernetes", opts);
    const authorities: Record<string, pulumi.Output<string>> = {};
    const asked: Promise<readonly string[]>[] = [];
    this.credentials = args.secrets.flatMap(({ secret, hosts, source }): pulumi.Resource[] => {
      switch (source.kind) {
        case "selfSigned": {
          const made = this.selfSigned(secret, hosts, source.days);
          authorities[secret] = made.authority;
          return [this.secret(secret, made.certificate, made.key)];
        }
        case "pem":
          return source.key === undefined ? [] : [this.secret(secret, source.certificate, source.key)];
        case "certManager":
          asked.push(this.certificate(secret, hosts, source.issuer));
          return [];
        default: {
          const never: never = source;
          return never;
        }
      }
    });
    this.authorities = authorities;
    // The engine waits for outputs, and so for the resources that are made before them.
    const certificates = Promise.all(asked).then((names) => names.flat());
    this.registerOutputs({ authorities: this.authorities, ...(asked.length > 0 && { certificates }) });
  }

  private selfSigned(secret: string, hosts: readonly pulumi.Input<string>[], days: number): MadeCertificate {
    const { makeCertificate } = this.args;
    const [resource, args] = [`${this.name}-${secret}-certificate`, { name: secret, hosts, days }];
    const { parent, dependsOn } = this.child;
    const opts = { parent, ...(dependsOn !== undefined && { dependsOn }) };
    if (makeCertificate) return makeCertificate(resource, args, opts);
    return new SelfSignedCertificate(resource, args, {
      ...opts,
      provider: providerOf(this, this.name, "pulumi-nodejs"),
    });
  }

  private secret(secret: string, certificate: pulumi.Input<string>, key: pulumi.Input<string>): Secret {
    const base64 = (text: pulumi.Input<string>) =>
      pulumi.output(text).apply((plain) => Buffer.from(plain).toString("base64"));
    return new Secret(
      `${this.name}-${secret}`,
      {
        metadata: { name: secret, namespace: this.args.namespace },
        type: "kubernetes.io/tls",
        data: { "tls.crt": base64(certificate), "tls.key": base64(pulumi.secret(key)) },
      },
      this.child,
    );
  }

  /**
   * cert-manager makes the secret and renews it; see https://cert-manager.io/docs/usage/certificate/
   *
   * @returns what was asked for.
   */
  private async certificate(
    secret: string,
    hosts: readonly pulumi.Input<string>[],
    issuer: CertificateIssuer,
  ): Promise<readonly string[]> {
    const { provider } = this.child;
    checkFirst(provider, noOtherSecret(this.args.namespace, secret));
    checkFirst(provider, certManagerIsThere(secret));
    if (!(await asksForCertificate(provider, secret))) return [];
    new CustomResource(
      `${this.name}-${secret}`,
      {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: {
          name: secret,
          namespace: this.args.namespace,
          // It publishes a status, unlike Istio's objects: the secret is there when it is ready.
          annotations: { "pulumi.com/waitFor": "condition=Ready" },
        },
        spec: pulumi.all([...hosts]).apply((known) => {
          const ipAddresses = known.filter((host) => isIP(host) !== 0);
          return {
            secretName: secret,
            dnsNames: known.filter((host) => isIP(host) === 0),
            ...(ipAddresses.length > 0 && { ipAddresses }),
            issuerRef: { name: issuer.name, kind: issuer.kind, group: "cert-manager.io" },
          };
        }),
      },
      this.child,
    );
    return [secret];
  }
}

/** cert-manager writes into the Secret that a Certificate names, whoever made it. */
function noOtherSecret(namespace: string, name: string): Check {
  return async (cluster, { adopt }) => {
    const live = await cluster.find("Secret", namespace, name);
    const path = `Secret ${namespace}/${name}`;
    if (!live || adopt.has(path) || live.annotations["cert-manager.io/certificate-name"] === name) return [];
    const got = `it exists, and cert-manager would write over it (${ownerInWords(live)})`;
    const fix = `Name another secret in tls[].secret, or add "${path}" to mesh-lanes:adopt.`;
    return [{ path, got, expected: "a name that is free, or the Secret of this Certificate", fix }];
  };
}

/** A stack's config may be read where its keys cannot be decrypted, so the type lets a key be missing. */
function missingKeys(path: string, secrets: readonly TlsSecret[]): Problem[] {
  return secrets.flatMap(({ secret, source }, index) =>
    source.kind === "pem" && source.key === undefined
      ? [
          {
            path: `${path}[${index}].source.key`,
            got: `no private key for ${secret}`,
            expected: "the PEM of the certificate's key, as a secret",
            fix: "Hand over the key. In a stack's config it is an encrypted value, which needs the stack's passphrase.",
          },
        ]
      : [],
  );
}
