import assert from "node:assert/strict";
import { requireSafeOrder } from "../../../../cli/applied/require-safe-order";
import type { StateDeployment } from "../../../../cli/pulumi/pending";
import { secretMark } from "../../../../cli/pulumi/values";
import { parseStackConfig } from "../../../../config/parse";
import { UserError } from "../../../../tools/user-error";
import { s2Input } from "../../components/lanes/fixtures";

describe("an update, before the engine starts", () => {
  const versions = ["v1", "v2", "v3", "v4"];
  const services = s2Input.services.map((service) => ({ ...service, versions }));
  const withVersion = (version: string) => ({
    laneGroups: [
      {
        ...s2Input,
        services,
        lanes: s2Input.lanes.map((lane) => (lane.name === "s3" ? { ...lane, version } : lane)),
      },
    ],
  });
  const noted = (values: object): StateDeployment => {
    const plaintext = JSON.stringify({ values, encrypted: [], secrets: [] });
    const outputs = { appliedConfig: { [secretMark]: "1b47061264138c4ac30d75fd1eb44270", plaintext } };
    return { resources: [{ urn: "a", type: "pulumi:pulumi:Stack", outputs }] };
  };
  const wanted = parseStackConfig(withVersion("v4"));

  it("is refused where no order of its steps is safe, with the sequence to use", () => {
    assert.throws(
      () => requireSafeOrder(noted(withVersion("v3")), wanted),
      (error) => error instanceof UserError && /^this update would be unsafe; nothing was applied/.test(error.message),
    );
  });

  it("is not where the config stays, where nothing was noted, and where the note is of another version", () => {
    const states = [noted(withVersion("v4")), undefined, {}, noted({ laneGroups: "of another version" })];
    for (const state of states) requireSafeOrder(state, wanted);
  });
});
