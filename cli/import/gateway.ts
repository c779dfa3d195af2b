import type { KubeObject } from "../../components/import/objects";
import { withoutNamespace } from "../../components/lanes/hosts";
import { selects } from "../../components/lanes/labels";
import { UserError } from "../../tools/user-error";
import { asRecord, records, texts, type UnknownRecord } from "../../tools/values";

/**
 * A Gateway that somebody else runs, as the stack's config names it.
 *
 * @param name `namespace/name`
 * @throws UserError when it was not read, or none of its ports is one of HTTP.
 */
export function existingGateway(name: string, objects: readonly KubeObject[]) {
  const gateways = objects.filter(({ kind, api }) => kind === "Gateway" && api === "networking.istio.io");
  const found = gateways.find((object) => `${object.namespace}/${object.name}` === name);
  const ports = records(found?.spec.servers).flatMap(portOf);
  if (!found || ports.length === 0) {
    const got = found ? `${name}, which has no port of HTTP` : `no Gateway ${name} in what was read`;
    const known = gateways.map((object) => `${object.namespace}/${object.name}`).join(", ");
    const fix = "Name one, or leave --gateway out: the stack then makes a gateway of its own.";
    const expected = known || "namespace/name of a Gateway";
    throw new UserError("lanes import cannot run like this", [{ path: "--gateway", got, expected, fix }]);
  }
  const labels = Object.fromEntries(
    Object.entries(asRecord(found.spec.selector)).flatMap(([key, value]) =>
      typeof value === "string" ? [[key, value]] : [],
    ),
  );
  const pods = objects.find(({ spec }) => selects(labels, asRecord(asRecord(asRecord(spec.template).metadata).labels)));
  const elsewhere = pods !== undefined && pods.namespace !== found.namespace;
  return {
    name: found.name,
    namespace: found.namespace,
    ports,
    address: addressOf(objects, labels) ?? portForward,
    existing: { ...(elsewhere && { namespace: pods.namespace }), labels },
  };
}

/** Where `kubectl port-forward` listens: no other address was read. */
const portForward = "127.0.0.1";

/** Of the load balancer in front of pods with these labels. */
function addressOf(objects: readonly KubeObject[], labels: Readonly<Record<string, string>>): string | undefined {
  const services = objects.filter(({ kind, spec }) => kind === "Service" && selects(asRecord(spec.selector), labels));
  const given = services.flatMap(({ status, spec }) => [
    ...records(asRecord(status.loadBalancer).ingress).flatMap(({ ip, hostname }) => texts([ip, hostname])),
    ...texts(spec.externalIPs),
  ]);
  return given[0];
}

/** A server of HTTP, or of HTTPS with a secret; others carry no lanes. */
function portOf({ port, hosts, tls }: UnknownRecord) {
  const { number, name, protocol } = asRecord(port);
  const { mode, credentialName, httpsRedirect } = asRecord(tls);
  if (typeof number !== "number" || typeof name !== "string") return [];
  const common = { name, port: number, hosts: texts(hosts).map(withoutNamespace) };
  if (protocol === "HTTP" || protocol === "HTTP2")
    return [{ ...common, protocol: "HTTP", ...(httpsRedirect === true && { redirect: true }) }];
  if (protocol === "HTTPS" && mode === "SIMPLE" && typeof credentialName === "string")
    return [{ ...common, protocol: "HTTPS", credentialName }];
  return [];
}
