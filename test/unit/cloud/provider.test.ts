import assert from "node:assert/strict";
import { lookUps, resourceActions } from "../../../components/alibaba/actions";
import { dataSourceTokens, resourceTokens } from "../../cloud/provider/tokens";

describe("the provider that tests build", () => {
  it("has every resource and look-up of the table of permissions, and no other", () => {
    const ofProvider = Object.keys(resourceActions).filter((token) => token.startsWith("alicloud:"));
    assert.deepEqual(Object.values(resourceTokens).sort(), ofProvider.sort());
    assert.deepEqual(Object.values(dataSourceTokens).sort(), Object.keys(lookUps).sort());
  });
});
