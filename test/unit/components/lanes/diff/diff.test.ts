import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { diffLanes } from "../../../../../components/lanes/diff/diff";
import { type DiffReport, diffReportJsonSchema } from "../../../../../components/lanes/diff/report";
import type { RefusedBy } from "../../../../../components/lanes/diff/sides";
import { type LaneGroupInput, laneGroupSchema } from "../../../../../components/lanes/spec";
import { allowedCalls } from "../../../../../components/security/calls";
import { projectRoot } from "../../../../../tools/paths";
import { s2Input, s4Input } from "../fixtures";
import { randomPairs } from "./pairs";
import { side, sideOf } from "./sides";

const diffOf = (before: readonly LaneGroupInput[], after: readonly LaneGroupInput[]): DiffReport =>
  diffLanes(sideOf("main", ...before), sideOf("branch", ...after));

/** `risk kind: text` of every change. */
const told = ({ changes }: DiffReport) => changes.map(({ risk, kind, text }) => `${risk} ${kind}: ${text}`);

describe("diffLanes", () => {
  it("says that nothing changes where nothing does", () => {
    const report = diffOf([s2Input, s4Input], [s2Input, s4Input]);
    assert.deepEqual(report.verdict, { risk: null, text: "Nothing changes: the same lanes, routes and policies." });
    assert.deepEqual([report.changes, report.moves, report.tables], [[], [], { before: [], after: [] }]);
  });

  it("tells which share moves, with a request that shows it, hop by hop", () => {
    const weights = [10, 60, 30];
    const lanes = s4Input.lanes.map((lane, index) => ({ ...lane, weight: weights[index] ?? 0 }));
    const report = diffOf([s4Input], [{ ...s4Input, lanes }]);
    assert.deepEqual(told(report), [
      "care moved: 30 % of the requests that name no lane: v1 40 % -> 10 % and v2 30 % -> 60 %",
    ]);
    assert.equal(
      report.verdict.text,
      "shop: 30 % of the requests that name no lane: v1 40 % -> 10 % and v2 30 % -> 60 %. 1 change: 1 to look at.",
    );
    const [region, ...others] = report.moves[0]?.regions ?? [];
    assert.deepEqual(others, []);
    assert.equal(region?.moved, 30);
    assert.equal(region?.witness?.curl, "curl -H 'host: lane.example.com' 'http://GATEWAY/'");
    const hops = report.routes.after[region?.after ?? ""]?.outcomes.map(({ lane, weight, hops: way }) => [
      ...[lane, weight],
      ...way.map(({ service, version, reason }) => `${service} ${version} ${reason}`),
    ]);
    assert.deepEqual(hops, [
      ["v1", 10, "mocka v1 own", "mockb v1 own", "mockc v1 own"],
      ["v2", 60, "mocka v2 own", "mockb v1 fallback", "mockc v2 own"],
      ["v3", 30, "mocka v3 own", "mockb v3 own", "mockc v1 fallback"],
    ]);
  });

  it("tells the share that moves where answers begin to set a cookie, and that no request moves where they only do that", () => {
    const unshared = { ...s4Input, lanes: s4Input.lanes.map(({ weight: _weight, ...lane }) => lane) };
    const shared = (...weights: number[]) => ({
      ...s4Input,
      lanes: s4Input.lanes.map((lane, index) => ({ ...lane, weight: weights[index] ?? 0 })),
    });
    assert.deepEqual(told(diffOf([unshared], [shared(90, 10, 0)])).slice(0, 1), [
      "care moved: 10 % of the requests that name no lane: lane v1 -> v1 90 % and v2 10 %",
    ]);
    const { changes, moves } = diffOf([unshared], [shared(100, 0, 0)]);
    const cookie = changes.find(({ kind }) => kind === "cookie");
    assert.equal(cookie?.text, "answers to requests that name no lane set the cookie that keeps a client in its lane");
    assert.equal(moves[cookie.move ?? -1]?.regions[0]?.moved, 0);
  });

  it("leads with what the risk is of: the worst move, or what is worse than any", () => {
    const other = (name: string, lanes = s2Input.lanes): LaneGroupInput => ({
      ...{ ...s2Input, name, lanes },
      entry: { ...s2Input.entry, hosts: [`${name}.example.com`] },
    });
    const shop = { ...s4Input, entry: { ...s4Input.entry, hosts: ["shop.example.com"] } };
    const goes = diffOf([other("web")], [shop]);
    assert.equal(goes.verdict.risk, "danger");
    assert.match(goes.verdict.text, /^web: requests .* -> 404, no rule fits them any more, and \d+ more moves\. /);
    const last = (version: string) => s2Input.lanes.map((lane, index) => (index === 2 ? { ...lane, version } : lane));
    const inPlace = diffOf([other("web", last("v3"))], [other("web", last("v2")), shop]);
    assert.equal(inPlace.verdict.risk, "danger");
    assert.match(inPlace.verdict.text, /^web: strict lane s3 changes its version in place, and \d+ moves\. /);
  });

  it("leads with a group that goes, and leaves what to do about its workloads to the list", () => {
    const workloads = s4Input.services.map(({ name }) => ({ name, namespace: "default", versions: ["v1", "v2"] }));
    const at = (name: string, host: string) =>
      laneGroupSchema.parse({ ...s4Input, name, lanes: [{ name: "v1" }], entry: { ...s4Input.entry, hosts: [host] } });
    // The first group takes all requests of the host, so that nobody enters the one that goes.
    const [first, unseen, comes] = [
      at("first", "a.example.com"),
      at("unseen", "a.example.com"),
      at("new", "b.example.com"),
    ];
    const report = diffLanes(
      side("main", [first, unseen], { workloads }),
      side("branch", [first, comes], { workloads }),
    );
    assert.match(report.verdict.text, /^unseen: lane group unseen goes, and 1 move\. /);
    const gone = report.changes.find(({ kind }) => kind === "group-removed");
    assert.match(gone?.text ?? "", /its workloads stay: .* first\.$/);
  });

  it("tells apart what a new rule takes from other rules and what it takes from none", () => {
    const hosts = ["web.example.com"];
    const report = diffOf([{ ...s2Input, name: "web", entry: { ...s2Input.entry, hosts } }], [s4Input]);
    const kinds = new Set(report.changes.flatMap(({ kind, move }) => (move === null ? [] : [kind])));
    assert.deepEqual(kinds, new Set(["moved", "newly-routed"]));
    assert.match(
      report.verdict.text,
      /^shop: requests with x-asm-prefer-tag: s1, path \/mock to web\.example\.com: lane s1 -> /,
    );
  });

  it("tells which requests find no route any more, and which now find one", () => {
    const [s1, s2] = s2Input.lanes;
    assert.ok(s1 && s2);
    const gone = diffOf([s2Input], [{ ...s2Input, lanes: [s1, s2] }]);
    assert.deepEqual(told(gone), [
      "danger lost: requests with x-asm-prefer-tag: s3, path /mock: lane s3 -> 404, no rule fits them any more",
      ...["mocka", "mockb", "mockc"].map((service) => `note unused-version: ${service} v3: no lane uses it any more`),
    ]);
    const back = diffOf([{ ...s2Input, lanes: [s1, s2] }], [s2Input]);
    assert.deepEqual(told(back), ["note newly-routed: requests with x-asm-prefer-tag: s3, path /mock: 404 -> lane s3"]);
  });

  it("tells a new lane as one move, however many rules it takes requests from", () => {
    const match = { headers: { "x-user": { prefix: "qa-" } } };
    const lanes = [...s4Input.lanes, { name: "v4", version: "v3", match }];
    const report = diffOf([s4Input], [{ ...s4Input, lanes }]);
    assert.equal(report.moves.length, 1);
    const [move] = report.moves;
    assert.equal(move?.text, "requests with x-user: qa-…: v1 40 %, v2 30 % and v3 30 % -> lane v4");
    // By weights, and out of each lane that a cookie keeps clients in.
    assert.deepEqual(
      move?.regions.map(({ before }) => before),
      ["shop/entry", "shop/entry/v1/cookie", "shop/entry/v2/cookie", "shop/entry/v3/cookie"],
    );
    assert.ok(move?.regions.every(({ witness }) => witness?.headers["x-user"]?.startsWith("qa-")));
  });

  it("tells rules that nobody can enter", () => {
    const early = { name: "early", version: "v2", match: { path: { prefix: "/m" } } };
    const late = { name: "late", version: "v3", match: { path: { prefix: "/mock" } } };
    const report = diffOf([s4Input], [{ ...s4Input, lanes: [...s4Input.lanes, early, late] }]);
    assert.ok(
      told(report).includes(
        "care dead-rule: nobody can enter by rule shop/entry/late: rule shop/entry/early takes them first",
      ),
      told(report).join("\n"),
    );
  });

  describe("unsafe order", () => {
    const order = (report: DiffReport) => told(report).filter((text) => text.includes(" order:"));

    it("of a strict group without a baseline, when one lane comes and another goes", () => {
      const services = s2Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3", "v4"] }));
      const before = { ...s2Input, services };
      const swapped = (version: string) => {
        const lanes = s2Input.lanes.map((lane) => (lane.name === "s3" ? { name: "s4", version } : lane));
        return order(diffOf([before], [{ ...before, lanes }])).join("\n");
      };
      assert.match(
        swapped("v4"),
        /^danger order: lane s4 comes and lane s3 goes in one update: .* find no route .* Make two updates/,
      );
      // With the versions of the other it has the same routes between services.
      assert.equal(swapped("v3"), "");
    });

    it("of a strict lane whose version changes in place", () => {
      const services = s2Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3", "v4"] }));
      const lanes = s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, version: "v4" } : lane));
      const before = { ...s2Input, services };
      assert.match(
        order(diffOf([before], [{ ...before, lanes }])).join("\n"),
        /^danger order: strict lane s3 changes its version in place \(mocka v3 -> v4, mockb v3 -> v4 and mockc v3 -> v4\)/,
      );
    });

    it("of a permissive group is no danger, and of lanes that only come or go it is none at all", () => {
      const lanes = s4Input.lanes.map((lane) => (lane.name === "v3" ? { ...lane, name: "v4", version: "v3" } : lane));
      assert.match(order(diffOf([s4Input], [{ ...s4Input, lanes }])).join("\n"), /^care order: /);
      assert.deepEqual(order(diffOf([s2Input], [{ ...s2Input, lanes: s2Input.lanes.slice(0, 2) }])), []);
    });
  });

  it("tells holes that come, holes that are filled, and what answers when pods are down", () => {
    const services = s4Input.services.map((service) => {
      if (service.name === "mockb") return { ...service, versions: ["v1", "v2"] };
      return service.name === "mocka" ? { ...service, fallback: false } : service;
    });
    const lines = told(diffOf([s4Input], [{ ...s4Input, services }]));
    for (const expected of [
      "care fallback: lane v3 has no mockb of its own any more: it takes that of the baseline v1",
      "note fallback: lane v2 now has its own mockb, and no longer falls back",
      "care runtime-fallback: mocka and mockb: the baseline no longer answers when a lane's pods are down",
    ]) {
      assert.ok(lines.includes(expected), lines.join("\n"));
    }
  });

  it("tells another baseline, and another version of it", () => {
    const other = told(
      diffOf(
        [s4Input],
        [
          {
            ...s4Input,
            baseline: "v3",
            services: s4Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3"] })),
          },
        ],
      ),
    );
    assert.ok(
      other.some((text) => text.startsWith("care baseline: the baseline is v3, not v1 any more")),
      other.join("\n"),
    );
    const lanes = s4Input.lanes.map((lane) => (lane.name === "v1" ? { ...lane, versions: { mockb: "v3" } } : lane));
    const moved = told(diffOf([s4Input], [{ ...s4Input, lanes }]));
    assert.ok(
      moved.some((text) => text.startsWith("care baseline: the baseline v1 changes: mockb v1 -> v3")),
      moved.join("\n"),
    );
    assert.ok(moved.includes("note unused-version: mockb v1: no lane uses it any more"), moved.join("\n"));
  });

  it("names of several lanes by weight those that go another way, and no others", () => {
    const services = s4Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3"] }));
    const before = {
      ...s4Input,
      services: services.map((one) => (one.name === "mockb" ? { ...one, versions: ["v1", "v3"] } : one)),
    };
    const [first] = told(diffOf([before], [{ ...s4Input, services }]));
    assert.equal(first, "care moved: 30 % of the requests that name no lane: lane v2 another way: mockb v1 -> v2");
    const rewritten = {
      ...s4Input,
      entry: { ...s4Input.entry, routes: [{ service: "mocka", path: { prefix: "/a" }, name: "a", rewrite: "/b" }] },
    };
    const plain = {
      ...s4Input,
      entry: { ...s4Input.entry, routes: [{ service: "mocka", path: { prefix: "/a" }, name: "a" }] },
    };
    const all = told(diffOf([plain], [rewritten])).join("\n");
    assert.match(all, /lane v1, v2 and v3 another way: the path rewritten/);
  });

  it("tells whose sockets drain: of a change of listeners, not of a promotion", () => {
    const drains = (report: DiffReport) => told(report).filter((text) => text.includes(" drain:"));
    const weights = s4Input.lanes.map((lane) => ({ ...lane, weight: lane.name === "v2" ? 100 : 0 }));
    assert.deepEqual(drains(diffOf([s4Input], [{ ...s4Input, lanes: weights }])), []);
    const scoped = drains(diffOf([s4Input], [{ ...s4Input, scope: { egress: [] } }]));
    assert.ok(
      scoped.some((text) => text.includes("default/app=mocka")),
      scoped.join("\n"),
    );
  });

  it("tells which calls policies will refuse or allow, and whose listeners that changes", () => {
    const gateway = { namespace: "istio-system", account: "*", labels: {} };
    const calls = (...inputs: LaneGroupInput[]) =>
      allowedCalls({
        laneGroups: inputs.map((input) => laneGroupSchema.parse(input)),
        workloads: [],
        allow: [],
        gateway,
      });
    const services = s4Input.services.map((one) =>
      one.name === "mocka" ? { ...one, calls: ["mockb", "mockc"] } : one,
    );
    const wider = { ...s4Input, services };
    const [narrow, wide] = [
      side("main", [laneGroupSchema.parse(s4Input)], { calls: calls(s4Input) }),
      side("branch", [laneGroupSchema.parse(wider)], { calls: calls(wider) }),
    ];
    const drain =
      "care drain: open sockets of default/mockc drain (Istio: 45 s): its policies change, and with them its listeners";
    const allowed = told(diffLanes(narrow, wide));
    assert.ok(
      allowed.includes("note allowed-call: the call default/mocka -> default/mockc will be allowed"),
      allowed.join("\n"),
    );
    assert.ok(allowed.includes(drain), allowed.join("\n"));
    const refused = told(diffLanes(wide, narrow));
    assert.ok(
      refused.includes("care refused-call: the call default/mocka -> default/mockc will be refused (403)"),
      refused.join("\n"),
    );
    const open = { ...wide, calls: undefined };
    assert.ok(
      told(diffLanes(wide, open)).includes("care policies: policies go: any pod may call any other from now on"),
    );
    assert.ok(
      told(diffLanes(open, wide)).includes("care policies: policies come: only declared calls are allowed from now on"),
    );
  });

  it("lists what policies refuse and allow, and whose sockets drain, where they come or go as a whole", () => {
    const call = (from: string, to: string) => ({
      from: { namespace: "default", account: from, labels: {} },
      to: { namespace: "default", service: to, labels: {} },
    });
    const workload = (name: string) => ({ name, namespace: "default", versions: ["v1"] });
    const workloads = [workload("mocka"), workload("mockb"), workload("batch")];
    const open = side("main", [], { workloads });
    const calls = [call("mocka", "mockb"), call("mockb", "outside"), call("mockb", "new")];
    const closed = side("branch", [], { workloads: [...workloads, workload("new")], calls });
    const services = ["batch", "mocka", "mockb", "outside"].map((name) => `default/${name}`);
    const drains = services.map(
      (name) =>
        `care drain: open sockets of ${name} drain (Istio: 45 s): its policies change, and with them its listeners`,
    );
    // Of a service that comes with them no socket is open, and nobody called it before.
    assert.deepEqual(told(diffLanes(open, closed)), [
      "care policies: policies come: only declared calls are allowed from now on",
      "care refused-call: every call of default/batch will be refused (403)",
      "care refused-call: every call of default/mocka will be refused (403)",
      "care refused-call: calls of default/mockb by others than default/mocka will be refused (403)",
      "care refused-call: calls of default/outside by others than default/mockb will be refused (403)",
      ...drains,
    ]);
    assert.deepEqual(told(diffLanes(closed, open)), [
      "care policies: policies go: any pod may call any other from now on",
      ...drains,
      "note allowed-call: every call of default/batch will be allowed",
      "note allowed-call: every call of default/mocka will be allowed",
      "note allowed-call: calls of default/mockb by others than default/mocka will be allowed",
      "note allowed-call: calls of default/outside by others than default/mockb will be allowed",
    ]);
  });

  const one = (to: string) => ({
    from: { namespace: "default", account: "mocka", labels: {} },
    to: { namespace: "default", service: to, labels: {} },
  });
  const workloads = ["mocka", "mockb"].map((name) => ({ name, namespace: "default", versions: ["v1"] }));

  it("says what a refused call gets: 403 by authorization, no answer by network policies, which no listener has a part of", () => {
    const open = side("main", [], { workloads });
    const by = (...refusedBy: readonly RefusedBy[]) =>
      told(diffLanes(open, side("branch", [], { workloads, calls: [one("mockb")], refusedBy })));
    const network = "where the network enforces policies";
    assert.deepEqual(by("network"), [
      `care policies: policies come: only declared calls are allowed from now on, ${network}`,
      `care refused-call: every call of default/mocka will get no answer, ${network}`,
      `care refused-call: calls of default/mockb by others than default/mocka will get no answer, ${network}`,
    ]);
    const both = by("authorization", "network");
    assert.ok(
      both.includes(`care refused-call: every call of default/mocka will be refused (403, or no answer ${network})`),
      both.join("\n"),
    );
    assert.ok(both.some((text) => text.startsWith("care drain: open sockets of default/mocka drain (Istio: 45 s)")));
  });

  it("tells a call that is no longer declared in the same way", () => {
    const with_ = (...calls: readonly string[]) =>
      side("any", [], { workloads, calls: calls.map(one), refusedBy: ["network"] });
    assert.deepEqual(told(diffLanes(with_("mockb", "mocka"), with_("mockb"))), [
      "care refused-call: the call default/mocka -> default/mocka will get no answer, where the network enforces policies",
    ]);
    assert.deepEqual(told(diffLanes(with_("mockb"), with_("mockb", "mocka"))), [
      "note allowed-call: the call default/mocka -> default/mocka will be allowed",
    ]);
  });

  it("tells that authorization comes or goes beside network policies, which not every network enforces", () => {
    const by = (...refusedBy: readonly RefusedBy[]) => side("any", [], { workloads, calls: [one("mockb")], refusedBy });
    const drains = ["mocka", "mockb"].map(
      (name) =>
        `care drain: open sockets of default/${name} drain (Istio: 45 s): its policies change, and with them its listeners`,
    );
    assert.deepEqual(told(diffLanes(by("network"), by("authorization", "network"))), [
      "care policies: authorization comes: a call that nobody declared gets 403 from now on, whatever the network enforces",
      ...drains,
    ]);
    assert.deepEqual(told(diffLanes(by("authorization", "network"), by("network"))), [
      "care policies: authorization goes: a call that nobody declared is refused only where the network enforces policies",
      ...drains,
    ]);
  });
});

