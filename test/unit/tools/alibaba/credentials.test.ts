import assert from "node:assert/strict";
import { withToolNames } from "../../../../tools/alibaba/credentials";

describe("the credential of an account", () => {
  it("is found under the provider's names", () => {
    assert.deepEqual(withToolNames({ ALICLOUD_ACCESS_KEY: "k", ALICLOUD_SECRET_KEY: "s", ALICLOUD_PROFILE: "p" }), {
      ALICLOUD_ACCESS_KEY: "k",
      ALICLOUD_SECRET_KEY: "s",
      ALICLOUD_PROFILE: "p",
      ALIBABA_CLOUD_ACCESS_KEY_ID: "k",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: "s",
      ALIBABA_CLOUD_PROFILE: "p",
    });
  });

  it("is the provider's where both are set, as in the provider", () => {
    const env = {
      ALICLOUD_ACCESS_KEY: "provider",
      ALIBABA_CLOUD_ACCESS_KEY_ID: "tool",
      ALIBABACLOUD_ACCESS_KEY_ID: "old",
    };
    assert.equal(withToolNames(env).ALIBABA_CLOUD_ACCESS_KEY_ID, "provider");
    assert.equal(withToolNames({ ALIBABACLOUD_ACCESS_KEY_ID: "old" }).ALIBABA_CLOUD_ACCESS_KEY_ID, "old");
    assert.deepEqual(withToolNames({ ALICLOUD_PROFILE: "" }), { ALICLOUD_PROFILE: "" });
  });
});
