import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import execa from "execa";
import { type ChangeOptions, planChange } from "../../../../cli/lifecycle/change";
import type { OpenAnswer } from "../../../../cli/lifecycle/open-requests";
import {
  addLane,
  drainLane,
  promoteLane,
  retireLane,
  rollBack,
  type Surroundings,
  shiftWeights,
} from "../../../../cli/lifecycle/run";
import { lanePath } from "../../../../config/lifecycle/subject";
import { loadStackConfig, readStackConfigFile } from "../../../../config/read";
import { UserError } from "../../../../tools/user-error";

/** The demo's shop, by weight, written as a person would. */
const weighted = `# a stack
config:
  mesh-lanes:include: [chat.yaml]
  mesh-lanes:workloads:
    # three services
    - { name: mocka, app: mock, port: 8000, versions: [v1, v2, v3] }
    - name: mockb
      app: mock
      port: 8000
      versions:
        - v1
        - v3 # a canary
      replicas: { v1: 2, v3: 1 }
      env: { PASSWORD: { secure: v1:aaaa } }
    - name: mockc
      image: registry.example.com/shop/mockc:1.0.0
      port: 8000
      versions:
        v1: {}
        v2:
          image: registry.example.com/shop/mockc:2.0.0
          env: { KEY: { secure: v1:bbbb } }
  mesh-lanes:laneGroups:
    - name: shop
      mode: permissive
      services:
        - { name: mocka, port: 8000, versions: [v1, v2, v3] }
        - { name: mockb, port: 8000, versions: [v1, v3] }
        - { name: mockc, port: 8000, versions: [v1, v2] }
      entry: { service: mocka, gateway: istio-system/ingressgateway, hosts: [shop.example.com] }
      routeHeader: x-route
      baseline: v1 # until v2 is proven
      lanes:
        - { name: v1, weight: 60 }
        # the canary
        - { name: v2, weight: 30, match: { headers: { x-tester: "yes" } } }
        - { name: v3, weight: 10 }
`;
/** Strict, by header, in a file that the stack includes. */
const chat = `laneGroups:
  - name: chat
    mode: strict
    services: # in calling order
      - &one { name: chat, port: 80, versions: &versions [a, b] }
      - { <<: *one, name: store }
    entry: { service: chat, gateway: istio-system/ingressgateway, hosts: [chat.example.com], header: x-lane, unmatched: one }
    baseline: one
    lanes:
      - name: one
        version: a
      - name: two
        version: b
`;

