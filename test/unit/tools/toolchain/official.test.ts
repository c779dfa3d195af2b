import assert from "node:assert/strict";
import { type OfficialBundle, officialDownloads } from "../../../../tools/toolchain/official";
import { officialBases, type Platform } from "../../../../tools/toolchain/pins";

const linux: Platform = { os: "linux", cpu: "x64" };
const mac: Platform = { os: "darwin", cpu: "arm64" };

describe("officialDownloads", () => {
  const cases: [OfficialBundle, Platform, string, string][] = [
    [
      "pulumi",
      linux,
      "https://get.pulumi.com/releases/sdk/pulumi-v3.215.0-linux-x64.tar.gz",
      "https://github.com/pulumi/pulumi/releases/download/v3.215.0/pulumi-3.215.0-checksums.txt",
    ],
    [
      "pulumi",
      mac,
      "https://get.pulumi.com/releases/sdk/pulumi-v3.215.0-darwin-arm64.tar.gz",
      "https://github.com/pulumi/pulumi/releases/download/v3.215.0/pulumi-3.215.0-checksums.txt",
    ],
    [
      "kubernetes-provider",
      linux,
      "https://get.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v4.25.0-linux-amd64.tar.gz",
      "https://github.com/pulumi/pulumi-kubernetes/releases/download/v4.25.0/pulumi-kubernetes_4.25.0_checksums.txt",
    ],
    [
      "kubernetes",
      linux,
      "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-apiserver",
      "https://dl.k8s.io/release/v1.35.4/bin/linux/amd64/kube-apiserver.sha256",
    ],
    [
      "etcd",
      linux,
      "https://github.com/etcd-io/etcd/releases/download/v3.6.5/etcd-v3.6.5-linux-amd64.tar.gz",
      "https://github.com/etcd-io/etcd/releases/download/v3.6.5/SHA256SUMS",
    ],
    [
      "coredns",
      { os: "linux", cpu: "arm64" },
      "https://github.com/coredns/coredns/releases/download/v1.12.4/coredns_1.12.4_linux_arm64.tgz",
      "https://github.com/coredns/coredns/releases/download/v1.12.4/coredns_1.12.4_linux_arm64.tgz.sha256",
    ],
  ];
  for (const [name, platform, url, checksumUrl] of cases) {
    it(`${name} for ${platform.os} on ${platform.cpu}`, () => {
      const [first] = officialDownloads(name, platform, officialBases);
      assert.deepEqual({ url: first?.url, checksumUrl: first?.checksumUrl }, { url, checksumUrl });
    });
  }

  it("brings all six Kubernetes programs", () => {
    assert.deepEqual(
      officialDownloads("kubernetes", linux, officialBases).map((download) => download.fileName),
      ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet", "kubectl"],
    );
  });
});