describe("versions that run something else", () => {
  const group = laneGroupSchema.parse(s4Input);
  const running = (image: string, others = "{}") => [
    {
      name: "mockc",
      namespace: group.namespace,
      versions: ["v1", "v2"],
      pods: {
        source: `${image} ${others}`,
        of: (version: string) => ({
          labels: {},
          ...(version === "v1" ? { image, others } : { image: "b:1", others: "{}" }),
        }),
      },
    },
  ];
  const seen = (before: ReturnType<typeof running>, after: ReturnType<typeof running>, groups = [group]) =>
    told(diffLanes(side("main", groups, { workloads: before }), side("branch", groups, { workloads: after })));

  it("are named with the lanes that meet them, though no request changes its route", () => {
    assert.deepEqual(seen(running("a:1"), running("a:2")), ["care pods: mockc v1 runs a:2, not a:1: lanes v1 and v3"]);
    const report = diffLanes(
      side("main", [group], { workloads: running("a:1") }),
      side("branch", [group], { workloads: running("a:2") }),
    );
    assert.equal(report.verdict.text, "No request changes its route. 1 change: 1 to look at.");
    assert.deepEqual(report.changes[0]?.group, group.name);
  });

  it("are named when their pods change otherwise", () => {
    const [line] = seen(running("a:1"), running("a:1", '{"env":[]}'));
    assert.equal(
      line,
      "care pods: mockc v1 has other variables, probes or pod settings, so its pods are replaced: lanes v1 and v3",
    );
  });

  it("are named with the drain of the pods that stop, also where a version goes", () => {
    const draining = (image: string, drainSeconds: number, versions = ["v1", "v2"]) =>
      running(image).map(({ pods, ...workload }) => ({
        ...{ ...workload, versions },
        pods: { source: pods.source, of: (version: string) => ({ ...pods.of(version), drainSeconds }) },
      }));
    assert.deepEqual(seen(draining("a:1", 15), draining("a:2", 60)), [
      "care pods: mockc v1 runs a:2, not a:1: lanes v1 and v3; open sockets of its old pods drain for 15 s before the app is stopped",
    ]);
    const goes = "mockc v2 goes; open sockets of its old pods drain for 15 s before the app is stopped";
    const one = draining("a:1", 60, ["v1"]);
    assert.deepEqual(seen(draining("a:1", 15), one), [`care pods: ${goes}`]);
    assert.deepEqual(seen(draining("a:1", 15), one, []), [`note pods: ${goes}`]);
    assert.deepEqual(seen(running("a:1"), [], []), ["note pods: mockc v1 goes", "note pods: mockc v2 goes"]);
  });

  it("are harmless where no lane uses them, and nothing where all is the same", () => {
    assert.deepEqual(seen(running("a:1"), running("a:2"), []), [
      "note pods: mockc v1 runs a:2, not a:1: no lane uses it",
    ]);
    assert.deepEqual(seen(running("a:1"), running("a:1")), []);
  });
});

