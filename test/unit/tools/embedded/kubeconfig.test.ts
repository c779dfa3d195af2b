import assert from "node:assert/strict";
import { parse } from "yaml";
import { kubeconfig } from "../../../../tools/embedded/kubeconfig";

describe("kubeconfig", () => {
  it("holds everything inside", () => {
    const text = kubeconfig({
      name: "lanes",
      server: "https://10.200.0.2:6443",
      user: "admin",
      authority: "A",
      certificate: "C",
      key: "K",
    });
    assert.deepEqual(parse(text), {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "lanes", cluster: { server: "https://10.200.0.2:6443", "certificate-authority-data": "QQ==" } },
      ],
      users: [{ name: "admin", user: { "client-certificate-data": "Qw==", "client-key-data": "Sw==" } }],
      contexts: [{ name: "lanes", context: { cluster: "lanes", user: "admin" } }],
      "current-context": "lanes",
    });
  });
});
