import { z } from "zod";
import type { DeepReadonly } from "../../tools/deep-readonly";
import { text } from "../values";

/** Prefix of the keys that hold private keys, each encrypted; the rest of such a key is the name of a TLS secret. */
export const tlsKeyPrefix = "tlsKey.";

/** A private key in the config's text is reported by itself; see checks.ts. */
const noKey = {
  key: z.unknown().optional().describe("never here: the private key is the encrypted key mesh-lanes:tlsKey.<secret>"),
};

const selfSignedSchema = z
  .strictObject({
    kind: z.literal("selfSigned"),
    days: z.number().int().min(1).max(825).default(90).describe("days that a certificate lasts, 1 to 825; default 90"),
    ...noKey,
  })
  .describe("a certificate and an authority of our own, for local use: kind, days");

const pemSchema = z
  .strictObject({
    kind: z.literal("pem"),
    certificate: z.string().describe("a certificate and its chain as PEM text"),
    ...noKey,
  })
  .describe("a certificate made elsewhere: kind, certificate");

const certManagerSchema = z
  .strictObject({
    kind: z.literal("certManager"),
    issuer: z
      .strictObject({
        name: text.meta({ description: "the name of a cert-manager issuer", examples: ["letsencrypt"] }),
        kind: z.enum(["Issuer", "ClusterIssuer"]).default("Issuer").describe("Issuer or ClusterIssuer; default Issuer"),
      })
      .describe("a cert-manager issuer: name, kind"),
    ...noKey,
  })
  .describe("a certificate that cert-manager gets: kind, issuer");

export const tlsSchema = z
  .array(
    z
      .strictObject({
        secret: z.string().describe("the name of the secret; a port's credentialName names it"),
        hosts: z.array(z.string()).min(1).describe("a list of at least one DNS name, *.name or IP address"),
        source: z
          .discriminatedUnion("kind", [selfSignedSchema, pemSchema, certManagerSchema])
          .describe("where the certificate comes from: kind, and the keys of that kind"),
      })
      .describe("a TLS secret of the gateway: secret, hosts, source"),
  )
  .default([])
  .describe("a list of TLS secrets of the gateway");

/** Before the private keys are joined to it. */
export type TlsEntry = DeepReadonly<z.output<typeof tlsSchema>>[number];
