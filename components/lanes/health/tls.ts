import { isRecord, texts } from "../../../tools/values";
import { shellCommand } from "../../shell";
import { certificateCovers, withoutNamespace } from "../hosts";
import type { CertificateFact, SecretFact } from "./facts";
import type { Finding } from "./finding";
import type { GroupView } from "./view";

type Common = Pick<Finding, "group" | "lanes" | "service" | "severity">;

/** Istio reads either pair of keys. */
const keyPairs = [
  ["tls.crt", "tls.key"],
  ["cert", "key"],
] as const;

/** A certificate that ends sooner than this is worth a warning: days. */
const soonDays = 14;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * The TLS secret of one server of a Gateway.
 *
 * @param namespaces those of the gateway's pods: the secret is read from there, whatever the Gateway's own namespace is.
 */
export function checkCertificate(
  view: GroupView,
  server: Readonly<Record<string, unknown>>,
  namespaces: readonly string[],
  common: Common,
): Finding[] {
  const name = isRecord(server.tls) ? server.tls.credentialName : undefined;
  if (typeof name !== "string" || name === "") return [];
  const port = isRecord(server.port) ? server.port.number : "?";
  return namespaces.flatMap((namespace): Finding[] => {
    const at = `Secret ${namespace}/${name} of port ${port}`;
    const secret = view.facts.secrets.find((candidate) => candidate.namespace === namespace && candidate.name === name);
    const create = createSecret(name, namespace);
    if (!secret) {
      const elsewhere = view.facts.secrets.find((candidate) => candidate.name === name)?.namespace;
      return elsewhere === undefined
        ? [{ ...common, code: "ML054", cause: `${at} does not exist: TLS connections are refused.`, fix: create }]
        : [
            {
              ...common,
              code: "ML055",
              cause: `${at} does not exist; there is one in namespace ${elsewhere}, but it is read from the namespace of the gateway's pods only.`,
              fix: `${create}, with the files of the one in ${elsewhere}.`,
            },
          ];
    }
    return judge(view, secret, at, texts(server.hosts), common);
  });
}

function createSecret(name: string, namespace: string): string {
  return shellCommand("kubectl", "create", "secret", "tls", name, "-n", namespace, "--cert=FILE", "--key=FILE");
}

function judge(view: GroupView, secret: SecretFact, at: string, hosts: readonly string[], common: Common): Finding[] {
  const remake = `Replace it: ${createSecret(secret.name, secret.namespace)} --dry-run=client -o yaml | kubectl apply -f -`;
  if (!keyPairs.some((pair) => pair.every((key) => secret.keys.includes(key)))) {
    const has = secret.keys.join(", ") || "none";
    const cause = `${at} lacks tls.crt and tls.key (its keys: ${has}): TLS connections are refused.`;
    return [{ ...common, code: "ML056", cause, fix: remake }];
  }
  const { certificate } = secret;
  if (!certificate?.keyBelongs) {
    const why = certificate ? "its key does not belong to its certificate" : "its certificate cannot be read";
    return [{ ...common, code: "ML059", cause: `${at}: ${why}, so it is not used.`, fix: remake }];
  }
  return [
    ...judgeTime(view.facts.at, certificate, at, remake, common),
    ...judgeHosts(view, certificate, at, hosts, remake, common),
  ];
}

function judgeTime(
  now: number,
  { notBefore, notAfter }: CertificateFact,
  at: string,
  fix: string,
  common: Common,
): Finding[] {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  if (notAfter <= now) {
    return [
      {
        ...common,
        code: "ML057",
        cause: `${at}: the certificate ended on ${day(notAfter)}; browsers refuse it.`,
        fix,
      },
    ];
  }
  if (notBefore > now) {
    return [{ ...common, code: "ML057", cause: `${at}: the certificate only begins on ${day(notBefore)}.`, fix }];
  }
  if (notAfter - now >= soonDays * dayMs) return [];
  const cause = `${at}: the certificate ends on ${day(notAfter)}.`;
  return [{ ...common, severity: "warning", code: "ML057", cause, fix }];
}

function judgeHosts(
  view: GroupView,
  certificate: CertificateFact,
  at: string,
  serverHosts: readonly string[],
  fix: string,
  common: Common,
): Finding[] {
  // "*" names no host, so there is nothing that a certificate could cover or not.
  const named = view.group.entry.hosts.filter((host) => host !== "*");
  const asked = named.length > 0 ? named : serverHosts.map(withoutNamespace);
  const bare = asked.filter((host) => host !== "*" && !certificate.hosts.some((name) => certificateCovers(name, host)));
  if (bare.length === 0) return [];
  const cause = `${at}: the certificate is for ${certificate.hosts.join(", ") || "no host"}, not for ${bare.join(", ")}; browsers refuse it.`;
  return [{ ...common, code: "ML058", cause, fix }];
}
