import * as pulumi from "@pulumi/pulumi";
import { type MakeCertificate, madeLater, secretResults } from "../components/gateway/self-signed";
import { version } from "./package.json";

/** Pulumi's type of the certificates that this package's own provider makes. */
export const certificateType = "mesh-lanes:index:SelfSignedCertificate";

class SelfSignedCertificate extends pulumi.CustomResource {
  declare public readonly authority: pulumi.Output<string>;
  declare public readonly certificate: pulumi.Output<string>;
  declare public readonly key: pulumi.Output<string>;
}

/** A certificate of `GatewayTls`, of this version of the provider: see proxy-sync.ts. */
export const makeCertificate: MakeCertificate = (name, args, opts) => {
  const own = { ...opts, version, additionalSecretOutputs: secretResults };
  return new SelfSignedCertificate(certificateType, name, { ...args, ...madeLater }, own);
};
