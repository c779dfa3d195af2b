import "reflect-metadata";
import { createPrivateKey, X509Certificate as NodeCertificate, randomBytes, webcrypto } from "node:crypto";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import type { NodeConfig } from "./config";
import { nodePaths } from "./config";
import { readIfPresent, writeAtomically } from "./files";

/** What a certificate is for. Groups are the `O` of its subject: Kubernetes reads them from there. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly groups?: readonly string[];
  readonly usage: "client" | "server";
  readonly addresses?: readonly string[];
  readonly names?: readonly string[];
}

export interface KeyPair {
  /** PEM texts. */
  readonly certificate: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;
const authorityDays = 3650;
const certificateDays = 365;
/** A certificate that ends within this many days is recreated at the next start. */
const renewBeforeDays = 30;

/** Every certificate of the node, by file name. The CA's own is `ca`. */
export function certificateRequests(config: NodeConfig): Record<string, CertificateRequest> {
  const client = (commonName: string, groups: readonly string[] = []): CertificateRequest => ({
    commonName,
    groups,
    usage: "client",
  });
  return {
    apiserver: {
      commonName: "kube-apiserver",
      usage: "server",
      addresses: [config.apiServiceAddress, config.nodeAddress, "127.0.0.1"],
      names: ["kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"],
    },
    admin: client("admin", ["system:masters"]),
    // The API server's own client certificate towards the kubelet: logs, exec, port-forward.
    "kubelet-client": client("kube-apiserver-kubelet-client", ["system:masters"]),
    kubelet: client(`system:node:${config.name}`, ["system:nodes"]),
    "controller-manager": client("system:kube-controller-manager"),
    scheduler: client("system:kube-scheduler"),
    proxy: client("system:kube-proxy"),
    coredns: client("system:coredns"),
  };
}

/** Makes what is missing, does not fit or ends soon. Keys are written with mode 0600. */
export async function ensurePki(config: NodeConfig, now = new Date()): Promise<void> {
  const folder = nodePaths(config).pki;
  let authority = readKeyPair(folder, "ca");
  if (authority === undefined || certificateProblem(authority.certificate, undefined, undefined, now) !== undefined) {
    authority = await createAuthority(`${config.name} ca`, now);
    writeKeyPair(folder, "ca", authority);
  }
  for (const [name, request] of Object.entries(certificateRequests(config))) {
    const current = readKeyPair(folder, name);
    if (current && certificateProblem(current.certificate, authority.certificate, request, now) === undefined) continue;
    writeKeyPair(folder, name, await issueCertificate(authority, request, now));
  }
  if (readIfPresent(join(folder, "service-account.key")) === undefined) await createServiceAccountKey(folder);
}

export async function createAuthority(commonName: string, now: Date): Promise<KeyPair> {
  const keys = await generateKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + authorityDays * day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: pem(certificate.toString("pem")), key: await exportKey(keys.privateKey) };
}

export async function issueCertificate(
  authority: KeyPair,
  request: CertificateRequest,
  now: Date,
  days = certificateDays,
): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const keys = await generateKeys();
  const usage = request.usage === "server" ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const alternatives: x509.JsonGeneralNames = [
    ...(request.addresses ?? []).map((value) => ({ type: "ip" as const, value })),
    ...(request.names ?? []).map((value) => ({ type: "dns" as const, value })),
  ];
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: subjectOf(request),
    issuer: issuer.subject,
    notBefore: new Date(now.getTime() - day),
    notAfter: new Date(now.getTime() + days * day),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      ...(alternatives.length > 0 ? [new x509.SubjectAlternativeNameExtension(alternatives)] : []),
    ],
  });
  return { certificate: pem(certificate.toString("pem")), key: await exportKey(keys.privateKey) };
}

/**
 * Why a certificate must be recreated, or undefined when it is good: it ends soon, another authority signed it, or it
 * does not say what is asked for.
 */
export function certificateProblem(
  certificate: string,
  authority: string | undefined,
  request: CertificateRequest | undefined,
  now: Date,
): "ends soon" | "another authority" | "another subject" | "other names" | undefined {
  const parsed = new x509.X509Certificate(certificate);
  if (parsed.notAfter.getTime() - now.getTime() < renewBeforeDays * day) return "ends soon";
  if (authority !== undefined) {
    const issuer = new x509.X509Certificate(authority);
    if (parsed.issuer !== issuer.subject || !signedBy(certificate, authority)) return "another authority";
  }
  if (request !== undefined) {
    if (parsed.subject !== new x509.Name(subjectOf(request)).toString()) return "another subject";
    const wanted = [...(request.addresses ?? []), ...(request.names ?? [])];
    if (wanted.toSorted().join() !== alternativeNames(parsed).toSorted().join()) return "other names";
  }
  return undefined;
}

function signedBy(certificate: string, authority: string): boolean {
  return new NodeCertificate(certificate).verify(new NodeCertificate(authority).publicKey);
}

/** False as well when one of the two is damaged. */
function belongTogether(certificate: string, key: string): boolean {
  try {
    return new NodeCertificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function alternativeNames(certificate: x509.X509Certificate): string[] {
  const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension);
  return extension ? extension.names.items.map((name) => name.value) : [];
}

function subjectOf(request: CertificateRequest): x509.JsonName {
  return [...(request.groups ?? []).map((group) => ({ O: [group] })), { CN: [request.commonName] }];
}

function serialNumber(): string {
  // Positive: the first bit of the first byte is the sign.
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString("hex");
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const data = await webcrypto.subtle.exportKey("pkcs8", key);
  return pem(x509.PemConverter.encode(data, "PRIVATE KEY"));
}

async function importKey(text: string): Promise<webcrypto.CryptoKey> {
  const [data] = x509.PemConverter.decode(text);
  if (data === undefined) throw new Error("the key of the certificate authority is not a PEM text");
  return webcrypto.subtle.importKey("pkcs8", data, algorithm, true, ["sign"]);
}

async function createServiceAccountKey(folder: string): Promise<void> {
  const keys = await generateKeys();
  const publicKey = await webcrypto.subtle.exportKey("spki", keys.publicKey);
  // The private key is written last: its presence says that both are there.
  writeAtomically(join(folder, "service-account.pub"), pem(x509.PemConverter.encode(publicKey, "PUBLIC KEY")));
  writeAtomically(join(folder, "service-account.key"), await exportKey(keys.privateKey), 0o600);
}

export function readKeyPair(folder: string, name: string): KeyPair | undefined {
  const certificate = readIfPresent(join(folder, `${name}.crt`));
  const key = readIfPresent(join(folder, `${name}.key`));
  return certificate !== undefined && key !== undefined && belongTogether(certificate, key)
    ? { certificate, key }
    : undefined;
}

function writeKeyPair(folder: string, name: string, pair: KeyPair): void {
  writeAtomically(join(folder, `${name}.key`), pair.key, 0o600);
  writeAtomically(join(folder, `${name}.crt`), pair.certificate, 0o600);
}

function pem(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
