import assert from "node:assert/strict";
import { type RequestFlags, requestFromFlags } from "../../../../cli/explain/flags";
import { toEnvoyRequest } from "../../../../components/lanes/matching";

const good: RequestFlags = { host: "a.com:8080", path: "/mock?a=%20&b", method: "GET" };

describe("requestFromFlags", () => {
  it("makes a request of the flags", () => {
    const header = ["X-Lane: v2", "x-lane:v3", "cookie: a=1", "empty:", "x-time: 10:30"];
    const { request, problems } = requestFromFlags({ ...good, method: "POST", header, cookie: ["b=2", "b=3=4"] });
    assert.deepEqual(problems, []);
    assert.deepEqual(request, {
      host: "a.com:8080",
      path: "/mock?a=%20&b",
      method: "POST",
      headers: {
        "x-lane": ["v2", "v3"],
        cookie: ["a=1; b=2; b=3=4"],
        empty: [""],
        "x-time": ["10:30"],
      },
    });
    assert.deepEqual(toEnvoyRequest(request).headers.get("cookie"), ["a=1; b=2; b=3=4"]);
    assert.deepEqual(
      [...toEnvoyRequest(request).query],
      [
        ["a", "%20"],
        ["b", ""],
      ],
    );
  });

  const bad: readonly { title: string; flags: Partial<RequestFlags>; path: string; got: string; fix: string }[] = [
    {
      title: "no host",
      flags: { host: undefined },
      path: "--host",
      got: "missing",
      fix: "Add --host shop.example.com.",
    },
    {
      title: "an empty host",
      flags: { host: "" },
      path: "--host",
      got: "missing",
      fix: "Add --host shop.example.com.",
    },
    {
      title: "a URL as host",
      flags: { host: "http://a.com/x" },
      path: "--host",
      got: 'got "http://a.com/x"',
      fix: "Write --host a.com.",
    },
    {
      title: "a host with a space",
      flags: { host: "a b" },
      path: "--host",
      got: 'got "a b"',
      fix: "Write the host alone, e.g. --host shop.example.com.",
    },
    {
      title: "a host with a user",
      flags: { host: "u@a.com" },
      path: "--host",
      got: 'got "u@a.com"',
      fix: "Write the host alone, e.g. --host shop.example.com.",
    },
    { title: "no path", flags: { path: undefined }, path: "--path", got: "missing", fix: "Add --path /." },
    {
      title: "a path without /",
      flags: { path: "mock é" },
      path: "--path",
      got: 'got "mock é"',
      fix: "Write --path /mock%20%C3%A9.",
    },
    { title: "an empty path", flags: { path: "" }, path: "--path", got: 'got ""', fix: "Write --path /." },
    {
      title: "a URL as path",
      flags: { path: "http://a/b" },
      path: "--path",
      got: 'got "http://a/b"',
      fix: "Give the host by --host, and only the path here.",
    },
    {
      title: "a path that is not encoded",
      flags: { path: "/a b%20c" },
      path: "--path",
      got: 'got "/a b%20c"',
      fix: "Write --path /a%20b%20c.",
    },
    {
      title: "a method in small letters",
      flags: { method: "get" },
      path: "--method",
      got: 'got "get"',
      fix: "Write GET.",
    },
    {
      title: "a misspelt method",
      flags: { method: "POSTT" },
      path: "--method",
      got: 'got "POSTT"',
      fix: "Did you mean POST?",
    },
    {
      title: "an unknown method",
      flags: { method: "FETCHED" },
      path: "--method",
      got: 'got "FETCHED"',
      fix: "Leave it out for GET.",
    },
    {
      title: "a header without colon",
      flags: { header: ["x v2"] },
      path: "--header",
      got: 'got "x v2"',
      fix: "Put a colon after the name, such as --header 'x-lane: v2'.",
    },
    {
      title: "a header name with a space",
      flags: { header: ["x y: v2"] },
      path: "--header",
      got: 'got "x y: v2"',
      fix: "Correct the name before the colon.",
    },
    {
      title: "a pseudo header",
      flags: { header: [":path: /"] },
      path: "--header",
      got: 'got ":path: /"',
      fix: "Correct the name before the colon.",
    },
    {
      title: "a Host header",
      flags: { header: ["Host: a"] },
      path: "--header",
      got: 'got "Host: a"',
      fix: "Use --host.",
    },
    {
      title: "a line break in a header",
      flags: { header: ["x: a\nb"] },
      path: "--header",
      got: 'got "x: a\nb"',
      fix: "Remove the control characters.",
    },
    {
      title: "a cookie without =",
      flags: { cookie: ["v2"] },
      path: "--cookie",
      got: 'got "v2"',
      fix: "Put = after the name, such as --cookie 'user=tester'.",
    },
    {
      title: "a cookie without a name",
      flags: { cookie: ["=v2"] },
      path: "--cookie",
      got: 'got "=v2"',
      fix: "Correct the name before the =.",
    },
    {
      title: "two cookies in one",
      flags: { cookie: ["a=1; b=2"] },
      path: "--cookie",
      got: 'got "a=1; b=2"',
      fix: "Give each cookie by a --cookie of its own, without spaces.",
    },
  ];
  for (const { title, flags, path, got, fix } of bad) {
    it(`fails for ${title}`, () => {
      const problems = requestFromFlags({ ...good, ...flags }).problems;
      assert.deepEqual(
        problems.map((problem) => ({ path: problem.path, got: problem.got, fix: problem.fix })),
        [{ path, got, fix }],
      );
    });
  }
});
