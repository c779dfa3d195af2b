import { defaultClusterDomain } from "../lanes/spec";
import { didYouMean } from "../lanes/suggest";
import type { KubeService, KubeWorkload, PodText } from "./inventory";

/** A call that the manifests show: who, whom, and what tells so. */
export interface FoundCall {
  readonly from: KubeWorkload;
  readonly to: KubeService;
  /** Undefined: nothing names it. */
  readonly port?: number;
  readonly scheme?: string;
  /** `env CART_ADDR of container server`. */
  readonly evidence: string;
}

/** A host that reads like a Service of a known namespace, and none has the name. */
export interface DanglingHost {
  readonly where: string;
  readonly host: string;
  readonly hint: string;
}

/** A host that a text names. */
interface NamedHost {
  readonly host: string;
  readonly scheme?: string;
  readonly port?: number;
  /** Nothing but a name: it counts only where it cannot be anything else. */
  readonly bare: boolean;
}

// A part that the app or a tool fills in, as a rule with the namespace: <NAMESPACE>, ${NS}, $(NS), {{ .Namespace }}.
const filledIn = String.raw`<[^<>\s]{1,64}>|\$\{[^{}\s]{1,64}\}|\$\([^()\s]{1,64}\)|\{\{[^{}]{1,64}\}\}`;
// Bounded, so that no text takes long: a label has 63 characters, and no host here has ten parts.
const label = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const name = String.raw`${label}(?:\.(?:${label}|${filledIn})){0,9}\.?`;

// The name and password of a URL are stepped over; they are in no result.
const inUrl = new RegExp(
  String.raw`\b([a-z][a-z0-9+.-]{0,30}):/{2,3}(?:[^\s/@"']{0,500}@)?(${name})(?::(\d{1,5}))?`,
  "gi",
);
const withPort = new RegExp(String.raw`(?<![-\w.@:/])(${name}):(\d{1,5})(?![\w.])`, "gi");
const qualified = new RegExp(String.raw`(?<![-\w.@:/])(${label}(?:\.(?:${label}|${filledIn})){1,9})(?![\w-])`, "gi");
const assigned = new RegExp(
  String.raw`\b(?:host|server|address|addr|url|bootstrap[._-]servers?)\s*=\s*(${name})`,
  "gi",
);
const whole = new RegExp(`^${name}$`, "i");

/** Variables whose value is a host, even where nothing else in it says so. */
const hostVariable = /(HOST(NAME)?|ADDR(ESS)?|UR[LI]|ENDPOINT|SERVER|UPSTREAM|TARGET|BACKEND|SERVICE)S?$/;

/** Hosts in a text, the surest way of naming each first. */
function namedHosts({ text, variable }: PodText): NamedHost[] {
  const hosts: NamedHost[] = [];
  const add = (host: string | undefined, rest: Omit<NamedHost, "host"> & { scheme?: string; port?: number }) => {
    if (host !== undefined && !hosts.some((known) => known.host === host && (rest.bare || known.port === rest.port)))
      hosts.push({ host, ...rest });
  };
  for (const [, scheme = "", host, port] of text.matchAll(inUrl))
    add(host, { scheme: scheme.toLowerCase(), ...(port !== undefined && { port: Number(port) }), bare: false });
  for (const [, host, port] of text.matchAll(withPort))
    if (!hosts.some((known) => known.host === host)) add(host, { port: Number(port), bare: false });
  for (const [, host] of text.matchAll(qualified)) add(host, { bare: true });
  for (const [, host] of text.matchAll(assigned)) add(host, { bare: true });
  if (hostVariable.test(variable) && whole.test(text)) add(text, { bare: true });
  return hosts;
}

/** The services of a system, and how hosts lead to them. */
export class Names {
  private readonly byName = new Map<string, KubeService>();
  private readonly namespaces = new Set<string>();

  public constructor(
    services: readonly KubeService[],
    private readonly clusterDomain = defaultClusterDomain,
  ) {
    for (const service of services) {
      this.byName.set(`${service.namespace}/${service.name}`, service);
      this.namespaces.add(service.namespace);
    }
  }

  private siblingsIn(namespace: string): string[] {
    return [...this.byName.values()].filter((service) => service.namespace === namespace).map(({ name }) => name);
  }

