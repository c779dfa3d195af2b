import assert from "node:assert/strict";
import { updateCommand } from "../../../cli/update-command";

describe("updateCommand", () => {
  it("is `lanes up` in a checkout, and Pulumi's where a program or an account of the user is updated", () => {
    assert.equal(updateCommand("dev", { here: true }), "npx lanes up --stack dev");
    assert.equal(updateCommand("dev", { here: false }), "pulumi up --stack dev");
    assert.equal(updateCommand("prod", { account: true, here: true }), "pulumi up --stack prod");
  });
});
