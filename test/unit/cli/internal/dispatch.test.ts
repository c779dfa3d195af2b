import assert from "node:assert/strict";
import { dispatch, parse } from "../../../../cli/internal/dispatch";
import { isVerb } from "../../../../cli/internal/requests";
import { silentReporter } from "../../../../tools/report/reporter";
import { UserError } from "../../../../tools/user-error";

describe("internal verbs", () => {
  it("read their request and leave out what they do not need", () => {
    const text = '{"kind":"embedded","name":"lanes","apps":["a"],"refs":["r"],"identity":"i"}';
    assert.deepEqual(parse("images-apply", text), { kind: "embedded", name: "lanes", apps: ["a"], refs: ["r"] });
  });

  for (const [title, verb, text, paths] of [
    ["a kind and a name that are missing, both at once", "node-apply", "{}", ["kind", "name"]],
    ["an unknown kind", "node-inspect", '{"kind":"moon","name":"x"}', ["kind"]],
    [
      "apps without their references",
      "images-apply",
      '{"kind":"embedded","name":"x","apps":["a"],"refs":[]}',
      ["(the whole)"],
    ],
    ["a cluster in no mesh", "membership-apply", '{"meshId":"","clusterId":"c"}', ["meshId"]],
    ["a wait for nobody", "dataplane-apply", "{}", ["kubeconfig", "labels"]],
    [
      "a gateway without pods and ports",
      "gateway-apply",
      '{"gateway":""}',
      ["kubeconfig", "gateway", "replicas", "ports"],
    ],
    ["no object", "node-delete", "7", ["(the whole)"]],
    ["a certificate for nobody", "certificate-apply", '{"name":"x","hosts":[],"days":0}', ["hosts", "days"]],
  ] as const) {
    it(`fails on ${title}`, () => {
      assert.throws(
        () => parse(verb, text),
        (error) => error instanceof UserError && error.problems.map((problem) => problem.path).join() === paths.join(),
      );
    });
  }

  it("fails on what is no JSON", () => {
    assert.throws(() => parse("node-apply", "{"), UserError);
  });

  for (const verb of [
    "node-apply",
    "node-inspect",
    "node-delete",
    "images-apply",
    "certificate-apply",
    "membership-delete",
  ]) {
    it(`knows ${verb}`, () => assert.ok(isVerb(verb)));
  }

  for (const verb of ["toString", "node", ""]) {
    it(`fails to know ${JSON.stringify(verb)}`, () => assert.equal(isVerb(verb), false));
  }

  it("fails on a name that cannot be an interface's", async () => {
    await assert.rejects(
      dispatch("node-inspect", '{"kind":"embedded","name":"Not A Name"}', silentReporter),
      UserError,
    );
  });
});
