import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import execa from "execa";
import { parse } from "yaml";
import { projectRoot, workPaths } from "../../../tools/paths";
import { makeCertificate } from "../../unit/components/gateway/certificates";
import { lanes, run, stack as stackName, writeStack } from "../support";
import { scenarioFiles } from "./scenario-groups";
import { useScenarios } from "./stack";

/** Where Pulumi and this project write to. The node's own folder is the cluster: its etcd holds what Kubernetes holds. */
const written = [workPaths.state, workPaths.pulumiHome, workPaths.logs, join(projectRoot, `Pulumi.${stackName}.yaml`)];

/** A secret and every form in which it could lie about. */
interface Planted {
  readonly name: string;
  readonly forms: readonly string[];
}

/** Lines of a PEM text that hold the key itself, and what base64 makes of the text, whatever stands before it. */
function planted(name: string, text: string): Planted {
  const lines = text.split(/\\n|\n/).filter((line) => line.length >= 40 && !line.startsWith("-----"));
  const [longest] = [...lines].sort((a, b) => b.length - a.length);
  assert.ok(longest, `${name} holds no secret`);
  const encoded = [0, 1, 2].map((before) =>
    // Without the ends, which depend on the neighbours.
    Buffer.from(" ".repeat(before) + longest)
      .toString("base64")
      .slice(4, -4),
  );
  return { name, forms: [longest, ...encoded] };
}

function filesBelow(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("secrets", () => {
  const stack = useScenarios();
  const texts = new Map<string, string>();
  let secrets: readonly Planted[] = [];

  /** Runs a command and keeps all that it printed. */
  async function keep(name: string, command: Promise<{ exitCode: number; stdout: string; stderr: string }>) {
    const { exitCode, stdout, stderr } = await command;
    assert.equal(exitCode, 0, `${name}: ${stderr}`);
    texts.set(name, stdout + stderr);
  }

  before(async () => {
    const { certificate, key } = await makeCertificate({ names: ["planted.example.com"] });
    const source = { kind: "pem", certificate };
    const hosts = ["planted.example.com"];
    const port = { name: "https", port: 443, protocol: "HTTPS", hosts, credentialName: "planted" };
    writeStack((config) => {
      config.setIn(["config", "mesh-lanes:include"], scenarioFiles);
      config.setIn(["config", "mesh-lanes:gateways"], [{ name: "planted", namespace: "default", ports: [port] }]);
      config.setIn(["config", "mesh-lanes:tls"], [{ secret: "planted", hosts, source }]);
    });
    const { environment } = stack();
    const set = ["config", "set", "--secret", "mesh-lanes:tlsKey.planted", "--stack", stackName];
    await execa("pulumi", set, { cwd: projectRoot, env: environment, input: key });
    const pulumi = (...args: string[]) => run("pulumi", [...args, "--stack", stackName], environment);

    await keep("pulumi preview --json", pulumi("preview", "--json"));
    await keep("pulumi preview --diff", pulumi("preview", "--diff"));
    await keep("lanes preview --json", lanes("preview", "--stack", stackName, "--json"));
    await keep("lanes preview --markdown", lanes("preview", "--stack", stackName, "--markdown"));
    await keep("lanes up", lanes("up", "--stack", stackName, "--no-verify"));
    await keep("pulumi stack output", pulumi("stack", "output", "--json"));
    await keep("pulumi stack export", pulumi("stack", "export"));
    await keep("lanes status", lanes("status", "--stack", stackName));
    await keep("pods' logs", run("kubectl", ["logs", "--all-containers", "--selector=app=mocka"], environment));

    const fromCluster = async (secret: string) => {
      const select = ["--namespace=istio-system", "--output=jsonpath={.data.tls\\.key}"];
      return Buffer.from(await stack().kubectl("get", `secret/${secret}`, ...select), "base64").toString();
    };
    // As proof that the one that was planted is the one in use.
    assert.equal((await fromCluster("planted")).trim(), key.trim());
    const kubeconfig: { users: { user: { "client-key-data": string } }[] } = parse(
      readFileSync(workPaths.kubeconfig, "utf8"),
    );
    const state = await execa("pulumi", ["stack", "export", "--show-secrets", "--stack", stackName], {
      cwd: projectRoot,
      env: environment,
    });
    const [, authorityKey = ""] = /"authorityKey": *"((?:[^"\\]|\\.)*)"/.exec(plain(state.stdout)) ?? [];
    secrets = [
      planted("the key from the config", key),
      planted("the key of the self-signed certificate", await fromCluster("myexample-credential")),
      planted("the key of its authority", authorityKey),
      planted("the key of the cluster's administrator", atob(kubeconfig.users[0]?.user["client-key-data"] ?? "")),
      planted("the kubeconfig as Pulumi has it", kubeconfig.users[0]?.user["client-key-data"] ?? ""),
    ];
  });

  /** `--show-secrets` has each as `{"plaintext": "\"text\""}`. */
  function plain(state: string): string {
    return state.replaceAll(
      /\{\s*"4dabf18193072939515e22adb298388d":[^}]*"plaintext": ("(?:[^"\\]|\\.)*")\s*\}/g,
      (_, text) => JSON.parse(text),
    );
  }

  const places = [
    ...[
      "pulumi preview --json",
      "pulumi preview --diff",
      "lanes preview --json",
      "lanes preview --markdown",
      "lanes up",
    ],
    ...["pulumi stack output", "pulumi stack export", "lanes status", "pods' logs"],
  ];
  for (const place of places) {
    it(`none is in what "${place}" prints`, () => {
      const text = texts.get(place) ?? "";
      assert.ok(text.length > 100, "nothing was printed");
      assert.deepEqual(found(text), []);
    });
  }

  it("none is in the state, its backups and history, the plugins' folders, the logs or the stack's file", () => {
    const files = written.flatMap((path) => (path.endsWith(".yaml") ? [path] : filesBelow(path)));
    assert.ok(
      files.some((file) => file.endsWith(`stacks/mesh-lanes/${stackName}.json`)),
      "the state was not searched",
    );
    assert.ok(
      files.some((file) => file.endsWith("pulumi-update.log")),
      "the log of the engine was not searched",
    );
    const leaks = files.flatMap((file) => {
      const hits = found(readFileSync(file, "latin1"));
      return hits.map((hit) => `${hit}: ${relative(projectRoot, file)}`);
    });
    assert.deepEqual(leaks, []);
  });

  it("the search finds each of them where it does lie: in the decrypted state or the kubeconfig", async () => {
    const { stdout } = await execa("pulumi", ["stack", "export", "--show-secrets", "--stack", stackName], {
      cwd: projectRoot,
      env: stack().environment,
    });
    assert.deepEqual(
      found(plain(stdout) + readFileSync(workPaths.kubeconfig, "utf8")),
      secrets.map(({ name }) => name),
    );
  });

  function found(text: string): string[] {
    return secrets.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ name }) => name);
  }
});
