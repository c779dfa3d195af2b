import assert from "node:assert/strict";
import { contentHash } from "../../components/lanes/object";
import { runKubectl } from "../../tools/kubectl/kubectl";
import { poll } from "../../tools/poll";
import { bringUp, endStack } from "./suite-stack";
import { lanes, proxiesHaveIt, type RunResult, stack, stackEnvironment, verifySees, writeStack } from "./support";

/** A fault made by hand, what `verify` sees of it and what `status` says. */
interface Fault {
  /** The row of the troubleshooting table: symptom and cause. */
  readonly row: string;
  readonly make: () => Promise<void>;
  readonly restore: () => Promise<void>;
  /** In the output of `verify`, which must fail. */
  readonly seen: RegExp;
  readonly code: string;
  readonly lanes: readonly string[];
  readonly cause: RegExp;
}

/** Requests per lane: a leak to one of three versions that chance hides has a likelihood of 3 to the power of -30. */
const requests = ["--requests", "30"];

/** Breaks strict lanes s1, s2, s3 by hand, one fault at a time, and fixes each. */
describe("lanes status on a mesh that is broken by hand", () => {
  let env: NodeJS.ProcessEnv = {};

  before(async () => {
    writeStack();
    await bringUp("--no-verify");
    env = await stackEnvironment();
  });

  const kubectl = async (...args: string[]): Promise<string> => {
    return runKubectl({ flags: ["--namespace", "default"], env }, args, { timeoutSeconds: 200 });
  };
  const patch = (object: string, path: string, value: unknown) =>
    kubectl("patch", object, "--type=json", `--patch=${JSON.stringify([{ op: "replace", path, value }])}`);
  const rollout = (name: string) => kubectl("rollout", "status", `deployment/${name}`, "--timeout=180s");
  const inject = async (value: string | null): Promise<void> => {
    const template = { metadata: { labels: { "sidecar.istio.io/inject": value } } };
    await kubectl("patch", "deployment/mockb-v2", "--type=merge", `--patch=${JSON.stringify({ spec: { template } })}`);
    await rollout("mockb-v2");
  };
  const label = (version: string) => async () => {
    await kubectl("label", "pod", "--selector=app=mockb,version=v2", `ASM_TRAFFIC_TAG=${version}`, "--overwrite");
  };
  const uri = (value: string) => async () => {
    await patch("virtualservice/test", "/spec/http/1/match/0/uri/exact", value);
  };
  const header = (value: string) => async () => {
    await patch("virtualservice/test", "/spec/http/1/match/0/headers/x-asm-prefer-tag/exact", value);
  };
  const subset = (version: string) => async () => {
    const rule = `destinationrule/test.mockb.${contentHash(["v1", "v2", "v3"])}`;
    await patch(rule, "/spec/subsets/1/labels/ASM_TRAFFIC_TAG", version);
  };

  const faults: Fault[] = [
    {
      row: "wrong version: pod labels do not match",
      make: label("v3"),
      restore: label("v2"),
      seen: /group test, lane s3, hop mockb: expected v3, seen /,
      code: "ML001",
      lanes: ["s3", "s2"],
      cause: /of mockb carries ASM_TRAFFIC_TAG=v3, but .* v2/,
    },
    {
      row: "404: the route does not match the URI",
      make: uri("/mok"),
      restore: uri("/mock"),
      seen: /group test, lane s2: 30 of 30 requests failed: 404/,
      code: "ML044",
      lanes: ["s2"],
      cause: /uri\.exact is "\/mok", planned "\/mock"/,
    },
    {
      row: "404: the route does not match the header's value",
      make: header("S2"),
      restore: header("s2"),
      seen: /group test, lane s2: 30 of 30 requests failed: 404/,
      code: "ML044",
      lanes: ["s2"],
      cause: /x-asm-prefer-tag\.exact is "S2", planned "s2"/,
    },
    {
      row: "traffic leaks: a subset has another version's label",
      make: subset("v3"),
      restore: subset("v2"),
      seen: /group test, lane s2, hop mockb: expected v2, seen v3 x 30/,
      code: "ML031",
      lanes: ["s2"],
      cause: /Traffic leaks: the subset of mockb v2 takes the pods of lane s3/,
    },
    {
      row: "now and then: a pod has no sidecar",
      make: () => inject("false"),
      restore: () => inject(null),
      seen: /group test, lane s2, hop mockc: expected v2, seen /,
      code: "ML010",
      lanes: ["s2"],
      cause: /mockb-v2-\S+ of mockb has no istio-proxy container/,
    },
    {
      row: "503: a strict lane's version has no pod",
      make: async () => {
        await kubectl("scale", "deployment/mockb-v2", "--replicas=0");
        await kubectl("wait", "pod", "--selector=app=mockb,version=v2", "--for=delete", "--timeout=120s");
      },
      restore: async () => {
        await kubectl("scale", "deployment/mockb-v2", "--replicas=1");
        await rollout("mockb-v2");
      },
      seen: /group test, lane s2: 30 of 30 requests failed: \d+/,
      code: "ML003",
      lanes: ["s2"],
      cause: /mockb v2: Deployment default\/mockb-v2 is scaled to zero: requests of lane s2 fail with 503/,
    },
  ];

  it("finds nothing on the stack as it came up", async () => {
    const { exitCode, stdout } = await lanes("status", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /lanes: 3 ok, 0 in fallback, 0 broken; nothing to fix$/);
  });

  for (const { row, make, restore, seen, code, lanes: broken, cause } of faults) {
    it(`fails with ${code}: ${row}`, async () => {
      let verify: RunResult;
      let status: RunResult;
      try {
        await make();
        verify = await verifySees(seen, ...requests);
        await proxiesHaveIt();
        status = await lanes("status", "--stack", stack, "--json");
      } finally {
        await restore();
      }
      assert.equal(verify.exitCode, 1);
      assert.equal(status.exitCode, 1);
      const findings: Record<string, unknown>[] = JSON.parse(status.stdout).findings;
      assert.deepEqual(
        findings.map((finding) => [finding.code, finding.severity, finding.lanes]),
        [[code, "error", broken]],
        status.stdout,
      );
      assert.match(String(findings[0]?.cause), cause);
      await proxiesHaveIt();
      const fixed = await lanes("status", "--stack", stack);
      assert.equal(fixed.exitCode, 0, fixed.stdout);
      assert.match(fixed.stdout, /nothing to fix$/);
    });
  }

  /** As a proxy in front of an app may send them, which no app of ours does: from the app's own container. */
  const calls: { code: string; way: string; target: () => Promise<{ host: string; header: string }>; cause: RegExp }[] =
    [
      {
        code: "ML013",
        way: "with its caller's Host",
        target: async () => ({ host: "mockc", header: "shop.example.com" }),
        cause: /^mockb-v2-\S+ of mockb calls mockc with Host shop\.example\.com; no route of mockc has it/,
      },
      {
        code: "ML014",
        way: "by the address of a pod",
        target: async () => {
          const pod = ["get", "pod", "--selector=app=mockc,version=v1", "--output=jsonpath={.items[0].status.podIP}"];
          const host = await kubectl(...pod);
          return { host, header: `${host}:8000` };
        },
        cause: /^mockb-v2-\S+ of mockb calls mockc as [0-9.]+:8000; no route of mockc has it/,
      },
    ];

  for (const { code, way, target, cause } of calls) {
    it(`fails with ${code}: an app calls the next one ${way}`, async () => {
      const { host, header } = await target();
      // Whatever the answer is: past the routes it goes without the mesh's own TLS, which the pod called asks for.
      const call = `require("http").get({host:"${host}",port:8000,path:"/mock",headers:{host:"${header}"}},()=>process.exit())`;
      const seen = async () => {
        const { stdout } = await lanes("status", "--stack", stack, "--json");
        const findings: Record<string, unknown>[] = JSON.parse(stdout).findings;
        return findings.length > 0 ? findings : undefined;
      };
      try {
        await kubectl(...["exec", "deployment/mockb-v2", "--container=app", "--"], "/usr/local/bin/node", "-e", call);
        // Proxies write their logs once a second.
        const findings = await poll(seen, { withinMs: 20_000, everyMs: 1000 });
        assert.deepEqual(
          findings?.map((finding) => [finding.code, finding.severity, finding.lanes]),
          [[code, "warning", ["s2"]]],
        );
        assert.match(String(findings?.[0]?.cause), cause);
      } finally {
        // A new pod has logged nothing.
        await kubectl("delete", "pod", "--selector=app=mockb,version=v2");
        await rollout("mockb-v2");
      }
      await proxiesHaveIt();
      const fixed = await lanes("status", "--stack", stack);
      assert.equal(fixed.exitCode, 0, fixed.stdout);
    });
  }

  it("leaves all lanes as they were", async () => {
    const { exitCode, stdout } = await lanes("verify", "--stack", stack);
    assert.equal(exitCode, 0, stdout);
  });

  after(endStack);
});
