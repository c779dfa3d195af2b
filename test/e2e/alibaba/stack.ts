import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version as published } from "@pulumi/alicloud/package.json";
import { type Document, parseDocument } from "yaml";
import { endStrayProviders } from "../../../cli/pulumi/recovery";
import { createAuthority, issueCertificate } from "../../../tools/embedded/pki";
import { projectRoot } from "../../../tools/paths";
import { LineReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { atEnd } from "../../at-end";
import { Account, type Call, type Thing } from "../../cloud/account";
import { providerFolder } from "../../cloud/provider/build";
import { StandInCloud } from "../../cloud/server";
import { ApiServer } from "../others/api-server";
import { userEnvironment } from "../others/stack";
import { type RunResult, run } from "../support";
import { CertificateIssuer } from "./certificates";
import { accessTo, joined } from "./managed-mesh";

const certificatesFile = join(projectRoot, "test", "e2e", "production-crds", "certificates.yaml");

interface StateResource {
  readonly type: string;
  readonly urn: string;
  readonly provider?: string;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** A stack of this project in a stand-in for an account, by the code of the real provider. */
export class AccountStack {
  /** Id of the access key that its user has. */
  public key = "any";
  private readonly callOff = atEnd(() => this.removeFiles());

  private constructor(
    /** The config of which it is a copy. */
    private readonly of: string,
    public readonly name: string,
    public readonly account: Account,
    /** API servers of the ACK cluster and of the ASM instance. */
    public readonly servers: { readonly cluster: ApiServer; readonly mesh: ApiServer },
    private readonly cloud: StandInCloud,
    private readonly issuer: CertificateIssuer,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /**
   * @param of name of the stack whose config it has, such as `prod`.
   * @param name its own.
   */
  public static async make(of: string, name = `e2e-account-${of}`): Promise<AccountStack> {
    const toolchain = await ensureTools({ cluster: "embedded", telemetry: false }, new LineReporter(1));
    const provider = await providerFolder(new LineReporter(1));
    const folder = mkdtempSync(join(tmpdir(), "mesh-lanes-account-"));
    const env = await userEnvironment(toolchain, folder);
    const plugin = join(folder, "home", "plugins", `resource-alicloud-v${published}`);
    mkdirSync(plugin, { recursive: true });
    symlinkSync(join(provider, "pulumi-resource-alicloud"), join(plugin, "pulumi-resource-alicloud"));

    const now = new Date();
    const authority = await createAuthority("stand-in cloud", now);
    const request = { commonName: "cloud", usage: "server", addresses: ["127.0.0.1"] } as const;
    const account = new Account();
    const cloud = await StandInCloud.start(account, await issueCertificate(authority, request, now));
    const trusted = join(folder, "ca.crt");
    writeFileSync(trusted, authority.certificate);

    const servers = { cluster: await ApiServer.start(toolchain), mesh: await ApiServer.start(toolchain) };
    account.servers = { cluster: accessTo(servers.cluster), mesh: accessTo(servers.mesh) };
    const stack = new AccountStack(of, name, account, servers, cloud, new CertificateIssuer(servers.cluster), folder, {
      ...env,
      ...cloud.environment,
      ALICLOUD_SECRET_KEY: "any",
      // Go's programs read the one, Node.js the other.
      ...{ SSL_CERT_FILE: trusted, NODE_EXTRA_CA_CERTS: trusted },
    });
    account.onJoin = () => {
      void joined(servers.cluster, "ingressgateway", [443]).catch((error) => process.stderr.write(`${error}\n`));
    };
    // An instance has it from the start.
    await servers.mesh.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } }], "asm");
    stack.write();
    await stack.pulumi("stack", "init", stack.name);
    return stack;
  }

  /** The config of the stack of that name, with a change. Nothing runs pods here, so workloads have none. */
  public write(change: (config: Document) => void = () => {}): void {
    const config = parseDocument(readFileSync(join(projectRoot, `Pulumi.${this.of}.yaml`), "utf8"));
    const workloads = (config.getIn(["config", "mesh-lanes:workloads"]) as { items: unknown[] }).items;
    for (const index of workloads.keys()) config.setIn(["config", "mesh-lanes:workloads", index, "replicas"], 0);
    config.setIn(["config", "mesh-lanes:mesh", "asm", "settleSeconds"], 1);
    // Who makes a stack with a passphrase finds a salt in its file.
    const salt = this.salt();
    if (salt !== undefined) config.set("encryptionsalt", salt);
    change(config);
    writeFileSync(this.file, config.toString());
  }

  /** The next kubeconfig of the cluster that the account gives out is another text, for the same API server. */
  public renewKubeconfig(): void {
    const { servers } = this.account;
    if (!servers) throw new Error("the account leads to no API server");
    const kubeconfig = servers.cluster.kubeconfig.replace(/\badmin\b/g, "renewed-admin");
    if (kubeconfig === servers.cluster.kubeconfig) throw new Error("the kubeconfig has no user of that name");
    this.account.servers = { ...servers, cluster: { ...servers.cluster, kubeconfig } };
  }

  /** As the cluster is when it is new. */
  public async withoutCertManager(): Promise<void> {
    await this.servers.cluster.kubectl("delete", "--filename", certificatesFile);
  }

  /** What its user does in between. */
  public async withCertManager(): Promise<void> {
    await this.servers.cluster.kubectl("apply", "--server-side", "--filename", certificatesFile);
    await this.servers.cluster.kubectl(
      "wait",
      "--for=condition=Established",
      "--timeout=60s",
      "--filename",
      certificatesFile,
    );
  }

  /** The account has a cluster of somebody else, in a network of his. @returns its id and that of its vSwitch. */
  public clusterOfOthers(): { readonly id: string; readonly switchId: string } {
    const { account } = this;
    const vpc = account.make("Vpc", { VpcName: "of-others", Status: "Available", CidrBlock: "10.9.0.0/16" });
    const vswitch = account.make("VSwitch", { VpcId: vpc.id, Status: "Available", CidrBlock: "10.9.0.0/24" });
    const { id } = account.make("Cluster", {
      ...{ name: "of-others", state: "running", cluster_type: "ManagedKubernetes", current_version: "1.34.1-aliyun.1" },
      ...{ vpc_id: vpc.id, vswitch_ids: [vswitch.id], security_group_id: "sg-others", cluster_spec: "ack.pro.small" },
    });
    return { id, switchId: vswitch.id };
  }

  /** Of a resource that production protects: what its user does where he wants it replaced. */
  public async unprotect(name: string): Promise<void> {
    const [urn = "", ...others] = (await this.state()).filter((each) => each.endsWith(`::${name}`));
    if (urn === "" || others.length > 0) throw new Error(`the state has not one ${name}`);
    const { exitCode, stdout, stderr } = await this.pulumi("state", "unprotect", urn, "--yes", "--stack", this.name);
    if (exitCode !== 0) throw new Error(stdout + stderr);
  }

  /** Every object of Kubernetes that the state has, as the API servers have it -> its version there. */
  public async objects(): Promise<ReadonlyMap<string, string>> {
    const resources = await this.resources();
    const found = new Map<string, string>();
    for (const [of, server] of Object.entries(this.servers)) {
      const kinds = resources.flatMap(({ type, provider = "" }) => {
        const [, group = "", version = "", kind = ""] = /^kubernetes:([^/:]+)\/([^:]+):(\w+)$/.exec(type) ?? [];
        if (kind === "" || provider.includes("::mesh-api-server::") !== (of === "mesh")) return [];
        return [group === "core" ? kind : `${kind}.${version}.${group}`];
      });
      const text = await server.kubectl("get", [...new Set(kinds)].join(), "--all-namespaces", "-o", "json");
      const { items }: { items: { kind: string; metadata: Record<string, string> }[] } = JSON.parse(text);
      for (const { kind, metadata } of items) {
        found.set(
          `${of} ${kind} ${metadata.namespace}/${metadata.name}`,
          `${metadata.uid} ${metadata.resourceVersion}`,
        );
      }
    }
    return found;
  }

  /** Does something as somebody who may only call these, or everything. @returns its result and what it called meanwhile. */
  public async may(
    actions: readonly string[] | undefined,
    ...args: readonly string[]
  ): Promise<RunResult & { readonly calls: readonly Call[] }> {
    const before = this.account.calls.length;
    this.account.allowed = actions && new Set(actions);
    const result = await this.pulumi(...args, "--stack", this.name);
    this.account.allowed = undefined;
    const calls = this.account.calls.slice(before);
    const [summary = "no resource changed"] = /Resources:\n(?: +.*\n)+/.exec(result.stdout) ?? [];
    const named = new Set(calls.map(({ action }) => action)).size;
    process.stderr.write(`${summary.trim()}\n${calls.length} calls of ${named} actions in the account\n`);
    return { ...result, calls };
  }

  public pulumi(...args: readonly string[]): Promise<RunResult> {
    return run("pulumi", [...args, "--non-interactive"], { ...this.env, ALICLOUD_ACCESS_KEY: this.key });
  }

  /** The `lanes` command as its user has it, who says yes to what Pulumi asks. */
  public lanes(...args: readonly string[]): Promise<RunResult> {
    return run(process.execPath, [join(projectRoot, "bin", "lanes.js"), ...args], this.door.env);
  }

  /** Where a command of that user runs. */
  public get door(): { readonly cwd: string; readonly env: NodeJS.ProcessEnv } {
    return { cwd: projectRoot, env: { ...this.env, ALICLOUD_ACCESS_KEY: this.key, PULUMI_SKIP_CONFIRMATIONS: "true" } };
  }

  /** Kind -> how many of it the account has. Tasks are no things. */
  public get has(): Record<string, number> {
    const kinds = this.account.all().flatMap(({ kind }) => (kind === "Task" ? [] : [kind]));
    return Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((k) => k === kind).length]));
  }

  /** URNs of what the state has besides the stack itself. */
  public async state(): Promise<string[]> {
    return (await this.resources()).flatMap(({ type, urn }) => (type === "pulumi:pulumi:Stack" ? [] : [urn]));
  }

  /** Outputs of a resource, as the state has them. */
  public async outputsOf(name: string): Promise<Readonly<Record<string, unknown>>> {
    return (await this.resources()).find(({ urn }) => urn.endsWith(`::${name}`))?.outputs ?? {};
  }

  private async resources(): Promise<readonly StateResource[]> {
    const { stdout } = await this.pulumi("stack", "export", "--stack", this.name);
    const { resources = [] }: { resources?: StateResource[] } = JSON.parse(stdout).deployment;
    return resources;
  }

  /** Namespaces of both API servers that neither Kubernetes nor the mesh brings along. */
  public async namespaces(): Promise<string[]> {
    const lists = await Promise.all(
      Object.values(this.servers).map((server) => server.kubectl("get", "namespaces", "-o", "name")),
    );
    const names = lists.flatMap((list) => list.trim().split("\n")).map((name) => name.replace("namespace/", ""));
    return names.filter((name) => !/^(default|kube-.*|istio-system)$/.test(name));
  }

  public async remove(): Promise<void> {
    this.callOff();
    await this.endProviders();
    this.removeFiles();
    await this.issuer.stop();
    await Promise.all([this.servers.cluster.stop(), this.servers.mesh.stop(), this.cloud.stop()]);
  }

  /** Deletes what has these ids, and what belongs to a cluster among it. */
  public deleteInConsole(ids: readonly string[]): void {
    const gone = ({ id, fields }: Thing) =>
      ids.some(
        (each) => each === id || each.endsWith(`:${id}`) || each === fields.Cluster || each === fields.cluster_id,
      );
    for (const thing of this.account.all().filter(gone)) this.account.drop(thing);
  }

  /** Providers of an engine that was killed go on for a while. */
  public endProviders(): Promise<void> {
    return endStrayProviders(join(this.folder, "home"));
  }

  private removeFiles(): void {
    rmSync(this.file, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
  }

  private salt(): unknown {
    try {
      return parseDocument(readFileSync(this.file, "utf8")).get("encryptionsalt");
    } catch {
      return undefined;
    }
  }

  private get file(): string {
    return join(projectRoot, `Pulumi.${this.name}.yaml`);
  }
}
