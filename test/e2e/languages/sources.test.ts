import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { version } from "../../../plugin/package.json";
import schema from "../../../plugin/schema.json";
import { projectRoot } from "../../../tools/paths";
import { stackEnvironment } from "../support";

/** An address of loopback of its own: in a git URL Pulumi takes no port but that of https. */
const host = "127.0.0.43";
const repository = "acme/lanes.git";

describe("the provider, from where docs/languages.md says that Pulumi finds it", () => {
  let folder: string;
  let provider: string;
  let env: NodeJS.ProcessEnv;
  let server: Server | undefined;
  const pulumi = (...args: string[]) => execa("pulumi", args, { cwd: folder, env, extendEnv: false });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-sources-"));
    provider = join(folder, "dist", "provider");
    await execa(process.execPath, [join(projectRoot, "plugin", "build.js"), provider]);
    writeFileSync(join(folder, "Pulumi.yaml"), "name: sources\nruntime: yaml\n");
    env = { ...(await stackEnvironment()), PULUMI_SKIP_UPDATE_CHECK: "1", SSL_CERT_FILE: join(folder, "cert.pem") };
  });

  // Plugins are kept per home: each test has one that holds none.
  beforeEach(() => {
    env.PULUMI_HOME = mkdtempSync(join(folder, "home-"));
  });

  after(() => {
    server?.closeAllConnections();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("by name, once it is installed from the npm package", async () => {
    await assert.rejects(pulumi("package", "get-schema", `mesh-lanes@${version}`));
    await pulumi("plugin", "install", "resource", "mesh-lanes", version, "--file", provider);
    const { stdout } = await pulumi("package", "get-schema", `mesh-lanes@${version}`);
    assert.deepEqual(Object.keys(JSON.parse(stdout).resources).sort(), Object.keys(schema.resources).sort());
  });

  it("by the URL of a git repository that holds what is compiled", async () => {
    await publish();
    server = await serve();
    const { stdout } = await pulumi("package", "get-schema", `https://${host}/${repository}/provider@${version}`);
    const found = JSON.parse(stdout);
    assert.equal(found.pluginDownloadURL, `git://${host}/${repository}/provider`);
    assert.deepEqual(Object.keys(found.resources).sort(), Object.keys(schema.resources).sort());
  });

  /** What the docs say to put into a repository of one's own, at its tag. */
  async function publish(): Promise<void> {
    const work = join(folder, "work");
    const starter = `pulumi-resource-${host}_${repository.replace("/", "_")}_provider`;
    mkdirSync(work);
    await execa("cp", ["-r", provider, join(work, "provider")]);
    copyFileSync(join(provider, "pulumi-resource-mesh-lanes"), join(work, "provider", starter));
    const git = (...args: string[]) =>
      execa("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], { cwd: work });
    await git("init", "--quiet", ".");
    await git("add", ".");
    await git("commit", "--quiet", "--message", `mesh-lanes ${version}`);
    await git("tag", `v${version}`);
    await git("clone", "--quiet", "--bare", ".", join(folder, "served", repository));
  }

  /** git over https, as git itself serves it. */
  async function serve(): Promise<Server> {
    const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
    const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=IP:${host}`];
    await execa("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, ...subject]);
    const made = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      const { pathname, search } = new URL(request.url ?? "/", `https://${host}`);
      const backend = spawn("git", ["http-backend"], {
        env: {
          ...{ PATH: process.env.PATH, GIT_PROJECT_ROOT: join(folder, "served"), GIT_HTTP_EXPORT_ALL: "1" },
          ...{ PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method },
          ...{ CONTENT_TYPE: request.headers["content-type"], REMOTE_ADDR: host },
          HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
        },
      });
      request.pipe(backend.stdin);
      const parts: Buffer[] = [];
      backend.stdout.on("data", (part) => parts.push(part));
      backend.stdout.on("end", () => {
        const answer = Buffer.concat(parts);
        const end = answer.indexOf("\r\n\r\n");
        const lines = answer.subarray(0, end).toString().split("\r\n");
        const headers = lines.map((line) => line.split(": ") as [string, string]);
        const status = headers.find(([name]) => name === "Status")?.[1];
        for (const [name, value] of headers) if (name !== "Status") response.setHeader(name, value);
        response.writeHead(status ? Number.parseInt(status, 10) : 200).end(answer.subarray(end + 4));
      });
    });
    await new Promise<void>((resolve) => made.listen(443, host, resolve));
    return made;
  }
});
