import assert from "node:assert/strict";
import fc from "fast-check";
import { fitText, textWidth } from "../../../../../components/lanes/topology/text";

describe("fitText", () => {
  const cases = [
    { title: "keeps what fits", text: "mocka", width: 34, expected: { text: "mocka", full: undefined } },
    {
      title: "cuts what does not",
      text: "mocka-service",
      width: 34,
      expected: { text: "mock…", full: "mocka-service" },
    },
    { title: "never cuts through a character", text: "😀😀😀", width: 24, expected: { text: "😀…", full: "😀😀😀" } },
    { title: "keeps the ellipsis at least", text: "abc", width: 0, expected: { text: "…", full: "abc" } },
  ];
  for (const { title, text, width, expected } of cases) {
    it(title, () => assert.deepEqual(fitText(text, 11, width), expected));
  }

  it("is never wider than it may be, and loses nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 10, max: 300 }), (text, width) => {
        const fitted = fitText(text, 11, width);
        assert.ok(textWidth(fitted.text, 11) <= width);
        assert.equal(fitted.full ?? fitted.text, text);
      }),
    );
  });
});
