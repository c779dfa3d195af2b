import assert from "node:assert/strict";
import { removedGroups } from "../../../../components/lanes/removal";

const rule = (group: string, service: string, domain = "cluster.local") => ({
  kind: "DestinationRule",
  labels: { "mesh-lanes/group": group },
  content: { spec: { host: `${service}.shop.svc.${domain}` } },
});
const workload = (name: string, versions: string[]) => ({ name, namespace: "shop", versions });

describe("removedGroups", () => {
  const live = [rule("shop", "web"), rule("shop", "cart")];

  it("says which versions get mixed, and how to stay with one", () => {
    const [warning, ...more] = removedGroups(live, [], [workload("web", ["v1", "v2"]), workload("cart", ["v1"])]);
    assert.deepEqual(more, []);
    assert.match(warning ?? "", /lane group shop goes .* versions of web \(v1, v2\)\. .*lanes: \[\{ name: /);
  });

  it("knows the services of a cluster with a domain of its own", () => {
    assert.equal(removedGroups([rule("shop", "web", "example.org")], [], [workload("web", ["v1", "v2"])]).length, 1);
  });

  it("says nothing where the workloads go too, or have one version", () => {
    assert.deepEqual(removedGroups(live, [], []), []);
    assert.deepEqual(removedGroups(live, [], [workload("web", ["v1"])]), []);
    assert.deepEqual(removedGroups(live, [], [workload("we", ["v1", "v2"])]), []);
    assert.deepEqual(removedGroups(live, [], [{ ...workload("web", ["v1", "v2"]), namespace: "other" }]), []);
  });

  it("says nothing of a group that stays", () => {
    assert.deepEqual(removedGroups(live, ["shop"], [workload("web", ["v1", "v2"])]), []);
  });
});
