import assert from "node:assert/strict";
import { type ExplainOptions, explainRequest } from "../../../cli/explain";
import { explain } from "../../../components/lanes/explain";
import type { LaneGroup } from "../../../components/lanes/spec";
import { pins } from "../../../tools/toolchain/pins";
import { UserError } from "../../../tools/user-error";
import { s1, s2, s4 } from "../components/lanes/fixtures";
import { problemsOf } from "../problems-of";

const options: ExplainOptions = { stack: "dev", host: "a.com", path: "/mock", method: "GET", json: false };

/** The config of a stack with these groups, on the newest mesh. */
const stack = (...laneGroups: LaneGroup[]) => ({ laneGroups, mesh: { version: pins.istio } });

describe("explainRequest", () => {
  it("prints the explanation and says that there is a route", () => {
    const { text, routed } = explainRequest({ ...options, header: ["X-Asm-Prefer-Tag:s2"] }, () => stack(s2));
    assert.equal(routed, true);
    assert.match(text, /^GET a\.com\/mock at gateway istio-system\/ingressgateway\ngroup test, rule test\/entry\/s2: /);
  });

  it("says that there is no route, and which conditions did not hold", () => {
    const { text, routed } = explainRequest({ ...options, header: ["x-asm-prefer-tag: s9"] }, () => stack(s2));
    assert.equal(routed, false);
    assert.ok(text.includes('test/entry/s1  header x-asm-prefer-tag is "s9", not "s1"'), text);
  });

  it("prints the very explanation as JSON", () => {
    const { text } = explainRequest({ ...options, json: true, cookie: ["mesh-lane-shop=v2"] }, () => stack(s4));
    const cookies = { "mesh-lane-shop": "v2" };
    const expected = explain([s4], { host: "a.com", path: "/mock", cookies });
    // JSON has no undefined.
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(expected)));
  });

  it("compares repeated headers as the proxies of the stack's mesh do", () => {
    const header = ["x-asm-prefer-tag: s1", "x-asm-prefer-tag: s2"];
    const at = (version: string) =>
      explainRequest({ ...options, header }, () => ({ laneGroups: [s2], mesh: { version } }));
    assert.equal(at("1.31.0").routed, true);
    assert.equal(at("1.29.1").routed, false);
    assert.ok(at("1.29.1").text.includes('header x-asm-prefer-tag is "s1,s2", not "s1"'), at("1.29.1").text);
  });

  it("says that swimlanes of ASM name their routes themselves, in the text only", () => {
    const swimlanes = { ...s2, asmWay: "swimlanes" } as const;
    const textOf = (group: typeof s2, json = false) =>
      explainRequest({ ...options, json, header: ["x-asm-prefer-tag:s2"] }, () => stack(group)).text;
    const note = "\n\nRULE is the plan's name: on ASM the routes of swimlanes have names that ASM gives them.";
    assert.equal(textOf(swimlanes), textOf(s2) + note);
    assert.equal(textOf(swimlanes, true), textOf(s2, true));
  });

  it("says where nobody knows whether a swimlane's policy is in force: at a gateway whose routes ASM makes", () => {
    const swimlanes = { asmWay: "swimlanes", asmPatches: true, policy: { timeout: "5s" } } as const;
    const textOf = (group: typeof s2, header: string) =>
      explainRequest({ ...options, header: [header] }, () => stack(group)).text;
    const strict = textOf({ ...s2, ...swimlanes }, "x-asm-prefer-tag:s2");
    assert.ok(strict.includes("\n  gateway -> mocka: timeout 5s\n  mocka -> mockb: timeout 5s\n"), strict);
    const note =
      "\nWhether ASM lays the policy of gateway -> mocka over the gateway's route is in no document: try it out (docs/asm.md).";
    assert.ok(strict.endsWith(note), strict);
    // Without a policy, and where the gateway's route is the product's own, there is nothing to try out.
    const { policy: _, ...none } = swimlanes;
    assert.ok(!textOf({ ...s2, ...none }, "x-asm-prefer-tag:s2").includes("try it out"));
    const own = textOf({ ...s1, ...swimlanes }, "version: v2");
    assert.ok(own.includes("gateway -> wsk-svc: timeout 5s") && !own.includes("try it out"), own);
  });

  it("takes the gateway of the first group, or the one that is named", () => {
    const at = (gateway?: string) => explainRequest({ ...options, gateway }, () => stack(s4, s1)).text.split("\n")[1];
    assert.match(at() ?? "", /^group shop,/);
    assert.match(at("default/ws-gateway") ?? "", /^group ws,/);
  });

  it("finds the gateway by the host, and says when another serves it too", () => {
    const at = (gateway: string, hosts: string[], group = s1) => ({
      ...group,
      entry: { ...group.entry, gateway, hosts },
    });
    const groups = [
      at("shop/one", ["a.example.com", "shared.example.com"]),
      at("shop/two", ["b.example.com", "SHARED.example.com"]),
      at("shop/three", ["*.example.com"]),
    ];
    const textFor = (host: string, gateway?: string) =>
      explainRequest({ ...options, path: "/", host, gateway }, () => stack(...groups)).text;
    assert.match(textFor("a.example.com"), /^GET a\.example\.com\/ at gateway shop\/one\ngroup ws,/);
    assert.match(textFor("b.example.com:8080"), /at gateway shop\/two\ngroup ws,/);
    assert.match(textFor("c.example.com"), /at gateway shop\/three\ngroup ws,/);
    assert.match(textFor("other.org"), /at gateway shop\/one\n404 no route: no lane group of gateway shop\/one/);
    const shared = /at gateway shop\/one\n[\s\S]*\n\nGateway shop\/two also serves this host: name it with --gateway/;
    assert.match(textFor("shared.example.com"), shared);
    assert.doesNotMatch(textFor("shared.example.com", "shop/two"), /also serves/);
  });

  it("fails with every problem at once, those of the stack too", () => {
    const missing = { path: "--stack", got: 'got "x"', expected: "a stack", fix: "Name one." };
    const noStack = () => {
      throw new UserError("no stack", [missing]);
    };
    const flags = { ...options, host: undefined, path: "mock", method: "get", header: ["x"], cookie: ["y"] };
    const problems = problemsOf(() => explainRequest(flags, noStack));
    assert.deepEqual(
      problems.map((problem) => problem.path),
      ["--host", "--path", "--method", "--header", "--cookie", "--stack"],
    );
    assert.deepEqual(
      problemsOf(() => explainRequest(options, noStack)),
      [missing],
    );
  });

  it("fails for a gateway that no group has", () => {
    const gateway = "istio-system/ingresgateway";
    assert.deepEqual(
      problemsOf(() => explainRequest({ ...options, gateway }, () => stack(s4, s2, s1))),
      [
        {
          path: "--gateway",
          got: 'got "istio-system/ingresgateway"',
          expected: "istio-system/ingressgateway, default/ws-gateway",
          fix: "Did you mean istio-system/ingressgateway?",
        },
      ],
    );
  });

  it("fails for a stack without lane groups", () => {
    assert.throws(
      () => explainRequest(options, () => stack()),
      new UserError("stack dev has no lane group to explain"),
    );
  });

  it("fails as it is for what is not the user's", () => {
    const bug = new TypeError("bug");
    const broken = () => {
      throw bug;
    };
    assert.throws(() => explainRequest({ ...options, host: "" }, broken), bug);
  });
});
