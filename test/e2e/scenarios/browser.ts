import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";

/** A host name, the port that a browser asks for, and where the gateway has it. */
export interface HostRule {
  readonly host: string;
  readonly port: number;
  /** `10.200.0.2:443` */
  readonly target: string;
}

export interface BrowserOptions {
  readonly rules: readonly HostRule[];
  /** PEM of a certificate authority to trust; none: the browser's own only. */
  readonly authority?: string;
}

/** Debian's packages `chromium` and `libnss3-tools`. */
const programs = { browser: ["chromium", "chromium-browser", "google-chrome"], certificates: ["certutil"] } as const;

/** A real Chromium with a home of its own, so that what it trusts and keeps is gone with it. */
export class Browser {
  private constructor(
    private readonly home: string,
    private readonly context: BrowserContext,
  ) {}

  public static async start({ rules, authority }: BrowserOptions): Promise<Browser> {
    const executablePath = findProgram(programs.browser);
    const home = mkdtempSync(join(tmpdir(), "mesh-lanes-browser-"));
    if (authority !== undefined) trust(home, authority);
    const context = await chromium.launchPersistentContext(join(home, "profile"), {
      executablePath,
      viewport: { width: 1120, height: 800 },
      env: {
        ...process.env,
        HOME: home,
        XDG_CONFIG_HOME: join(home, ".config"),
        XDG_DATA_HOME: join(home, ".local/share"),
      },
      args: [
        // The suite runs as root, which Chromium's own sandbox does not allow.
        "--no-sandbox",
        "--no-proxy-server",
        `--host-resolver-rules=${rules.map(({ host, port, target }) => `MAP ${host}:${port} ${target}`).join(", ")}`,
      ],
    });
    return new Browser(home, context);
  }

  public window(): Promise<Page> {
    return this.context.newPage();
  }

  public async close(): Promise<void> {
    await this.context.close();
    rmSync(this.home, { recursive: true, force: true });
  }
}

/** Puts an authority where Chromium on Linux looks for a user's own: the NSS database of the home folder. */
function trust(home: string, authority: string): void {
  const certutil = findProgram(programs.certificates);
  const database = join(home, ".pki", "nssdb");
  mkdirSync(database, { recursive: true });
  const file = join(home, "authority.pem");
  writeFileSync(file, authority);
  execFileSync(certutil, ["-d", `sql:${database}`, "-N", "--empty-password"]);
  execFileSync(certutil, ["-d", `sql:${database}`, "-A", "-n", "mesh-lanes", "-t", "C,,", "-i", file]);
}

function findProgram(names: readonly string[]): string {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(`no ${names.join(" or ")} on PATH: this suite needs Debian's packages chromium and libnss3-tools`);
}
