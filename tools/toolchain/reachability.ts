import { fetchOutside } from "../http/outside";
import type { BundleName } from "./bundles";
import { bundles } from "./bundles";
import type { OfficialFinding } from "./decide";
import { officialDownloads } from "./official";
import type { Settings } from "./settings";

/** Whether a publisher's host answered; `detail` says why not. */
interface Answer {
  readonly ok: boolean;
  readonly detail: string;
}

/**
 * Asks publishers' hosts, each at most once in its life, all at the same time. A network that swallows packets costs
 * one timeout in all, not one for each tool.
 */
export class Reachability {
  private readonly answers = new Map<string, Promise<Answer>>();

  public constructor(private readonly settings: Settings) {}

  /** What a bundle's publisher offers and whether it can be had. */
  public async official(name: BundleName): Promise<OfficialFinding> {
    const { bases } = this.settings;
    switch (name) {
      case "pulumi":
      case "kubernetes-provider":
      case "kubernetes":
      case "etcd":
      case "coredns": {
        const [first] = officialDownloads(name, this.settings.platform, bases);
        return first ? this.finding("file", first.url) : { state: "none", detail: "no official file" };
      }
      case "istio-charts":
        return this.finding("remote", `${bases.istioCharts}/index.yaml`);
      case "istio":
      case "istio-older":
      case "envoy":
        return this.finding("remote", `${bases.images}/v2/`);
      case "opentelemetry-operator":
        return { state: "none", detail: "its publisher has images only" };
      case "docker":
      case "kind":
        return { state: "none", detail: `${bundles[name].name} is the user's own` };
      default: {
        const never: never = name;
        return never;
      }
    }
  }

  private async finding(state: "file" | "remote", url: string): Promise<OfficialFinding> {
    if (this.settings.offline) return { state: "unreachable", detail: "MESH_LANES_OFFLINE=1, so no host was asked" };
    const { host, origin } = new URL(url);
    const known = this.answers.get(origin);
    const asked = known ?? this.ask(url, host);
    if (!known) this.answers.set(origin, asked);
    const answer = await asked;
    return answer.ok ? { state, host } : { state: "unreachable", detail: answer.detail };
  }

  private async ask(url: string, host: string): Promise<Answer> {
    try {
      const { env, probeTimeout } = this.settings;
      const response = await fetchOutside(url, { method: "HEAD", signal: AbortSignal.timeout(probeTimeout) }, env);
      // An image registry answers 401 to whoever has not asked for a token yet; any other refusal is a closed door.
      const ok = response.ok || response.status === 401;
      return { ok, detail: ok ? "" : `${host} answered ${response.status}` };
    } catch (error) {
      const late = error instanceof Error && error.name === "TimeoutError";
      return {
        ok: false,
        detail: late ? `${host} did not answer in ${this.settings.probeTimeout / 1000} s` : `${host} is not reachable`,
      };
    }
  }
}
