import assert from "node:assert/strict";
import { offeredVersion } from "../../../../components/mesh/asm-version";

describe("offeredVersion", () => {
  const offered = ["v1.22.6.2-gabc-aliyun", "v1.22.6.20-gdef-aliyun"];

  it("finds the full name of a version", () => {
    assert.equal(offeredVersion("1.22.6.20", offered), "v1.22.6.20-gdef-aliyun");
    assert.equal(offeredVersion("v1.22.6.20", offered), "v1.22.6.20-gdef-aliyun");
  });

  it("takes no version for one that begins like it", () => {
    assert.equal(offeredVersion("1.22.6.2", [...offered].reverse()), "v1.22.6.2-gabc-aliyun");
    assert.equal(offeredVersion("1.22.6", offered), undefined);
  });

  it("finds nothing that is not offered", () => {
    assert.equal(offeredVersion("1.24.6.64", offered), undefined);
  });
});
