import assert from "node:assert/strict";
import { catalogue, findingCodes } from "../../../../../components/lanes/health/catalogue";

describe("catalogue of findings", () => {
  it("gives each code a title of its own, an effect and an action", () => {
    const titles = findingCodes.map((code) => catalogue[code].title);
    assert.equal(new Set(titles).size, titles.length);
    for (const code of findingCodes) {
      assert.match(code, /^ML\d{3}$/);
      assert.match(catalogue[code].effect, /^[A-Z].+\.$/);
      assert.match(catalogue[code].action, /^[A-Z].+\.$/);
    }
  });
});
