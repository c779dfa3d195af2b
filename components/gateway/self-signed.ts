import * as pulumi from "@pulumi/pulumi";
import type { ProcessResourceOptions } from "../cluster/process-resource";
import { certificateProviderText } from "./certificate-provider";

export interface SelfSignedCertificateArgs {
  /** Tells authorities apart: part of the subject of this one. */
  readonly name: string;
  /** DNS names, `*.name` or IP addresses. */
  readonly hosts: readonly pulumi.Input<string>[];
  /** Days that a certificate lasts. `pulumi up` renews it when a third of them is left. */
  readonly days: number;
}

/** What is made: the same, whichever provider makes it. */
export interface MadeCertificate extends pulumi.Resource {
  /** PEM of the authority's certificate: what a browser must trust. Public. */
  readonly authority: pulumi.Output<string>;
  /** PEM of the certificate. */
  readonly certificate: pulumi.Output<string>;
  /** PEM of its key, a secret. */
  readonly key: pulumi.Output<string>;
}

/** Makes the resource of a certificate. */
export type MakeCertificate = (
  name: string,
  args: SelfSignedCertificateArgs,
  opts: pulumi.CustomResourceOptions,
) => MadeCertificate;

/** Its properties that are known when it is made. */
export const madeLater = {
  authority: undefined,
  authorityKey: undefined,
  certificate: undefined,
  key: undefined,
  renewAfter: undefined,
};

/** Results that are secrets in the state. */
export const secretResults = ["key", "authorityKey"];

/**
 * A certificate of an authority of our own, for local use. The authority lasts ten years and stays the same when the
 * certificate is renewed or its hosts change, so that whoever trusts it need not do so again.
 *
 * Both are made once and kept in the state. Every change is an update in place.
 */
export class SelfSignedCertificate extends pulumi.CustomResource implements MadeCertificate {
  declare public readonly authority: pulumi.Output<string>;
  declare public readonly certificate: pulumi.Output<string>;
  declare public readonly key: pulumi.Output<string>;

  public constructor(name: string, args: SelfSignedCertificateArgs, opts: ProcessResourceOptions) {
    super(
      "pulumi-nodejs:dynamic:SelfSignedCertificate",
      name,
      {
        ...args,
        ...madeLater,
        __provider: certificateProviderText(),
      },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: secretResults }),
    );
  }
}