describe("a lane group that goes", () => {
  const group = laneGroupSchema.parse(s4Input);
  const running = (versions: string[]) => [{ name: "mocka", namespace: group.namespace, versions }];
  const removed = (workloads: ReturnType<typeof running>) =>
    told(diffLanes(side("main", [group], { workloads }), side("branch", [], { workloads })));

  it("says which versions its callers get, and how to stay with the baseline, where its workloads stay", () => {
    assert.match(
      removed(running(["v1", "v2"])).join("\n"),
      /^care group-removed: lane group shop goes and its workloads stay: .* versions of mocka \(v1, v2\)\. .*`baseline: v1`/m,
    );
  });

  it("says only that it goes where nothing of it gets mixed", () => {
    for (const workloads of [[], running(["v1"])]) {
      assert.ok(removed(workloads).includes("care group-removed: lane group shop goes"), removed(workloads).join("\n"));
    }
  });
});

describe("docs/lanes-diff.schema.json", () => {
  const committed: object = JSON.parse(readFileSync(join(projectRoot, "docs", "lanes-diff.schema.json"), "utf8"));

  it("is what the code gives (else: write diffReportJsonSchema() to it)", () => {
    assert.deepEqual(committed, diffReportJsonSchema());
  });

  it("holds for reports of random changes, and the same change gives the same bytes", () => {
    const valid = new Ajv({ allErrors: true }).compile(committed);
    for (const { before, after } of randomPairs(4, 20)) {
      const report = diffLanes(side("before", before), side("after", after));
      const text = JSON.stringify(report);
      assert.doesNotMatch(report.verdict.text, /\.[.,]/);
      assert.ok(valid(JSON.parse(text)), JSON.stringify(valid.errors));
      assert.equal(JSON.stringify(diffLanes(side("before", before), side("after", after))), text);
    }
    assert.equal(valid({ format: "mesh-lanes/diff/1" }), false);
  }).timeout(120_000);
});
