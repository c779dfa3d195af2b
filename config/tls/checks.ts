import { isIP } from "node:net";
import { type CertificateProblem, certificateProblems } from "../../components/gateway/certificate";
import { certificateCovers } from "../../components/lanes/hosts";
import { didYouMean } from "../../components/lanes/suggest";
import { isDnsName, isHostPattern } from "../../components/lanes/syntax";
import { type Problems, quote } from "../../components/lanes/validate/problems";
import { shellCommand } from "../../components/shell";
import { credentialOf, type GatewayPort } from "../gateway/gateway";
import type { Sections } from "../stack";
import { type TlsEntry, tlsKeyPrefix } from "./tls";

/** What is known about the private keys of the stack. */
export interface TlsKeys {
  /** Secret -> key, as far as it can be read. */
  readonly keys: ReadonlyMap<string, string>;
  /** Keys of the config, such as `tlsKey.example`, whose value is encrypted in the stack's file. */
  readonly encrypted: ReadonlySet<string>;
  readonly now: Date;
}

type Config = Pick<Sections, "gateway" | "gateways" | "tls">;

/** What is wrong with TLS secrets, and between them and the ports that name them. No message holds key material. */
export function checkTls(problems: Problems, config: Config, keys: TlsKeys): void {
  const { tls } = config;
  problems.duplicates(
    tls.map((entry) => entry.secret),
    (index) => `tls[${index}].secret`,
    "TLS secret",
  );
  tls.forEach((entry, index) => {
    const path = `tls[${index}]`;
    checkNames(problems, path, entry);
    checkKeyHere(problems, path, entry);
    checkPem(problems, path, entry, keys);
    checkPorts(problems, path, entry, config);
  });
  checkKeys(problems, tls, keys);
}

function checkNames(problems: Problems, path: string, { secret, hosts, source }: TlsEntry): void {
  if (!isDnsName(secret)) {
    const expected = "a name of a Kubernetes secret: a-z, 0-9, '-' and '.'";
    problems.add(`${path}.secret`, `got ${quote(secret)}`, expected, "Rename it.");
  }
  hosts.forEach((host, index) => {
    if (isIP(host) !== 0 || (host !== "*" && isHostPattern(host))) return;
    const expected = "a DNS name, *.name or an IP address: no certificate is for all names";
    problems.add(`${path}.hosts[${index}]`, `got ${quote(host)}`, expected, "Name the hosts.");
  });
  problems.duplicates(hosts, (index) => `${path}.hosts[${index}]`, "host");
  if (source.kind === "certManager" && hosts.every((host) => isIP(host) !== 0)) {
    problems.add(`${path}.hosts`, "got IP addresses only", "at least one DNS name", "Add a DNS name.");
  }
}

function checkKeyHere(problems: Problems, path: string, { source, secret }: TlsEntry): void {
  if (source.key === undefined) return;
  const expected = `no private key here: it is the encrypted key ${configKey(secret)}`;
  problems.add(`${path}.source.key`, "a private key in the config's text", expected, replaceKey(secret));
}

function checkPem(problems: Problems, path: string, { secret, hosts, source }: TlsEntry, known: TlsKeys): void {
  if (source.kind !== "pem") return;
  const key = known.keys.get(secret);
  const encrypted = known.encrypted.has(keyPath(secret));
  if (key === undefined && !encrypted) {
    const fix = `Set it: ${setCommand(secret)}.`;
    problems.add(keyPath(secret), "missing", `the private key of ${path}, encrypted`, fix);
  } else if (!encrypted) {
    problems.add(keyPath(secret), "a private key that is not encrypted", "an encrypted value", replaceKey(secret));
  }
  for (const problem of certificateProblems({ certificate: source.certificate, key, hosts }, known.now)) {
    problems.add(placeOf(problem, path, secret), problem.got, problem.expected, problem.fix);
  }
}

function placeOf({ at }: CertificateProblem, path: string, secret: string): string {
  if (at === "certificate") return `${path}.source.certificate`;
  return at === "key" ? keyPath(secret) : `${path}.hosts[${at.host}]`;
}

/** A key that belongs to no entry is a mistake in a name, or one that should be gone. */
function checkKeys(problems: Problems, tls: readonly TlsEntry[], { keys, encrypted }: TlsKeys): void {
  const wanted = tls.filter(({ source }) => source.kind === "pem").map(({ secret }) => secret);
  const hidden = [...encrypted]
    .filter((key) => key.startsWith(tlsKeyPrefix))
    .map((key) => key.slice(tlsKeyPrefix.length));
  for (const secret of new Set([...keys.keys(), ...hidden])) {
    if (wanted.includes(secret)) continue;
    const fix = didYouMean(secret, wanted, `Remove it: ${shellCommand("pulumi", "config", "rm", configKey(secret))}.`);
    problems.add(keyPath(secret), "a private key without its entry of tls", wanted.join(", ") || "none", fix);
  }
}

/** The ports that serve an entry, and whether its certificate is right for their hosts. */
function checkPorts(problems: Problems, path: string, { secret, hosts }: TlsEntry, config: Config): void {
  const all = [
    ...config.gateway.ports.map((port, index) => ({ at: `gateway.ports[${index}]`, port })),
    ...config.gateways.flatMap(({ ports }, gateway) =>
      ports.map((port, index) => ({ at: `gateways[${gateway}].ports[${index}]`, port })),
    ),
  ];
  const named = all.flatMap(({ port }) => credentialOf(port) ?? []);
  if (!named.includes(secret)) {
    const fix = didYouMean(secret, named, "Name it as credentialName of an HTTPS port, or remove the entry.");
    problems.add(`${path}.secret`, `no port serves ${quote(secret)}`, named.join(", ") || "no port has one", fix);
  }
  for (const { at, port } of all) {
    if (credentialOf(port) === secret) checkPortHosts(problems, at, port, secret, hosts);
  }
}

function checkPortHosts(
  problems: Problems,
  at: string,
  port: GatewayPort,
  secret: string,
  names: readonly string[],
): void {
  port.hosts.forEach((host, index) => {
    // `*` takes whoever comes, whatever name was asked for: the lane groups' hosts are judged instead.
    if (host === "*" || names.some((name) => certificateCovers(name, host))) return;
    const got = `${quote(host)} is not among the hosts of TLS secret ${secret}`;
    problems.add(`${at}.hosts[${index}]`, got, names.join(", "), "Add it to the tls entry, or remove it here.");
  });
}

function keyPath(secret: string): string {
  return `${tlsKeyPrefix}${secret}`;
}

function configKey(secret: string): string {
  return `mesh-lanes:${keyPath(secret)}`;
}

function setCommand(secret: string): string {
  return `${shellCommand("pulumi", "config", "set", "--secret", configKey(secret))} < key.pem`;
}

function replaceKey(secret: string): string {
  return `Treat this key as known to others: remove it, make a new one, and run ${setCommand(secret)}.`;
}
