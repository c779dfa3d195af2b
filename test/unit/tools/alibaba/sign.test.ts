import assert from "node:assert/strict";
import { formEncoded, signedHeaders } from "../../../../tools/alibaba/sign";

describe("a signed call", () => {
  it("has the signature of the example in Alibaba Cloud's own page", () => {
    const headers = signedHeaders(
      {
        action: "RunInstances",
        version: "2014-05-26",
        host: "ecs.cn-shanghai.aliyuncs.com",
        query: { ImageId: "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", RegionId: "cn-shanghai" },
        date: new Date("2023-10-26T10:22:32Z"),
        nonce: "3156853299f313e23d1673dc12e1703d",
      },
      { id: "YourAccessKeyId", secret: "YourAccessKeySecret" },
    );
    assert.match(
      headers.authorization ?? "",
      /Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0$/,
    );
  });

  it("signs the token of a temporary key", () => {
    const request = { action: "A", version: "1", host: "h", date: new Date(0), nonce: "n" };
    const headers = signedHeaders(request, { id: "i", secret: "s", token: "t" });
    assert.equal(headers["x-acs-security-token"], "t");
    assert.match(headers.authorization ?? "", /x-acs-security-token/);
  });

  it("encodes a form as RFC 3986 has it, in order", () => {
    assert.equal(formEncoded({ b: "a b*~", a: "é(1)" }), "a=%C3%A9%281%29&b=a%20b%2A~");
  });
});
