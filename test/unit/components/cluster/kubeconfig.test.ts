import assert from "node:assert/strict";
import { parse } from "yaml";
import { clusterIdentity, selectContext } from "../../../../components/cluster/kubeconfig";

const text = `
apiVersion: v1
kind: Config
current-context: production
clusters:
  - { name: one, cluster: { server: "https://one:6443", certificate-authority: pki/ca.crt } }
  - { name: two, cluster: { server: "https://two:6443", certificate-authority-data: Q0E= } }
users:
  - { name: alice, user: { client-certificate: /abs/alice.crt, client-key: alice.key } }
  - { name: bob, user: { token: secret } }
contexts:
  - { name: test, context: { cluster: one, user: alice, namespace: dev } }
  - { name: production, context: { cluster: two, user: bob } }
  - { name: orphan, context: { cluster: gone, user: bob } }
  - { name: nobody, context: { cluster: one, user: gone } }
`;
const source = (context: string, content = text) => ({ text: content, file: "my.yaml", folder: "/configs", context });

describe("selectContext", () => {
  it("keeps one context, not the current one, and makes its paths absolute", () => {
    assert.deepEqual(parse(selectContext(source("test"))), {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        { name: "one", cluster: { server: "https://one:6443", "certificate-authority": "/configs/pki/ca.crt" } },
      ],
      users: [{ name: "alice", user: { "client-certificate": "/abs/alice.crt", "client-key": "/configs/alice.key" } }],
      contexts: [{ name: "test", context: { cluster: "one", user: "alice", namespace: "dev" } }],
      "current-context": "test",
    });
  });

  for (const [title, given, problem] of [
    [
      "a context that is not there",
      source("tset"),
      { path: "cluster.context", got: '"tset" is not in my.yaml', expected: "test, production, orphan, nobody" },
    ],
    [
      "a file without contexts",
      source("test", "kind: Config"),
      { path: "cluster.context", got: '"test" is not in my.yaml', expected: "(the file has no context)" },
    ],
    [
      "a context without its cluster",
      source("orphan"),
      { path: "cluster.context", got: '"orphan" refers to cluster "gone", which my.yaml does not have' },
    ],
    [
      "a context without its user",
      source("nobody"),
      { path: "cluster.context", got: '"nobody" refers to user "gone", which my.yaml does not have' },
    ],
    [
      "another kind of file",
      source("test", "kind: Pod"),
      { path: "cluster.kubeconfig", got: "my.yaml: not a kubeconfig" },
    ],
    ["an empty file", source("test", ""), { path: "cluster.kubeconfig", got: "my.yaml: not a kubeconfig" }],
  ] as const) {
    it(`fails for ${title}`, () => {
      assert.throws(
        () => selectContext(given),
        (error: { name: string; problems: Record<string, string>[] }) => {
          assert.equal(error.name, "UserError");
          const [first] = error.problems;
          assert.deepEqual({ ...first, ...problem }, first);
          return true;
        },
      );
    });
  }

  it("fails for a file that is no YAML", () => {
    assert.throws(() => selectContext(source("test", "a: [")), /cluster\.kubeconfig: my\.yaml: not YAML \(/);
  });
});

describe("clusterIdentity", () => {
  const identity = (content: string, context: string) => clusterIdentity(selectContext(source(context, content)));

  it("stays the same when credentials are renewed, and differs between clusters", () => {
    assert.equal(identity(text.replace("token: secret", "token: newer"), "production"), identity(text, "production"));
    assert.notEqual(identity(text.replace("Q0E=", "Q0Ey"), "production"), identity(text, "production"));
    assert.notEqual(identity(text.replace("https://two", "https://three"), "production"), identity(text, "production"));
  });
});