  /** The service behind a host as a pod of a namespace writes it; a text: why there is none although it reads like one. */
  public find(host: string, own: string): KubeService | string | undefined {
    const [first = "", second, ...rest] = host
      .toLowerCase()
      .replace(/\.$/, "")
      .split(/\.(?![^<{(]*[>})])/);
    const namespace = second === undefined || /^[<${]/.test(second) ? own : second;
    const tail = rest.join(".");
    const found = this.byName.get(`${namespace}/${first}`);
    if (!["", "svc", `svc.${this.clusterDomain}`].includes(tail))
      return this.behindPod(host, own) ?? (found && this.elsewhere(tail));
    if (found || second === undefined || !this.namespaces.has(namespace)) return found;
    return didYouMean(first, this.siblingsIn(namespace), "Correct the name, or import the Service too.");
  }

  /** Of the name of a Service that was read, under another domain. */
  private elsewhere(tail: string): string | undefined {
    const [svc, ...domain] = tail.split(".");
    if (svc !== "svc") return undefined;
    return `The cluster's domain is taken to be ${this.clusterDomain}: import with --cluster-domain ${domain.join(".")} if it is that.`;
  }

  /** `kafka-0.kafka-headless.shop.svc`: a pod of a headless Service. */
  private behindPod(host: string, own: string): KubeService | undefined {
    const [, ...rest] = host.split(".");
    const found = rest.length > 0 && rest.length <= 5 ? this.find(rest.join("."), own) : undefined;
    return typeof found === "object" && found.headless ? found : undefined;
  }
}

/** Every call that the texts of pods show, each pair of workload and port once. */
export function findCalls(
  workloads: readonly KubeWorkload[],
  names: Names,
): { readonly calls: readonly FoundCall[]; readonly dangling: readonly DanglingHost[] } {
  const calls: FoundCall[] = [];
  const dangling: DanglingHost[] = [];
  const seen = new Set<string>();
  for (const from of workloads) {
    for (const text of from.texts) {
      for (const { host, scheme, port, bare } of namedHosts(text)) {
        const to = names.find(host, from.namespace);
        if (typeof to === "string") {
          const where = `${text.where}, ${from.kind} ${from.namespace}/${from.name}`;
          if (!bare || /\.svc\b/.test(host)) dangling.push({ where, host, hint: to });
        }
        if (typeof to !== "object") continue;
        const known = portOf(to, port ?? pairedPort(from, text), scheme);
        // `user:1000` is a user and a group, as a rule.
        if (scheme === undefined && port !== undefined && known === undefined) continue;
        const key = `${from.kind} ${from.namespace}/${from.name} ${to.namespace}/${to.name} ${known}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const filled = /[<{(]/.test(host) ? `, which the app completes` : "";
        calls.push({
          ...{ from, to, evidence: `${text.where}${filled}` },
          ...(known !== undefined && { port: known }),
          ...(scheme !== undefined && { scheme }),
        });
      }
    }
  }
  return { calls, dangling };
}

/** Services that a text names, whoever reads it. */
export function namedServices(text: PodText, namespace: string, names: Names): (KubeService | string)[] {
  return namedHosts(text).flatMap(({ host, bare }) => {
    const found = names.find(host, namespace);
    return found === undefined || (bare && typeof found === "string") ? [] : [found];
  });
}

function portOf({ ports }: KubeService, named: number | undefined, scheme: string | undefined): number | undefined {
  const standard = { http: 80, ws: 80, https: 443, wss: 443 }[scheme ?? ""];
  const wanted = named ?? standard;
  if (ports.some(({ port }) => port === wanted)) return wanted;
  return wanted === undefined && ports.length === 1 ? ports[0]?.port : undefined;
}

/** CART_HOST=cart beside CART_PORT=7070. */
function pairedPort({ texts }: KubeWorkload, { variable }: PodText): number | undefined {
  const stem = variable.replace(hostVariable, "");
  const port = texts.find((other) => stem !== variable && other.variable === `${stem}PORT`);
  return port !== undefined && /^\d{1,5}$/.test(port.text) ? Number(port.text) : undefined;
}
