import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** What a test wants of a certificate; everything else is as it should be. */
export interface CertificateWish {
  readonly names?: readonly string[];
  readonly addresses?: readonly string[];
  /** Days from now. @default -1 */
  readonly begins?: number;
  /** Days from now. @default 30 */
  readonly ends?: number;
  readonly authority?: boolean;
  readonly usage?: "server" | "client" | "none";
  readonly algorithm?: "P-256" | "RSA-1024" | "RSA-2048" | "Ed25519";
  /** @default itself */
  readonly issuer?: MadeCertificate;
}

export interface MadeCertificate {
  readonly certificate: string;
  readonly key: string;
  readonly parsed: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const day = 86_400_000;
let made = 0;

export async function makeCertificate(wish: CertificateWish = {}): Promise<MadeCertificate> {
  const keys = await makeKeys(wish.algorithm ?? "P-256");
  made += 1;
  const subject = `CN=test ${made}`;
  const alternatives = [
    ...(wish.names ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(wish.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
  ];
  const usages = { server: [x509.ExtendedKeyUsage.serverAuth], client: [x509.ExtendedKeyUsage.clientAuth], none: [] };
  const usage = usages[wish.usage ?? "server"];
  const parsed = await x509.X509CertificateGenerator.create({
    serialNumber: `0${made}`,
    subject,
    issuer: wish.issuer?.parsed.subject ?? subject,
    notBefore: new Date(Date.now() + (wish.begins ?? -1) * day),
    notAfter: new Date(Date.now() + (wish.ends ?? 30) * day),
    publicKey: keys.publicKey,
    signingKey: (wish.issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { ...(wish.issuer?.keys ?? keys).privateKey.algorithm, hash: "SHA-256" },
    extensions: [
      new x509.BasicConstraintsExtension(wish.authority ?? false, undefined, true),
      ...(usage.length > 0 ? [new x509.ExtendedKeyUsageExtension(usage)] : []),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: `${parsed.toString("pem")}\n`,
    key: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    parsed,
    keys,
  };
}

function makeKeys(algorithm: NonNullable<CertificateWish["algorithm"]>): Promise<webcrypto.CryptoKeyPair> {
  const usages = ["sign", "verify"] as const;
  switch (algorithm) {
    case "P-256":
      return webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, usages);
    case "Ed25519":
      // The typings of Node.js 20 do not know it.
      return webcrypto.subtle.generateKey({ name: "Ed25519", namedCurve: "" }, true, usages);
    case "RSA-1024":
    case "RSA-2048":
      return webcrypto.subtle.generateKey(
        {
          name: "RSASSA-PKCS1-v1_5",
          hash: "SHA-256",
          modulusLength: Number(algorithm.slice(4)),
          publicExponent: new Uint8Array([1, 0, 1]),
        },
        true,
        usages,
      );
    default: {
      const never: never = algorithm;
      return never;
    }
  }
}
