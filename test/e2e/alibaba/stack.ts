import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { version as published } from "@pulumi/alicloud/package.json";
import { type Document, parseDocument } from "yaml";
import { kubeconfig } from "../../../tools/embedded/kubeconfig";
import { createAuthority, issueCertificate } from "../../../tools/embedded/pki";
import { projectRoot } from "../../../tools/paths";
import { LineReporter } from "../../../tools/report/reporter";
import { ensureTools } from "../../../tools/toolchain/ensure";
import { Account, type Call } from "../../cloud/account";
import { providerFolder } from "../../cloud/provider/build";
import { StandInCloud } from "../../cloud/server";
import { userEnvironment } from "../others/stack";
import { type RunResult, run } from "../support";

/** What there is no API server for: the objects of Kubernetes, and the wait for what the mesh brings to the cluster. */
const withoutKubernetes = ["**AsmDataPlane**", "**$kubernetes:**"].flatMap((urn) => ["--exclude", urn]);

/**
 * What a stack of this project makes in an account: its own program, the code of the real provider, and a stand-in for the account.
 * Objects of Kubernetes are left out.
 */
export class AccountStack {
  private constructor(
    /** The config of which it is a copy. */
    private readonly of: string,
    public readonly account: Account,
    private readonly cloud: StandInCloud,
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** @param of name of the stack whose config it has, such as `prod`. */
  public static async make(of: string): Promise<AccountStack> {
    const toolchain = await ensureTools({ cluster: "existing" }, new LineReporter(1));
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

    // The provider ends itself over a kubeconfig without certificates. Nothing listens there.
    const server = "https://127.0.0.1:1";
    const user = await issueCertificate(authority, { commonName: "user", usage: "client" }, now);
    const text = kubeconfig({ name: "c", server, user: "user", authority: authority.certificate, ...user });
    account.servers = { cluster: { kubeconfig: text, server }, mesh: { kubeconfig: text, server } };
    const stack = new AccountStack(of, account, cloud, folder, {
      ...env,
      ...cloud.environment,
      ...{ ALICLOUD_ACCESS_KEY: "any", ALICLOUD_SECRET_KEY: "any" },
      // Go's programs read the one, Node.js the other.
      ...{ SSL_CERT_FILE: trusted, NODE_EXTRA_CA_CERTS: trusted },
    });
    stack.write();
    await stack.pulumi("stack", "init", stack.name);
    return stack;
  }

  public get name(): string {
    return `e2e-account-${this.of}`;
  }

  /** The config of the stack of that name, with a change. */
  public write(change: (config: Document) => void = () => {}): void {
    const config = parseDocument(readFileSync(join(projectRoot, `Pulumi.${this.of}.yaml`), "utf8"));
    // Who makes a stack with a passphrase finds a salt in its file.
    const salt = this.salt();
    if (salt !== undefined) config.set("encryptionsalt", salt);
    change(config);
    writeFileSync(this.file, config.toString());
  }

  /** Does something as somebody who may only call these. @returns its result and what it called meanwhile. */
  public async may(
    actions: readonly string[],
    ...args: readonly string[]
  ): Promise<RunResult & { readonly calls: readonly Call[] }> {
    const before = this.account.calls.length;
    this.account.allowed = new Set(actions);
    const result = await this.update(...args);
    this.account.allowed = undefined;
    return { ...result, calls: this.account.calls.slice(before) };
  }

  /** A command that plans or makes something, without the objects of Kubernetes. */
  public update(...args: readonly string[]): Promise<RunResult> {
    return this.pulumi(...args, "--stack", this.name, ...withoutKubernetes, "--exclude-dependents");
  }

  private pulumi(...args: readonly string[]): Promise<RunResult> {
    return run("pulumi", [...args, "--non-interactive"], this.env);
  }

  /** Kind -> how many of it the account has. Tasks are no things. */
  public get has(): Record<string, number> {
    const kinds = this.account.all().flatMap(({ kind }) => (kind === "Task" ? [] : [kind]));
    return Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, kinds.filter((k) => k === kind).length]));
  }

  public async remove(): Promise<void> {
    rmSync(this.file, { force: true });
    rmSync(this.folder, { recursive: true, force: true });
    await this.cloud.stop();
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
