import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import { createAuthority, issueCertificate, type KeyPair } from "../embedded/pki";

export interface SelfSignedRequest {
  /** Part of the subject of a new authority. */
  readonly name: string;
  /** DNS names, `*.name` or IP addresses. */
  readonly hosts: readonly string[];
  /** Days that the certificate lasts. */
  readonly days: number;
  /** The authority so far. It stays when it outlives the certificate. */
  readonly authority?: KeyPair;
}

export interface SelfSigned {
  readonly authority: KeyPair;
  readonly server: KeyPair;
  /** From when on the certificate is to be recreated: a third of its days is left. */
  readonly renewAfter: Date;
}

const day = 86_400_000;

/** A new server certificate, and a new authority where there is none that outlives it. */
export async function makeSelfSigned(
  { name, hosts, days, authority: current }: SelfSignedRequest,
  now: Date,
): Promise<SelfSigned> {
  const end = now.getTime() + days * day;
  const authority = current && outlives(current, end) ? current : await createAuthority(authorityName(name), now);
  const request = {
    commonName: "mesh-lanes gateway",
    usage: "server" as const,
    names: hosts.filter((host) => isIP(host) === 0),
    addresses: hosts.filter((host) => isIP(host) !== 0),
  };
  const server = await issueCertificate(authority, request, now, days);
  return { authority, server, renewAfter: new Date(now.getTime() + (days * day * 2) / 3) };
}

function outlives({ certificate }: KeyPair, end: number): boolean {
  return new x509.X509Certificate(certificate).notAfter.getTime() > end;
}

/** Random, because browsers mix up authorities of one name. RFC 5280 has room for 64 characters. */
function authorityName(name: string): string {
  return `mesh-lanes ${name.slice(0, 36)} ${randomBytes(4).toString("hex")} CA`;
}
