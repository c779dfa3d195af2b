import { s2Input } from "../../components/lanes/fixtures";
import { type BadConfig, bad, replaceAt } from "./bad-config";

const group = "laneGroups[0]";
const http = { name: "http", port: 30080, protocol: "HTTP" };
const https = { name: "https", port: 443, protocol: "HTTPS", hosts: ["a.com"], credentialName: "cred" };
const further = (...ports: object[]) => ({ gateways: [{ name: "ws", namespace: "default", ports }] });
const selfSigned = { secret: "cred", hosts: ["a.com"], source: { kind: "selfSigned" } };
const tls = (change: object, port: object = {}) => ({
  ...further({ ...https, ...port }),
  tls: [{ ...selfSigned, ...change }],
});
const onWs = (change: object) => ({
  laneGroups: [{ ...s2Input, entry: { ...s2Input.entry, gateway: "default/ws", ...change } }],
});

const gateways = [
  bad(
    "a gateway without a namespace",
    { gateways: [{ name: "ws", ports: [http] }] },
    "gateways[0].namespace",
    "missing",
    "a name of at most 63 characters: a-z, 0-9 and '-', not first or last",
    /Add/,
  ),
  bad(
    "a gateway without ports",
    further(),
    "gateways[0].ports",
    "got []",
    "a list of at least one port",
    /^Add an item: at least 1, such as \[\{"name":"http","port":80,"protocol":"HTTP"\}\]\.$/,
  ),
  bad(
    "a further gateway like the first",
    { gateways: [{ name: "ingressgateway", namespace: "istio-system", ports: [http] }] },
    "gateways[0].name",
    'gateway "istio-system/ingressgateway" is there twice',
    "each one once",
    /rename/,
  ),
  bad(
    "two protocols on one port",
    further({ ...http, port: 80, protocol: "HTTPS", credentialName: "x" }),
    "gateways[0].ports[0].protocol",
    "HTTPS on port 80, but gateway.ports[0] has HTTP there",
    "one protocol per port",
    /another port/,
  ),
  bad(
    "an HTTPS port that sends requests on to HTTPS",
    further({ ...https, port: 8443, redirect: true }),
    "gateways[0].ports[0].redirect",
    "redirect beside protocol HTTPS",
    "only for protocol HTTP",
    /set protocol: HTTP/,
  ),
  bad(
    "a port of the proxy",
    further({ ...http, port: 15021 }),
    "gateways[0].ports[0].port",
    "got 15021",
    "a port that Istio's proxy does not use itself",
    /another port/,
  ),
  bad(
    "a port name twice",
    further(http, { ...http, port: 30081 }),
    "gateways[0].ports[1].name",
    'port name "http" is there twice',
    "each one once",
    /rename/,
  ),
  bad(
    "a gateway name in capitals",
    further({ ...http, name: "Http" }),
    "gateways[0].ports[0].name",
    'got "Http"',
    "at most 63 characters: a-z, 0-9 and '-', not first or last",
    /to http/,
  ),
  bad(
    "a host with a port",
    further({ ...http, hosts: ["a.com:1"] }),
    "gateways[0].ports[0].hosts[0]",
    'got "a.com:1"',
    "*, a DNS name, or *.name; no scheme, port or path",
    /^Write a DNS name such as shop\.example\.com/,
  ),
  bad(
    "a host that the gateway does not serve",
    { ...further({ ...http, hosts: ["a.com"] }), ...onWs({ hosts: ["b.com"] }) },
    `${group}.entry.hosts[0]`,
    'the gateway does not serve host "b.com"',
    "a.com",
    /Add it to a port/,
  ),
  bad(
    "a host of a match that the gateway does not serve",
    {
      ...further({ ...http, hosts: ["*.a.com"] }),
      laneGroups: [
        {
          ...s2Input,
          entry: { ...s2Input.entry, gateway: "default/ws", hosts: ["x.a.com"] },
          lanes: replaceAt(s2Input.lanes, 1, { match: { hosts: ["a.com"] } }),
        },
      ],
    },
    `${group}.lanes[1].match.hosts[0]`,
    'the gateway does not serve host "a.com"',
    "*.a.com",
    /Add it to a port/,
  ),
  bad(
    "a host that no certificate covers",
    { ...tls({}, { hosts: ["*"] }), ...onWs({ hosts: ["b.com"] }) },
    `${group}.entry.hosts[0]`,
    'no certificate of the gateway covers "b.com", which is served by HTTPS only',
    "a.com",
    /Add the host/,
  ),
];

