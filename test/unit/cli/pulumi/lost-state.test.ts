import assert from "node:assert/strict";
import { lostReleases } from "../../../../cli/pulumi/lost-state";

describe("a state that was lost", () => {
  it("is told by Helm's refusal of a release of the stack's own, with the ways back", () => {
    const said = 'Helm release "istio-system/istio-base" failed: cannot re-use a name that is still in use';
    const [problem, ...others] = lostReleases(said, "mine");
    assert.deepEqual(others, []);
    assert.equal(problem?.path, "stack mine");
    assert.match(problem?.fix ?? "", /pulumi stack import .*--stack mine.*lanes up --stack mine/);
  });

  it("is not what another failure tells", () => {
    assert.deepEqual(lostReleases("Helm release failed: timed out", "mine"), []);
  });
});
