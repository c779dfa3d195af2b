import assert from "node:assert/strict";
import { readXml } from "./well-formed";

describe("readXml, the check of the tests", () => {
  for (const [title, xml] of [
    ["an element that is not closed", "<a><b></a>"],
    ["a bare ampersand", "<a>x & y</a>"],
    ["a bare quote in an attribute", '<a b="x"y"/>'],
    ["an attribute twice", '<a b="1" b="2"/>'],
    ["two roots", "<a/><a/>"],
    ["a control character", "<a>\u0001</a>"],
  ] as const) {
    it(`fails on ${title}`, () => assert.throws(() => readXml(xml)));
  }

  it("reads elements and texts", () => {
    assert.deepEqual(readXml('<a b="&lt;1"><c/>x &amp; y</a>\n'), {
      elements: [
        { name: "a", attributes: { b: "<1" }, depth: 0 },
        { name: "c", attributes: {}, depth: 1 },
      ],
      texts: ["x & y", "\n"],
    });
  });
});