const secrets = [
  bad(
    "a secret name that is none",
    { ...tls({ secret: "Cred" }, { credentialName: "Cred" }) },
    "tls[0].secret",
    'got "Cred"',
    "a name of a Kubernetes secret: a-z, 0-9, '-' and '.'",
    /Rename/,
  ),
  bad(
    "a certificate for all",
    { ...tls({ hosts: ["*", "a.com"] }) },
    "tls[0].hosts[0]",
    'got "*"',
    "a DNS name, *.name or an IP address: no certificate is for all names",
    /Name the hosts/,
  ),
  bad(
    "a certificate for none",
    { ...tls({ hosts: [] }) },
    "tls[0].hosts",
    "got []",
    "a list of at least one DNS name, *.name or IP address",
    /^Add an item: at least 1\.$/,
  ),
  bad(
    "a source that is none",
    tls({ source: { kind: "letsencrypt" } }),
    "tls[0].source.kind",
    'got "letsencrypt"',
    "selfSigned, pem or certManager",
    /Use selfSigned/,
  ),
  bad(
    "days below one",
    tls({ source: { kind: "selfSigned", days: 0 } }),
    "tls[0].source.days",
    "got 0",
    "days that a certificate lasts, 1 to 825; default 90",
    /^Write a whole number from 1 to 825\.$/,
  ),
  bad(
    "an issuer for a self-signed certificate",
    tls({ source: { kind: "selfSigned", issuer: { name: "x" } } }),
    "tls[0].source.issuer",
    "issuer beside kind selfSigned",
    "only for kind certManager",
    /Remove issuer/,
  ),
  bad(
    "cert-manager without an issuer",
    tls({ source: { kind: "certManager" } }),
    "tls[0].source.issuer",
    "missing",
    "a cert-manager issuer: name, kind",
    /Add issuer/,
  ),
  bad(
    "cert-manager for addresses only",
    tls({ hosts: ["10.0.0.1"], source: { kind: "certManager", issuer: { name: "x" } } }, { hosts: ["*"] }),
    "tls[0].hosts",
    "got IP addresses only",
    "at least one DNS name",
    /Add a DNS name/,
  ),
  bad(
    "a private key in the config's text",
    tls({ source: { kind: "selfSigned", key: "text of a key" } }),
    "tls[0].source.key",
    "a private key in the config's text",
    "no private key here: it is the encrypted key mesh-lanes:tlsKey.cred",
    /run pulumi config set --secret mesh-lanes:tlsKey\.cred < key\.pem\.$/,
  ),
  bad(
    "a private key without its entry",
    { ...tls({}), "tlsKey.other": "text" },
    "tlsKey.other",
    "a private key without its entry of tls",
    "none",
    /pulumi config rm mesh-lanes:tlsKey\.other/,
  ),
  bad(
    "a secret that no port names",
    { tls: [selfSigned] },
    "tls[0].secret",
    'no port serves "cred"',
    "no port has one",
    /Name it as credentialName/,
  ),
  bad(
    "a port's host that is not on its certificate",
    tls({ hosts: ["*.a.com"] }, { hosts: ["x.a.com", "a.com"] }),
    "gateways[0].ports[0].hosts[1]",
    '"a.com" is not among the hosts of TLS secret cred',
    "*.a.com",
    /Add it to the tls entry/,
  ),
  bad(
    "a secret twice",
    { ...tls({}), tls: [selfSigned, selfSigned] },
    "tls[1].secret",
    'TLS secret "cred" is there twice',
    "each one once",
    /rename/,
  ),
];

/** What can be wrong with gateways and TLS, certificates aside. */
export const badGateways: readonly BadConfig[] = [...gateways, ...secrets];