describe("commands that change a lane", () => {
  let folder: string;
  let shown: string[];
  let asked: string[];
  let told: string[];
  /** What the cluster answers, one after the other. */
  let open: OpenAnswer[];
  const stackFile = () => join(folder, "Pulumi.dev.yaml");
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "mesh-lanes-lifecycle-"));
    [shown, asked, told, open] = [[], [], [], []];
    writeFileSync(stackFile(), weighted);
    writeFileSync(join(folder, "chat.yaml"), chat);
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const options: ChangeOptions = { stack: "dev", yes: true, dryRun: false, json: false };
  const where = (answer?: boolean): Surroundings => ({
    folder,
    asking: {
      terminal: answer !== undefined,
      ask: async (question) => {
        asked.push(question);
        return answer ?? false;
      },
    },
    show: (text) => shown.push(text),
    tell: (text) => told.push(text),
    openRequests: async () => open.shift() ?? { asked: false, why: "there is none" },
  });
  const config = () => loadStackConfig(readStackConfigFile(stackFile()), folder);
  const group = (name = "shop") => {
    const found = config().laneGroups.find((each) => each.name === name);
    assert.ok(found);
    return found;
  };
  const weights = () => group().lanes.map(({ name, weight }) => `${name} ${weight}`);
  /** Lines of a file that went and that came. */
  const changed = (name: string, before: string) => {
    const [old, now] = [before.split("\n"), readFileSync(join(folder, name), "utf8").split("\n")];
    return [
      ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
      ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
    ];
  };
  const problems = async (run: Promise<void>) => {
    try {
      await run;
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      assert.deepEqual(
        [readFileSync(stackFile(), "utf8"), readFileSync(join(folder, "chat.yaml"), "utf8")],
        [weighted, chat],
      );
      assert.deepEqual(readdirSync(folder).sort(), ["Pulumi.dev.yaml", "chat.yaml"]);
      return error.message;
    }
    return assert.fail("nothing was thrown");
  };

  it("shift: the baseline gives or takes the difference, and it says so", async () => {
    await shiftWeights(["v2=50"], options, where());
    assert.deepEqual(weights(), ["v1 40", "v2 50", "v3 10"]);
    assert.match(shown.join("\n"), /the baseline v1 gives the difference: 60 -> 40/);
    assert.match(
      shown.join("\n"),
      /care {4}shop: 20 % of the requests that name no lane to shop\.example\.com: v1 60 % -> 40 %/,
    );
    assert.deepEqual(changed("Pulumi.dev.yaml", weighted), [
      "-        - { name: v1, weight: 60 }",
      '-        - { name: v2, weight: 30, match: { headers: { x-tester: "yes" } } }',
      "+        - { name: v1, weight: 40 }",
      '+        - { name: v2, weight: 50, match: { headers: { x-tester: "yes" } } }',
    ]);
  });

  it("shift: where the baseline is named or has too little, the others share the rest in proportion", async () => {
    await shiftWeights(["v1=35", "v3=10"], options, where());
    assert.deepEqual(weights(), ["v1 35", "v2 55", "v3 10"]);
    await shiftWeights(["v2=95"], options, where());
    assert.deepEqual(weights(), ["v1 4", "v2 95", "v3 1"]);
    assert.match(shown.join("\n"), /the other lanes share the rest in proportion: v1 35 -> 4, v3 10 -> 1/);
  });

  it("shift: gives a group its first weights, in place of unmatched", async () => {
    await shiftWeights(["two=10"], { ...options, group: "chat" }, where());
    assert.deepEqual(
      group("chat").lanes.map(({ weight }) => weight),
      [90, 10],
    );
    assert.ok(!readFileSync(join(folder, "chat.yaml"), "utf8").includes("unmatched"));
    assert.match(shown.join("\n"), /entry\.unmatched: one goes, since weights take all the rest/);
  });

  it("shift: is refused with every text that is wrong, and with weights that cannot come to 100", async () => {
    assert.match(await problems(shiftWeights(["v2", "v3=x"], options, where())), /v2: [\s\S]*v3=x: /);
    assert.match(await problems(shiftWeights(["v2=110"], options, where())), /a whole number, 0 to 100/);
    assert.match(
      await problems(shiftWeights(["v1=50", "v2=50", "v3=10"], options, where())),
      /the weights come to 110/,
    );
    assert.match(await problems(shiftWeights(["v9=1"], { ...options, group: "shop" }, where())), /v1, v2, v3/);
  });

  it("refuse what no order of an update's steps makes safe, with the sequence to use", async () => {
    const swapped = planChange(
      ...(["shift", { stack: "dev", group: "chat" }, [] as string[]] as const),
      (subject) => {
        const versions = { one: "b", two: "a" };
        const edits = Object.entries(versions).map(([lane, value]) => {
          return { kind: "set" as const, path: lanePath(subject, lane, "version"), value };
        });
        return { edits, notes: [] };
      },
      folder,
    );
    await assert.rejects(
      swapped,
      /^UserError: lanes shift would be unsafe; nothing was written\n {2}chat: strict lane one changes its version in place \(chat a -> b and store a -> b\): its callers [^\n]*\n {4}expected: a change that is safe in one update\n {4}fix: Add a lane with the new version, shift to it, then remove this one\.\n {2}chat: strict lane two /,
    );
  });

  it("promote: another baseline with all the weight, which keeps what it had of the old one", async () => {
    await promoteLane("v2", options, where());
    assert.deepEqual([group().baseline, weights()], ["v2", ["v1 0", "v2 100", "v3 0"]]);
    assert.deepEqual(group().lanes[1]?.versions, { mockb: "v1" });
    assert.match(readFileSync(stackFile(), "utf8"), /baseline: v2 # until v2 is proven/);
    assert.match(shown.join("\n"), /lane v2 has no mockb v1 of its own: it keeps what it had of v1/);
    assert.match(
      shown.join("\n"),
      /wrote Pulumi\.dev\.yaml; next:\n {2}npx lanes preview --stack dev\n {2}npx lanes up --stack dev/,
    );
  });

  it("promote: in an included file, the lane that unmatched requests take too", async () => {
    await promoteLane("two", options, where());
    assert.deepEqual([group("chat").baseline, group("chat").entry.unmatched], ["two", "two"]);
    assert.deepEqual(changed("Pulumi.dev.yaml", weighted), []);
    assert.equal(changed("chat.yaml", chat).length, 4);
  });

  it("add and retire: with the labels of a service that tells its versions by several", async () => {
    const labels = "versionLabels: { v1: { track: stable }, v2: { track: canary, release: b } }";
    const labelled = weighted
      .replace(
        "{ name: mockc, port: 8000, versions: [v1, v2] }",
        `{ name: mockc, port: 8000, versions: [v1, v2], ${labels} }`,
      )
      .replace("v1: {}\n", "v1: { pod: { metadata: { labels: { track: stable, tier: back } } } }\n")
      .replace(
        "env: { KEY: { secure: v1:bbbb } }",
        "env: { KEY: { secure: v1:bbbb } }\n          pod: { metadata: { labels: { track: canary, release: b } } }",
      );
    writeFileSync(stackFile(), labelled);
    const added = { ...options, group: "shop", services: "mockc", weight: "0" };
    await assert.rejects(addLane("v4", added, where()), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /--labels: mockc tells its versions by versionLabels, which has none of v4/);
      assert.match(error.message, /labels of the pods of mockc v4/);
      assert.match(error.message, /Add --labels 'mockc:track=<value>,release=<value>'\./);
      return true;
    });
    await assert.rejects(
      addLane("v4", { ...added, services: "mockb", labels: ["mockb:track=x"] }, where()),
      /labels of mockb, whose versions the label version tells/,
    );
    await assert.rejects(addLane("v4", { ...added, labels: ["mockc"] }, where()), /cart:track=canary,release=c/);
    await addLane("v4", { ...added, labels: ["mockc:track=next,release=c"] }, where());
    assert.deepEqual(group().services[2]?.versionLabels, {
      v1: { track: "stable" },
      v2: { track: "canary", release: "b" },
      v4: { track: "next", release: "c" },
    });
    // What it runs is like the baseline's, but for the labels that tell it.
    const { ofVersions } = config().workloads[2] ?? {};
    assert.deepEqual(ofVersions?.v4?.pod, { metadata: { labels: { tier: "back", track: "next", release: "c" } } });
    await retireLane("v4", { ...options, workloads: true, now: true }, where());
    assert.deepEqual(Object.keys(group().services[2]?.versionLabels ?? {}), ["v1", "v2"]);
  });

  it("rollback: to the lane that is named, or that the commits had before", async () => {
    const git = (...args: string[]) =>
      execa("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], { cwd: folder });
    await git("init", "--quiet");
    await git("add", ".");
    await git("commit", "--quiet", "--message", "first");
    await promoteLane("v2", options, where());
    await git("commit", "--quiet", "--all", "--message", "v2");
    await rollBack({ ...options, group: "shop" }, where());
    assert.deepEqual([group().baseline, weights()], ["v1", ["v1 100", "v2 0", "v3 0"]]);
    assert.match(shown.join("\n"), /clients that have the cookie of another lane keep it/);
    await rollBack({ ...options, to: "v3" }, where());
    assert.deepEqual([group().baseline, weights()], ["v3", ["v1 0", "v2 0", "v3 100"]]);
  });

  it("rollback: is refused where no commit tells, and where the lane is retired", async () => {
    assert.match(await problems(rollBack({ ...options, group: "shop" }, where())), /--to: no commit .*\n.*v2, v3\n/);
    assert.match(await problems(rollBack({ ...options, to: "v9", group: "shop" }, where())), /got "v9"/);
  });

  it("drain: nobody new, and back", async () => {
    await drainLane("v2", { ...options, undo: false }, where());
    assert.deepEqual(weights(), ["v1 90", "v2 0", "v3 10"]);
    assert.equal(group().lanes[1]?.state, "draining");
    assert.match(shown.join("\n"), /clients that have the cookie of v2 keep it/);
    await drainLane("v2", { ...options, undo: true }, where());
    assert.equal(group().lanes[1]?.state, undefined);
  });

  it("drain: a lane that gets weight or is promoted no longer drains", async () => {
    await drainLane("v2", { ...options, undo: false }, where());
    await shiftWeights(["v2=5"], options, where());
    assert.deepEqual([group().lanes[1]?.state, weights()], [undefined, ["v1 85", "v2 5", "v3 10"]]);
    await drainLane("v3", { ...options, undo: false }, where());
    await promoteLane("v3", options, where());
    assert.deepEqual([group().lanes[2]?.state, group().baseline], [undefined, "v3"]);
  });

  it("retire: the lane goes with versions that no other uses, from services and workloads", async () => {
    await drainLane("v3", { ...options, undo: false }, where());
    await retireLane("v3", { ...options, workloads: true, now: false }, where());
    const { workloads } = config();
    assert.deepEqual(
      group().services.map(({ versions }) => versions),
      [["v1", "v2"], ["v1"], ["v1", "v2"]],
    );
    assert.deepEqual(
      workloads.map(({ versions }) => versions),
      [["v1", "v2"], ["v1"], ["v1", "v2"]],
    );
    assert.deepEqual(workloads[1]?.replicas, { v1: 2 });
    assert.match(shown.join("\n"), /the pods of mocka v3 and mockb v3 go, and with them the sockets/);
    await drainLane("v2", { ...options, undo: false }, where());
    await retireLane("v2", { ...options, workloads: false, now: false }, where());
    assert.deepEqual(config().workloads[2]?.versions, ["v1", "v2"]);
    assert.match(readFileSync(stackFile(), "utf8"), /# the canary\n$/);
  });

  it("retire: is refused while something is open in the lane, or a proxy does not answer", async () => {
    const retire = (flags: { now?: boolean; wait?: string }) =>
      retireLane("two", { ...options, workloads: true, now: false, ...flags }, where());
    const one = { asked: true, proxies: 9, silent: [], untold: [], open: [{ service: "chat", count: 3 }] } as const;
    open = [one];
    assert.match(
      await problems(retire({})),
      /open requests or sockets: 3 at chat[\s\S]*`--wait 600`, or cut them off with `--now`/,
    );
    open = [{ ...one, open: [], silent: ["chat-a.shop"] }];
    assert.match(await problems(retire({})), /no answer of 1 of 9 proxies: chat-a\.shop/);
    assert.match(await problems(retire({ wait: "5m" })), /--wait: got "5m"/);
    assert.match(await problems(retire({ wait: "5", now: true })), /--now is given too/);
    open = [one, { ...one, open: [] }];
    await retire({ wait: "60" });
    assert.match(told.join("\n"), /^open requests or sockets: 3 at chat; \d+ s are left$/);
    assert.match(shown.join("\n"), /nothing is open in lane two: 9 proxies were asked/);
    assert.deepEqual(
      group("chat").lanes.map(({ name }) => name),
      ["one"],
    );
  });

  it("retire: asks nobody with --now, and says so; and says why nobody was asked", async () => {
    open = [{ asked: true, proxies: 9, silent: [], untold: [], open: [{ service: "chat", count: 3 }] }];
    await retireLane("two", { ...options, dryRun: true, workloads: true, now: true }, where());
    assert.match(shown.join("\n"), /the proxies were not asked what is open in it \(--now\)/);
    open = [];
    await retireLane("two", { ...options, workloads: true, now: false }, where());
    assert.match(shown.join("\n"), /the cluster was not asked what is open in lane two: there is none/);
  });

  it("retire and drain: are refused for whoever still takes requests", async () => {
    assert.match(
      await problems(retireLane("v1", { ...options, workloads: true, now: false }, where())),
      /v1 is the baseline/,
    );
    assert.match(await problems(drainLane("v1", { ...options, undo: false }, where())), /v1 is the baseline/);
    assert.match(
      await problems(retireLane("v2", { ...options, workloads: true, now: false }, where())),
      /v2 has weight 30/,
    );
    assert.match(
      await problems(retireLane("v7", { ...options, group: "shop", workloads: true, now: false }, where())),
      /got "v7"/,
    );
    assert.match(await problems(promoteLane("v1x", { ...options, group: "shop" }, where())), /Did you mean v1\?/);
  });

  it("retire: is refused where what goes holds an anchor that another place uses", async () => {
    const text = weighted
      .replace('match: { headers: { x-tester: "yes" } }', "policy: &m { timeout: 5s }")
      .replace("weight: 60", "weight: 90")
      .replace("weight: 30", "weight: 0")
      .replace("{ name: v3, weight: 10 }", "{ name: v3, weight: 10, policy: *m }");
    writeFileSync(stackFile(), text);
    await assert.rejects(retireLane("v2", { ...options, workloads: true, now: true }, where()), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.match(error.message, /^the config cannot be edited by a command\n.*lanes\.1: it holds the anchor &m, /);
      return true;
    });
    assert.equal(readFileSync(stackFile(), "utf8"), text);
  });

  it("add: the lane, its version in lists and maps, with encrypted values and an image", async () => {
    const image = ["mockc=registry.example.com/shop/mockc:4.0.0"];
    await addLane("v4", { ...options, from: "v2", services: "mocka,mockc", image, header: ["x-tester: v4"] }, where());
    const { workloads } = config();
    assert.deepEqual(
      workloads.map(({ versions }) => versions),
      [
        ["v1", "v2", "v3", "v4"],
        ["v1", "v3"],
        ["v1", "v2", "v4"],
      ],
    );
    assert.deepEqual(workloads[2]?.ofVersions.v4?.image, "registry.example.com/shop/mockc:4.0.0");
    assert.match(
      readFileSync(stackFile(), "utf8"),
      /v4: \{ image: .*4\.0\.0, env: \{ KEY: \{ secure: v1:bbbb \} \} \}/,
    );
    const lane = group().lanes.at(-1);
    assert.deepEqual([lane?.name, lane?.weight, lane?.match.length], ["v4", undefined, 1]);
  });

  it("add: by weight 0 in a group with weights, with a share by --weight, and says what runs elsewhere", async () => {
    await addLane("v4", { ...options, from: "v3" }, where());
    assert.deepEqual(weights(), ["v1 60", "v2 30", "v3 10", "v4 0"]);
    await addLane("v5", { ...options, from: "v3", weight: "5" }, where());
    assert.deepEqual(weights(), ["v1 55", "v2 30", "v3 10", "v4 0", "v5 5"]);
    await addLane("three", { ...options, from: "two", version: "c" }, where());
    assert.match(shown.join("\n"), /the config runs no chat and store: pods with label version=c must be ready/);
    assert.match(readFileSync(join(folder, "chat.yaml"), "utf8"), /&versions \[a, b, c\]/);
  });

  it("add: is refused with what the config would get wrong, and writes nothing", async () => {
    const where0 = where();
    assert.match(await problems(addLane("v2", { ...options, from: "v1" }, where0)), /group shop has a lane "v2"/);
    assert.match(
      await problems(addLane("V4", { ...options, from: "v3" }, where0)),
      /after lanes add the config would be wrong[\s\S]*lanes\[3\]\.name/,
    );
    assert.match(
      await problems(addLane("v4", { ...options, from: "v3", header: ["x"], weight: "x", image: ["y"] }, where0)),
      /--header[\s\S]*--image[\s\S]*--weight/,
    );
  });

  it("add: like a version whose settings have several lines", async () => {
    const env = "env:\n            CERT: |\n              first\n              second\n            DAY: '2026-11-27'";
    writeFileSync(stackFile(), weighted.replace("env: { KEY: { secure: v1:bbbb } }", env));
    await addLane("v4", { ...options, from: "v2", services: "mockc" }, where());
    assert.match(readFileSync(stackFile(), "utf8"), /env: \{ CERT: "first\\nsecond\\n", DAY: "2026-11-27" \}/);
    assert.deepEqual(config().workloads[2]?.ofVersions.v4?.env, { CERT: "first\nsecond\n", DAY: "2026-11-27" });
  });

  it("add: is refused with an image or labels of a service of which the lane makes no new version", async () => {
    const image = ["mocka=registry.example.com/a:9", "mockc=registry.example.com/c:9"];
    const inUse = await problems(addLane("v4", { ...options, from: "v2", version: "v2", image }, where()));
    for (const service of ["mocka", "mockc"]) {
      assert.ok(
        inUse.includes(
          `  --image: the config runs ${service} v2 already\n` +
            "    expected: a service that the lane has a new version of\n" +
            `    fix: Choose another --version, or change what ${service} v2 is in the file.`,
        ),
        inUse,
      );
    }
    const left = { ...options, from: "v2", services: "mocka", image, labels: ["mockc:track=x", "mockb:track=x"] };
    const out = await problems(addLane("v4", left, where()));
    for (const [flag, service] of [
      ["--image", "mockc"],
      ["--labels", "mockc"],
      ["--labels", "mockb"],
    ]) {
      assert.ok(
        out.includes(
          `  ${flag}: lane v4 has no ${service} of its own\n` +
            "    expected: a service that the lane has a new version of\n" +
            `    fix: Name ${service} in --services too, or leave it out here.`,
        ),
        out,
      );
    }
    assert.equal(out.match(/ {4}fix: /g)?.length, 3, out);
    // What the lane is like has no mockb of its own.
    const like = await problems(
      addLane("v4", { ...options, from: "v2", image: ["mockb=registry.example.com/b:9"] }, where()),
    );
    assert.match(like, /--image: lane v4 has no mockb of its own/);
  });

  it("add: is refused with labels of a version that has labels already", async () => {
    const labels = "versionLabels: { v1: { track: stable }, v2: { track: canary } }";
    const text = weighted
      .replace(
        "{ name: mockc, port: 8000, versions: [v1, v2] }",
        `{ name: mockc, port: 8000, versions: [v1, v2], ${labels} }`,
      )
      .replace("    - name: mockc\n      image", "    - name: mockd\n      image");
    writeFileSync(stackFile(), text);
    const flags = { ...options, from: "v2", version: "v2", labels: ["mockc:track=next"] };
    await assert.rejects(
      addLane("v4", flags, where()),
      /--labels: mockc v2 has the labels track=canary already\n {4}expected: a service that the lane has a new version of/,
    );
    assert.equal(readFileSync(stackFile(), "utf8"), text);
  });

  it("add: is refused where a flag gives two values for one name", async () => {
    const flags = {
      image: ["mocka=a:1", "mocka=a:2"],
      labels: ["mockb:a=1", "mockb:b=1", "mockc:a=1,a=2"],
      header: ["x-a: 1", "x-a: 2"],
      cookie: ["a=1", "a=2"],
    };
    const message = await problems(addLane("v4", { ...options, from: "v3", ...flags }, where()));
    for (const [flag, name] of [
      ["--image", "mocka"],
      ["--labels", "mockb"],
      ["--labels", "a"],
      ["--header", "x-a"],
      ["--cookie", "a"],
    ]) {
      assert.ok(message.includes(`  ${flag}: ${name} is named twice\n`), message);
    }
  });

  it("names the group where several have the lane", async () => {
    writeFileSync(join(folder, "chat.yaml"), chat.replaceAll("two", "v2"));
    await assert.rejects(promoteLane("v2", options, where()), /lane v2 is in shop, chat/);
    await assert.rejects(promoteLane("v9", options, where()), /no group has lane v9/);
  });

  it("asks before it writes; without a terminal it writes nothing", async () => {
    const unsure = { ...options, yes: false };
    assert.match(await problems(promoteLane("v2", unsure, where())), /nobody can be asked here[\s\S]*--yes/);
    assert.deepEqual(shown, []);
    await promoteLane("v2", unsure, where(false));
    assert.deepEqual([asked, readFileSync(stackFile(), "utf8")], [["\nWrite Pulumi.dev.yaml?"], weighted]);
    await promoteLane("v2", unsure, where(true));
    assert.equal(group().baseline, "v2");
  });

  it("--dry-run writes nothing, --json is one document", async () => {
    await promoteLane("v2", { ...options, yes: false, dryRun: true }, where());
    assert.equal(readFileSync(stackFile(), "utf8"), weighted);
    assert.match(
      shown.join("\n"),
      /- {6}baseline: v1 # until v2 is proven\n\+ {6}baseline: v2 # until v2 is proven[\s\S]*nothing was written/,
    );
    shown = [];
    await promoteLane("v2", { ...options, json: true }, where());
    const [text = "", ...more] = shown;
    const json = JSON.parse(text);
    assert.deepEqual(more, []);
    assert.deepEqual(
      [json.format, json.command, json.group, json.written, json.report.format],
      ["mesh-lanes/change/1", "promote", "shop", true, "mesh-lanes/diff/1"],
    );
  });

  it("are refused for files that are not UTF-8, and keep a byte order mark", async () => {
    for (const [name, text] of [
      ["Pulumi.dev.yaml", weighted],
      ["chat.yaml", chat],
    ] as const) {
      const bytes = Buffer.from(`# f\u00fcr alle\n${text}`, "latin1");
      writeFileSync(join(folder, name), bytes);
      await assert.rejects(
        promoteLane("v2", options, where()),
        /not in UTF-8: line 1\n.*\n {4}fix: Save it as UTF-8\./,
      );
      assert.deepEqual(readFileSync(join(folder, name)), bytes);
      writeFileSync(join(folder, name), `\ufeff${text}`);
    }
    await promoteLane("v2", options, where());
    await promoteLane("two", options, where());
    assert.match(readFileSync(stackFile(), "utf8"), /^\ufeff# a stack\n/);
    assert.match(readFileSync(join(folder, "chat.yaml"), "utf8"), /^\ufefflaneGroups:\n/);
  });

  it("keeps the file's rights and its link", async () => {
    mkdirSync(join(folder, "real"));
    const real = join(folder, "real", "stack.yaml");
    writeFileSync(real, weighted);
    chmodSync(real, 0o640);
    rmSync(stackFile());
    symlinkSync(real, stackFile());
    await promoteLane("v2", options, where());
    assert.equal(statSync(real).mode & 0o777, 0o640);
    assert.match(readFileSync(real, "utf8"), /baseline: v2/);
    assert.deepEqual(readdirSync(join(folder, "real")), ["stack.yaml"]);
  });
});
