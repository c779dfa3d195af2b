import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { CertificateFact, SecretFact } from "../../components/lanes/health/facts";
import { certificateNames } from "../../components/lanes/hosts";

const secretSchema = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  data: z.record(z.string(), z.string()).default({}),
});

/** A TLS secret as kubectl prints it -> what can be said of it. Its key is looked at here and not kept. */
export function readSecret(item: unknown): SecretFact {
  const { metadata, data } = secretSchema.parse(item);
  const certificate = readCertificate(data["tls.crt"] ?? data.cert, data["tls.key"] ?? data.key);
  const { namespace, name } = metadata;
  return { namespace, name, keys: Object.keys(data).sort(), ...(certificate && { certificate }) };
}

function readCertificate(chain: string | undefined, key: string | undefined): CertificateFact | undefined {
  if (chain === undefined) return undefined;
  try {
    // The first of a chain is the server's own.
    const certificate = new X509Certificate(Buffer.from(chain, "base64"));
    return {
      hosts: certificateNames(certificate.subjectAltName),
      notBefore: Date.parse(certificate.validFrom),
      notAfter: Date.parse(certificate.validTo),
      keyBelongs: key !== undefined && belongs(certificate, Buffer.from(key, "base64")),
    };
  } catch {
    return undefined;
  }
}

function belongs(certificate: X509Certificate, key: Buffer): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
