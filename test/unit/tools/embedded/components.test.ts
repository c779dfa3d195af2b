import assert from "node:assert/strict";
import { componentNames, components } from "../../../../tools/embedded/components";
import { nodeConfig } from "../../../../tools/embedded/config";

describe("components", () => {
  const specs = components(nodeConfig({ name: "lanes", stateFolder: "/s" }), "/bin-folder");

  it("are named as their keys say", () => {
    assert.deepEqual(
      componentNames.map((name) => specs[name].name),
      [...componentNames],
    );
  });

  it("start kube-proxy without a change to the machine's conntrack limits", () => {
    assert.deepEqual(specs["kube-proxy"], {
      name: "kube-proxy",
      command: "/bin-folder/kube-proxy",
      args: [
        "--bind-address=10.200.0.2",
        "--cluster-cidr=10.244.0.0/16",
        "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0",
        "--conntrack-tcp-timeout-close-wait=0",
        "--hostname-override=lanes",
        "--iptables-min-sync-period=100ms",
        "--kubeconfig=/s/kubeconfig/proxy",
        "--metrics-bind-address=127.0.0.1:10249",
        "--proxy-mode=iptables",
      ],
      env: {
        HOME: "/s",
        PATH: "/bin-folder:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        GOGC: "60",
      },
      files: ["/s/kubeconfig/proxy"],
    });
  });

  it("start the kubelet below the short link, so that its sockets fit into 107 bytes", () => {
    assert.deepEqual(specs.kubelet.args, [
      "--cert-dir=/run/lanes/kubelet/pki",
      "--config=/s/config/kubelet.yaml",
      "--hostname-override=lanes",
      "--housekeeping-interval=60s",
      "--kubeconfig=/s/kubeconfig/kubelet",
      "--node-ip=10.200.0.2",
      "--root-dir=/run/lanes/kubelet",
    ]);
  });

  it("reach the kubelet by address and let etcd and the API server find each other", () => {
    const api = specs["kube-apiserver"].args;
    for (const flag of [
      "--kubelet-preferred-address-types=InternalIP",
      "--etcd-servers=http://127.0.0.1:2379",
      "--authorization-mode=Node,RBAC",
      "--service-cluster-ip-range=10.96.0.0/16",
    ]) {
      assert.ok(api.includes(flag), flag);
    }
    assert.ok(specs.etcd.args.includes("--listen-client-urls=http://127.0.0.1:2379"));
  });

  it("name every file of keys or users that they read, so that a renewed one restarts them", () => {
    const read = /=(\/s\/(?:pki|kubeconfig|config)\/\S+)$/;
    for (const name of componentNames) {
      const files = specs[name].args.flatMap((arg) => read.exec(arg)?.[1] ?? []);
      // A renewed CA key comes with a renewed ca.crt.
      const missing = files
        .filter(
          (file) => file !== "/s/pki/ca.key" && !file.endsWith("apiserver.key") && !file.endsWith("kubelet-client.key"),
        )
        .filter((file) => !specs[name].files.includes(file));
      assert.deepEqual(missing, [], name);
    }
  });
});
