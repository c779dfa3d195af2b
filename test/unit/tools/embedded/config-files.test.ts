import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { nodeConfig } from "../../../../tools/embedded/config";
import {
  cniConfig,
  containerdConfig,
  corefile,
  kubeletConfig,
  writeConfigFiles,
} from "../../../../tools/embedded/config-files";
import { ensurePki } from "../../../../tools/embedded/pki";

const config = nodeConfig({ name: "lanes", stateFolder: "/s" });

describe("config files", () => {
  it("configure the kubelet for a machine without CAP_SYS_RESOURCE, cgroup v1 or v2", () => {
    assert.deepEqual(parse(kubeletConfig(config)), {
      apiVersion: "kubelet.config.k8s.io/v1beta1",
      kind: "KubeletConfiguration",
      address: "10.200.0.2",
      authentication: {
        anonymous: { enabled: false },
        webhook: { enabled: true },
        x509: { clientCAFile: "/s/pki/ca.crt" },
      },
      authorization: { mode: "Webhook" },
      cgroupRoot: "/lanes",
      cgroupDriver: "cgroupfs",
      cgroupsPerQOS: true,
      enforceNodeAllocatable: [],
      failCgroupV1: false,
      failSwapOn: false,
      clusterDomain: "cluster.local",
      clusterDNS: ["10.96.0.10"],
      resolvConf: "",
      containerRuntimeEndpoint: "unix:///run/lanes/containerd.sock",
      containerLogMaxSize: "10Mi",
      containerLogMaxFiles: 2,
      podLogsDir: "/s/pods",
      volumePluginDir: "/s/kubelet-plugins",
      evictionHard: {
        "memory.available": "0%",
        "nodefs.available": "0%",
        "nodefs.inodesFree": "0%",
        "imagefs.available": "0%",
        "imagefs.inodesFree": "0%",
      },
      imageGCHighThresholdPercent: 100,
      localStorageCapacityIsolation: false,
      oomScoreAdj: 0,
      nodeStatusUpdateFrequency: "10s",
      eventRecordQPS: 20,
      serializeImagePulls: false,
      enableProfilingHandler: false,
      shutdownGracePeriod: "0s",
    });
  });

  it("keep containerd's state and the pods' namespaces in the node's own folders", () => {
    const lines = containerdConfig(config, "/opt/cni/bin")
      .split("\n")
      .map((line) => line.trim());
    for (const line of [
      'root = "/s/containerd"',
      'state = "/run/lanes/containerd"',
      'address = "/run/lanes/containerd.sock"',
      "netns_mounts_under_state_dir = true",
      "restrict_oom_score_adj = true",
      "SystemdCgroup = false",
      'Root = "/run/lanes/runc"',
      'conf_dir = "/s/cni/conf"',
      'bin_dir = "/opt/cni/bin"',
      'path = "/s/containerd-opt"',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it("give pods addresses that are routed, not hidden", () => {
    assert.deepEqual(JSON.parse(cniConfig(config)), {
      cniVersion: "1.0.0",
      name: "lanes",
      plugins: [
        {
          type: "ptp",
          ipMasq: false,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: "10.244.0.0/16" }]],
            routes: [{ dst: "0.0.0.0/0" }],
            dataDir: "/s/cni/addresses",
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    });
  });

  it("have CoreDNS answer at the node's address with its own user", () => {
    const lines = corefile(config)
      .split("\n")
      .map((line) => line.trim());
    assert.ok(lines.includes("bind 10.200.0.2"));
    assert.ok(lines.includes('kubeconfig "/s/kubeconfig/coredns" lanes'));
  });

  it("are left alone when they fit, and users' files are their owner's only", async () => {
    const folder = mkdtempSync(join(tmpdir(), "config-files-"));
    try {
      const own = nodeConfig({ stateFolder: folder });
      await ensurePki(own);
      writeConfigFiles(own);
      const admin = join(folder, "kubeconfig", "admin");
      const before = statSync(admin);
      writeConfigFiles(own);
      assert.equal(statSync(admin).ino, before.ino);
      assert.equal(before.mode & 0o777, 0o600);
      assert.equal(parse(readFileSync(admin, "utf8")).clusters[0].cluster.server, "https://10.200.0.2:6443");
      assert.throws(() => statSync(join(folder, "kubeconfig", "apiserver")), { code: "ENOENT" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
