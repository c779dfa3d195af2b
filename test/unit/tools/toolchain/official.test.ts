import assert from "node:assert/strict";
import { type OfficialBundle, officialDownloads } from "../../../../tools/toolchain/official";
import { officialBases, type Platform, pins } from "../../../../tools/toolchain/pins";

const linux: Platform = { os: "linux", cpu: "x64" };
const mac: Platform = { os: "darwin", cpu: "arm64" };

describe("officialDownloads", () => {
  const cases: [OfficialBundle, Platform, string, string][] = [
    [
      "pulumi",
      linux,
      `https://get.pulumi.com/releases/sdk/pulumi-v${pins.pulumi}-linux-x64.tar.gz`,
      `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi}/pulumi-${pins.pulumi}-checksums.txt`,
    ],
    [
      "pulumi",
      mac,
      `https://get.pulumi.com/releases/sdk/pulumi-v${pins.pulumi}-darwin-arm64.tar.gz`,
      `https://github.com/pulumi/pulumi/releases/download/v${pins.pulumi}/pulumi-${pins.pulumi}-checksums.txt`,
    ],
    [
      "kubernetes-provider",
      linux,
      `https://get.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v${pins.kubernetesProvider}-linux-amd64.tar.gz`,
      `https://github.com/pulumi/pulumi-kubernetes/releases/download/v${pins.kubernetesProvider}/pulumi-kubernetes_${pins.kubernetesProvider}_checksums.txt`,
    ],
    [
      "kubernetes",
      linux,
      `https://dl.k8s.io/release/v${pins.kubernetes}/bin/linux/amd64/kube-apiserver`,
      `https://dl.k8s.io/release/v${pins.kubernetes}/bin/linux/amd64/kube-apiserver.sha256`,
    ],
    [
      "etcd",
      linux,
      `https://github.com/etcd-io/etcd/releases/download/v${pins.etcd}/etcd-v${pins.etcd}-linux-amd64.tar.gz`,
      `https://github.com/etcd-io/etcd/releases/download/v${pins.etcd}/SHA256SUMS`,
    ],
    [
      "coredns",
      { os: "linux", cpu: "arm64" },
      `https://github.com/coredns/coredns/releases/download/v${pins.coredns}/coredns_${pins.coredns}_linux_arm64.tgz`,
      `https://github.com/coredns/coredns/releases/download/v${pins.coredns}/coredns_${pins.coredns}_linux_arm64.tgz.sha256`,
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
