import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfig } from "../../../tools/embedded/kubeconfig";
import { createAuthority, issueCertificate } from "../../../tools/embedded/pki";
import { kubectlEnvironment, runKubectl } from "../../../tools/kubectl/kubectl";
import { projectRoot } from "../../../tools/paths";
import { waitFor } from "../../../tools/poll";
import type { Toolchain } from "../../../tools/toolchain/toolchain";
import { atEnd } from "../../at-end";
import { addFallback } from "../asm-fallback";

/** Pods never run here, so only what keeps objects in order is needed: replica sets of Deployments, and the end of namespaces. */
const controllers = ["deployment", "replicaset", "namespace", "garbagecollector", "serviceaccount"];

/**
 * A Kubernetes API server with nothing behind it: etcd, kube-apiserver and a few controllers, on free ports of the loopback
 * interface, with their state in a temporary folder. It stands beside the embedded node and needs no root.
 */
export class ApiServer {
  private callOff = (): void => {};

  private constructor(
    /** Kubeconfig of its administrator, with the one context `others`. */
    public readonly kubeconfigFile: string,
    private readonly folder: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  public static async start(toolchain: Pick<Toolchain, "path" | "charts">): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-api-"));
    const [api = 0, client = 0, peer = 0] = await freePorts(3);
    const pki = await writePki(folder, `https://127.0.0.1:${api}`);
    const processes: ChildProcess[] = [];
    const start = (name: string, args: Record<string, string>): void => {
      const log = openSync(join(folder, `${name}.log`), "w");
      const flags = Object.entries(args).map(([flag, value]) => `--${flag}=${value}`);
      processes.push(spawn(toolchain.path(name), flags, { stdio: ["ignore", log, log], cwd: folder }));
      closeSync(log);
    };
    const server = new ApiServer(pki.kubeconfig, folder, processes);
    // Also where the test is interrupted.
    server.callOff = atEnd(() => server.kill());
    const etcd = `http://127.0.0.1:${client}`;
    const peers = `http://127.0.0.1:${peer}`;
    start("etcd", {
      "data-dir": join(folder, "etcd"),
      "listen-client-urls": etcd,
      "advertise-client-urls": etcd,
      "listen-peer-urls": peers,
      "initial-advertise-peer-urls": peers,
      "initial-cluster": `default=${peers}`,
      "unsafe-no-fsync": "true",
      "log-level": "error",
    });
    start("kube-apiserver", {
      "advertise-address": "127.0.0.1",
      "bind-address": "127.0.0.1",
      "secure-port": String(api),
      "authorization-mode": "RBAC",
      "client-ca-file": pki.authority,
      "etcd-servers": etcd,
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": pki.accountKey,
      "service-account-signing-key-file": pki.accountKey,
      "service-cluster-ip-range": "10.98.0.0/16",
      "tls-cert-file": pki.certificate,
      "tls-private-key-file": pki.key,
      // Nothing makes the accounts that pods would need.
      "disable-admission-plugins": "ServiceAccount",
    });
    try {
      const ready = () =>
        server.kubectl("get", "--raw", "/readyz").then(
          (text) => text === "ok",
          () => false,
        );
      await waitFor(() => `the API server to be ready; ${server.lastWords()}`, ready, {
        withinMs: 120_000,
        everyMs: 500,
      });
      // It ends by itself where the API server is not healthy within 10 seconds, as on a busy machine.
      start("kube-controller-manager", {
        "bind-address": "127.0.0.1",
        "secure-port": "0",
        kubeconfig: pki.kubeconfig,
        controllers: controllers.join(),
        "leader-elect": "false",
        "namespace-sync-period": "10s",
      });
      await server.installKinds(toolchain.charts);
    } catch (error) {
      server.kill();
      throw error;
    }
    return server;
  }

  /** @returns what it writes to stdout. */
  public kubectl(...args: readonly string[]): Promise<string> {
    const target = { flags: ["--kubeconfig", this.kubeconfigFile], env: kubectlEnvironment() };
    return runKubectl(target, args, { timeoutSeconds: 60 });
  }

  /** Makes or changes objects, as somebody who calls himself so. */
  public async apply(objects: readonly object[], manager = "somebody-else"): Promise<void> {
    const target = { flags: ["--kubeconfig", this.kubeconfigFile], env: kubectlEnvironment() };
    const args = ["apply", "--server-side", `--field-manager=${manager}`, "--filename=-"];
    const list = { apiVersion: "v1", kind: "List", items: objects };
    await runKubectl(target, args, { input: JSON.stringify(list), timeoutSeconds: 60 });
  }

  public async stop(): Promise<void> {
    this.callOff();
    const ended = this.processes.map((child) =>
      child.exitCode !== null ? undefined : new Promise((resolve) => child.once("exit", resolve)),
    );
    for (const child of this.processes.toReversed()) child.kill("SIGKILL");
    await Promise.all(ended);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private kill(): void {
    for (const child of this.processes) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Istio's own CRDs, and those written from documents for what only ASM and cert-manager have. */
  private async installKinds(charts: string | undefined): Promise<void> {
    if (charts === undefined) throw new Error("the tool chain has no charts of Istio");
    const own = ["asm-crds", "production-crds"].map((name) => join(projectRoot, "test", "e2e", name));
    const folders = [join(charts, "base", "files", "crd-all.gen.yaml"), ...own];
    const files = folders.flatMap((path) => ["--filename", path]);
    await this.kubectl("apply", "--server-side", ...files);
    await this.kubectl("wait", "--for=condition=Established", "--timeout=60s", "crds", "--all");
    await addFallback((...args) => this.kubectl(...args));
  }

  private lastWords(): string {
    return ["etcd", "kube-apiserver"]
      .map(
        (name) =>
          `${name}: ${readFileSync(join(this.folder, `${name}.log`), "utf8")
            .trim()
            .split("\n")
            .at(-1)}`,
      )
      .join("\n");
  }
}

async function writePki(folder: string, server: string) {
  const now = new Date();
  const authority = await createAuthority("others ca", now);
  const client = { commonName: "admin", groups: ["system:masters"], usage: "client" } as const;
  const admin = await issueCertificate(authority, client, now);
  const own = { commonName: "kube-apiserver", usage: "server", addresses: ["127.0.0.1", "10.98.0.1"] } as const;
  const serving = await issueCertificate(authority, own, now);
  const account = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string | Buffer): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const user = { user: "admin", certificate: admin.certificate, key: admin.key };
  return {
    authority: write("ca.crt", authority.certificate),
    certificate: write("server.crt", serving.certificate),
    key: write("server.key", serving.key),
    accountKey: write("account.key", account),
    kubeconfig: write("kubeconfig", kubeconfig({ name: "others", server, authority: authority.certificate, ...user })),
  };
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
  );
  return servers.map((server) => {
    const address = server.address();
    server.close();
    return typeof address === "object" && address ? address.port : 0;
  });
}
