import assert from "node:assert/strict";
import { accountAdvice } from "../../../../cli/account-advice";
import { adviceOn, failureKinds, failureOf } from "../../../../tools/alibaba/failures";

/** As the provider writes a tea.SDKError. */
const sdkError = (code: string, status = 400) =>
  `error: 1 error occurred:\n\t* [ERROR] terraform-provider-alicloud/alicloud/resource_alicloud_vpc.go:280: Resource alicloud_vpc ` +
  `CreateVpc Failed!!! [SDK alibaba-cloud-sdk-go ERROR]:\nSDKError:\n   StatusCode: ${status}\n   Code: ${code}\n   Message: code: ` +
  `${status}, words request id: R-1\n   Data: {"Code":"${code}"}\n`;
/** As it writes an errors.ServerError. */
const serverError = (code: string) =>
  `[SDK alibaba-cloud-sdk-go ERROR]:\nSDK.ServerError\nErrorCode: ${code}\nRecommend: \nRequestId: R-2\nMessage: words`;

describe("failures of an account", () => {
  const examples = failureKinds.flatMap(({ kind, examples: codes }) => codes.map((code) => ({ kind, code })));

  it("are more than 40 codes, each of one kind", () => {
    const codes = examples.map(({ code }) => code);
    assert.ok(codes.length > 40, String(codes.length));
    assert.equal(new Set(codes).size, codes.length);
  });

  for (const { kind, code } of examples) {
    it(`${code} is of kind ${kind}, in either way that the provider writes it`, () => {
      const expected = failureKinds.find((each) => each.kind === kind)?.fix;
      assert.equal(failureOf(code)?.kind, kind);
      assert.deepEqual(
        adviceOn(sdkError(code)).map(({ got, fix }) => [got, fix]),
        [[code, expected]],
      );
      assert.deepEqual(
        adviceOn(serverError(code)).map(({ got }) => got),
        [code],
      );
    });
  }

  it("have no advice where nothing is known, and each advice once", () => {
    assert.deepEqual(adviceOn(sdkError("InvalidParameter.CidrBlock")), []);
    assert.deepEqual(adviceOn("error: update failed"), []);
    assert.equal(adviceOn(`${sdkError("QuotaExceeded.Vpc")}\n${sdkError("QuotaExceeded.Vpc")}`).length, 1);
  });

  it("tell of a mesh that stays in initializing", () => {
    const [advice] = adviceOn(
      "[ERROR] resource m1: timeout while waiting for state to become 'running' (last state: 'initializing', timeout: 30m0s)",
    );
    assert.match(
      `${advice?.got} ${advice?.fix}`,
      /stays in state initializing.*the next pulumi up continues from here/,
    );
  });

  it("are read from the engine's event log, and from its errors alone", () => {
    const line = (severity: string, message: string) => JSON.stringify({ diagnosticEvent: { severity, message } });
    const log = [
      line("info", sdkError("Throttling.User")),
      line("error", `<{%fg 1%}>${sdkError("QuotaExceeded.Vpc")}<{%reset%}>`),
      '{"preludeEvent":{}}',
      '{"half',
    ].join("\n");
    assert.match(
      accountAdvice(log)?.message ?? "",
      /^What the account refused[\s\S]*QuotaExceeded\.Vpc[\s\S]*Quota Center/,
    );
    assert.doesNotMatch(accountAdvice(log)?.message ?? "", /Throttling/);
    assert.equal(accountAdvice(line("error", "update failed")), undefined);
  });
});
