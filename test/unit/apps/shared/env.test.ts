import assert from "node:assert/strict";
import { EnvError, type EnvReader, readEnv } from "../../../../apps/shared/env";

describe("apps/shared/env", () => {
  const read = (env: EnvReader) => ({
    label: env.label("NAME", "mock"),
    text: env.text("TEXT", "none"),
    integer: env.integer("COUNT", 3, 0, 10),
    url: env.optionalHttpUrl("URL")?.href,
    headers: env.headerNames("HEADERS", "baggage", new Set(["host"])),
  });

  it("takes the defaults of what is not set or empty", () => {
    const expected = { label: "mock", text: "none", integer: 3, url: undefined, headers: ["baggage"] };
    assert.deepEqual(readEnv({}, read), expected);
    assert.deepEqual(readEnv({ NAME: "", TEXT: "", COUNT: "", URL: "" }, read), expected);
  });

  it("reads what is set", () => {
    assert.deepEqual(
      readEnv(
        { NAME: "mocka", TEXT: "a b", COUNT: "0", URL: "http://b:8000", HEADERS: "Version, baggage,version" },
        read,
      ),
      { label: "mocka", text: "a b", integer: 0, url: "http://b:8000/", headers: ["version", "baggage"] },
    );
  });

  it("reads an empty list of headers as none", () => {
    assert.deepEqual(readEnv({ HEADERS: "" }, read).headers, []);
  });

  const failures: readonly [name: string, value: string, got: string][] = [
    ["NAME", "mock/a", '"mock/a"'],
    ["NAME", "a".repeat(64), `"${"a".repeat(64)}"`],
    ["COUNT", "11", '"11"'],
    ["COUNT", "-1", '"-1"'],
    ["COUNT", "1.5", '"1.5"'],
    ["COUNT", "1e1", '"1e1"'],
    ["URL", "mockb:8000", '"mockb:8000"'],
    ["URL", "https://mockb", '"https://mockb"'],
    ["HEADERS", "a b", '"a b" is not a header name'],
    ["HEADERS", "baggage,", '"" is not a header name'],
    ["HEADERS", "Host", '"host" belongs to one connection'],
  ];
  for (const [name, value, got] of failures) {
    it(`fails on ${name}=${value.slice(0, 20)}`, () => {
      assert.throws(
        () => readEnv({ [name]: value }, read),
        (error) => {
          assert.ok(error instanceof EnvError);
          assert.deepEqual(
            error.problems.map((problem) => [problem.name, problem.got]),
            [[name, got]],
          );
          return true;
        },
      );
    });
  }

  it("fails on a variable that has no default and is not set", () => {
    assert.throws(
      () => readEnv({}, (env) => env.label("WHO")),
      new EnvError([{ name: "WHO", got: "not set", expected: "1 to 63 letters, digits, '.', '_' or '-'" }]),
    );
  });

  it("fails once, listing every problem", () => {
    assert.throws(() => readEnv({ COUNT: "x", URL: "y", NAME: "?" }, read), {
      message: [
        "The environment of this app is wrong.",
        "  NAME: \"?\"\n    expected: 1 to 63 letters, digits, '.', '_' or '-'",
        '  COUNT: "x"\n    expected: a whole number from 0 to 10',
        '  URL: "y"\n    expected: a URL such as http://mockb:8000',
      ].join("\n"),
    });
  });
});
