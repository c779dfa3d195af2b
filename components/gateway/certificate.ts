import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { certificateCovers, certificateNames } from "../lanes/hosts";

/** A certificate that a gateway is to serve. */
export interface ServedCertificate {
  /** PEM: the certificate first, then those that lead to its authority. */
  readonly certificate: string;
  /** PEM, PKCS #8 or the older forms. Undefined: not at hand, so not checked. */
  readonly key?: string;
  /** DNS names, `*.name` and IP addresses that clients will ask for. */
  readonly hosts: readonly string[];
}

/** One thing that is wrong. No part of it holds key material. */
export interface CertificateProblem {
  readonly at: "certificate" | "key" | { readonly host: number };
  readonly got: string;
  readonly expected: string;
  readonly fix: string;
}

/** Everything for which a client or Envoy would refuse this certificate. Empty: it can be served. */
export function certificateProblems(served: ServedCertificate, now: Date): CertificateProblem[] {
  if (/PRIVATE KEY-----/.test(served.certificate)) {
    const fix = "Leave the certificates only. Treat the key as known to others and make a new one.";
    return [{ at: "certificate", got: "a private key is in it", expected: "certificates only", fix }];
  }
  const chain = readChain(served.certificate);
  if (chain === undefined) {
    const fix = "Give the whole text, from -----BEGIN CERTIFICATE----- to the last END line.";
    return [{ at: "certificate", got: "no certificate can be read in it", expected: "PEM certificates", fix }];
  }
  const [leaf] = chain;
  return [
    ...(served.key === undefined ? [] : keyProblems(chain, served.key)),
    ...chain.flatMap((certificate, index) => timeProblems(certificate, index, now)),
    ...orderProblems(chain),
    ...purposeProblems(leaf),
    ...hostProblems(leaf, served.hosts),
  ];
}

type Chain = readonly [X509Certificate, ...X509Certificate[]];

function readChain(text: string): Chain | undefined {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
    return first && [first, ...rest];
  } catch {
    return undefined;
  }
}

function keyProblems(chain: Chain, text: string): CertificateProblem[] {
  const [leaf, ...rest] = chain;
  const at = "key";
  if (/ENCRYPTED/.test(text)) {
    const fix = "Remove the passphrase: openssl pkey -in key.pem -out plain.pem.";
    return [{ at, got: "the key has a passphrase", expected: "a PEM private key without one", fix }];
  }
  const key = readKey(text);
  if (key === undefined) {
    const fix = "Set the whole text, from its BEGIN line to its END line.";
    return [{ at, got: "no private key can be read in it", expected: "a PEM private key", fix }];
  }
  if (!leaf.checkPrivateKey(key)) {
    const other = rest.findIndex((certificate) => certificate.checkPrivateKey(key));
    if (other >= 0) {
      const got = `the key belongs to certificate ${other + 2} of the chain`;
      const fix = "Put the server's own certificate first.";
      return [{ at: "certificate", got, expected: "the server's certificate first, then its issuers", fix }];
    }
    const fix = "Set the key that the certificate was requested with.";
    return [{ at, got: "the key does not belong to the certificate", expected: "the certificate's own key", fix }];
  }
  return strengthProblems(key);
}

/** Envoy: https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/transport_sockets/tls/v3/common.proto */
function strengthProblems(key: KeyObject): CertificateProblem[] {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const kind = key.asymmetricKeyType ?? "unknown";
  if (kind === "ec" || (kind === "rsa" && bits >= 2048)) return [];
  const got = kind === "rsa" ? `an RSA key of ${bits} bits` : `a key of type ${kind}`;
  const fix = "Make a new key and certificate.";
  return [{ at: "key", got, expected: "ECDSA, or RSA of at least 2048 bits: Envoy takes no other", fix }];
}

function timeProblems(certificate: X509Certificate, index: number, now: Date): CertificateProblem[] {
  const name = index === 0 ? "the certificate" : `certificate ${index + 1} of the chain`;
  const expected = "a certificate that is valid now";
  const [begin, end] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  if (now > end) {
    const got = `${name} ended on ${end.toISOString()}`;
    return [{ at: "certificate", got, expected, fix: "Renew it." }];
  }
  if (now < begin) {
    const got = `${name} begins on ${begin.toISOString()}`;
    return [{ at: "certificate", got, expected, fix: "Wait until then, or correct the clock of this machine." }];
  }
  return [];
}

/** RFC 8446, 4.4.2: each certificate is followed by the one that certifies it. */
function orderProblems(chain: Chain): CertificateProblem[] {
  return chain.flatMap((certificate, index) => {
    const issuer = chain[index + 1];
    if (!issuer || (certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))) return [];
    const got = `certificate ${index + 2} of the chain did not issue certificate ${index + 1}`;
    const fix = "Order them: the server's certificate, its issuer, that one's issuer.";
    return [{ at: "certificate" as const, got, expected: "each certificate followed by its issuer", fix }];
  });
}

const serverAuthentication = "1.3.6.1.5.5.7.3.1";

function purposeProblems(leaf: X509Certificate): CertificateProblem[] {
  // The typings say string[]; a certificate without that extension has undefined.
  const usages = leaf.keyUsage as string[] | undefined;
  if (usages === undefined || usages.includes(serverAuthentication)) return [];
  const got = "the certificate is not for servers";
  const fix = "Request one with the extended key usage serverAuth.";
  return [{ at: "certificate", got, expected: "extended key usage serverAuth", fix }];
}

function hostProblems(leaf: X509Certificate, hosts: readonly string[]): CertificateProblem[] {
  const names = certificateNames(leaf.subjectAltName);
  const covered = (host: string) => names.some((name) => certificateCovers(name, host));
  return hosts.flatMap((host, index) => {
    if (covered(host)) return [];
    const got = `the certificate does not cover ${JSON.stringify(host)}`;
    const expected = leaf.subjectAltName ?? "names in the certificate's subjectAltName: clients read no other";
    return [{ at: { host: index }, got, expected, fix: "Remove the host, or get a certificate that has it." }];
  });
}

function readKey(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}
