import { type BundleName, kubernetesPrograms } from "./bundles";
import { type OfficialBases, type Platform, pins } from "./pins";

/** One file of a publisher. */
export interface OfficialDownload {
  readonly url: string;
  /** The publisher's checksum file: `<sha256>  <name>` lines, or the bare sum. */
  readonly checksumUrl: string;
  readonly fileName: string;
  /** What to take: the file itself as this program, or members of a .tar.gz by their path. */
  readonly take: { readonly program: string } | { readonly members: Readonly<Record<string, string>> };
}

/** Bundles that publishers offer as files. */
export type OfficialBundle = Extract<BundleName, "pulumi" | "kubernetes-provider" | "kubernetes" | "etcd" | "coredns">;

export function isOfficialBundle(name: BundleName): name is OfficialBundle {
  return ["pulumi", "kubernetes-provider", "kubernetes", "etcd", "coredns"].includes(name);
}

/** The publisher's files of a bundle for a platform. Those of the embedded node are for Linux whatever the platform. */
export function officialDownloads(
  name: OfficialBundle,
  platform: Platform,
  bases: OfficialBases,
): readonly OfficialDownload[] {
  const cpu = platform.cpu === "x64" ? "amd64" : "arm64";
  switch (name) {
    case "pulumi": {
      const fileName = `pulumi-v${pins.pulumi}-${platform.os}-${platform.cpu}.tar.gz`;
      const programs = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];
      return [
        {
          url: `${bases.pulumi}/releases/sdk/${fileName}`,
          checksumUrl: `${bases.github}/pulumi/pulumi/releases/download/v${pins.pulumi}/pulumi-${pins.pulumi}-checksums.txt`,
          fileName,
          take: { members: Object.fromEntries(programs.map((program) => [`pulumi/${program}`, program])) },
        },
      ];
    }
    case "kubernetes-provider": {
      const version = pins.kubernetesProvider;
      const fileName = `pulumi-resource-kubernetes-v${version}-${platform.os}-${cpu}.tar.gz`;
      return [
        {
          url: `${bases.pulumi}/releases/plugins/${fileName}`,
          checksumUrl: `${bases.github}/pulumi/pulumi-kubernetes/releases/download/v${version}/pulumi-kubernetes_${version}_checksums.txt`,
          fileName,
          take: { members: { "pulumi-resource-kubernetes": "pulumi-resource-kubernetes" } },
        },
      ];
    }
    case "kubernetes":
      return kubernetesPrograms.map((program) => {
        const url = `${bases.kubernetes}/release/v${pins.kubernetes}/bin/linux/${cpu}/${program}`;
        return { url, checksumUrl: `${url}.sha256`, fileName: program, take: { program } };
      });
    case "etcd": {
      const folder = `etcd-v${pins.etcd}-linux-${cpu}`;
      const release = `${bases.github}/etcd-io/etcd/releases/download/v${pins.etcd}`;
      return [
        {
          url: `${release}/${folder}.tar.gz`,
          checksumUrl: `${release}/SHA256SUMS`,
          fileName: `${folder}.tar.gz`,
          take: { members: { [`${folder}/etcd`]: "etcd" } },
        },
      ];
    }
    case "coredns": {
      const fileName = `coredns_${pins.coredns}_linux_${cpu}.tgz`;
      const url = `${bases.github}/coredns/coredns/releases/download/v${pins.coredns}/${fileName}`;
      return [{ url, checksumUrl: `${url}.sha256`, fileName, take: { members: { coredns: "coredns" } } }];
    }
    default: {
      const never: never = name;
      return never;
    }
  }
}
