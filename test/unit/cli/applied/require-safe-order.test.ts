import assert from "node:assert/strict";
import { requireSafeOrder } from "../../../../cli/applied/require-safe-order";
import { parseStackConfig } from "../../../../config/parse";
import { UserError } from "../../../../tools/user-error";
import { s2Input } from "../../components/lanes/fixtures";

describe("an update, before the engine starts", () => {
  const services = s2Input.services.map((service) => ({ ...service, versions: ["v1", "v2", "v3", "v4"] }));
  const withVersion = (version: string) => {
    const lanes = s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, version } : lane));
    return parseStackConfig({ laneGroups: [{ ...s2Input, services, lanes }] });
  };
  const [before, after] = [withVersion("v3"), withVersion("v4")];

  it("is refused where no order of its steps is safe, with the sequence to use", () => {
    for (const allowed of [undefined, false])
      assert.throws(
        () => requireSafeOrder(before, after, allowed),
        (error) =>
          error instanceof UserError && /^this update would be unsafe; nothing was applied/.test(error.message),
      );
  });

  it("is warned of where it is allowed", () => {
    assert.match(requireSafeOrder(before, after, true) ?? "", /^this update is unsafe, and is made all the same/);
  });

  it("is neither where the config stays, and where nobody knows the one of before", () => {
    assert.equal(requireSafeOrder(after, after), undefined);
    assert.equal(requireSafeOrder(undefined, after), undefined);
  });
});
