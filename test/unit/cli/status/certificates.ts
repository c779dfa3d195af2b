import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";

/** A TLS secret with a fresh self-signed certificate, as kubectl prints it. Times are whole seconds. */
export async function certificateSecret(name: string, namespace: string, hosts: readonly string[]) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notBefore = Date.parse("2026-01-01T00:00:00Z");
  const notAfter = Date.parse("2036-01-01T00:00:00Z");
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: "CN=lanes",
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: "dns", value })))],
  });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const data = { "tls.crt": base64(certificate.toString("pem")), "tls.key": base64(key) };
  return { item: { kind: "Secret", metadata: { name, namespace }, data }, notBefore, notAfter };
}
