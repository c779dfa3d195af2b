import type { Input } from "@pulumi/pulumi";

/** Images that the chart of the operator runs, or that the operator puts into pods. */
export const operatorImages = [
  "manager",
  "kubeRBACProxy",
  "collector",
  "opampBridge",
  "targetAllocator",
  "java",
  "nodejs",
  "python",
  "dotnet",
  "go",
] as const;
export type OperatorImage = (typeof operatorImages)[number];

/** Where an image comes from; a part that is left out is the preset's, else the chart's own. */
export interface ImageSource {
  /** Registry and path, without a tag. @default that of the preset, else the chart's own */
  readonly repository?: Input<string>;
  /** Tag of the image. @default that of the preset, else the chart's own */
  readonly tag?: Input<string>;
}

export interface OperatorImagesArgs {
  /**
   * `ack`: Alibaba Cloud's mirrors of all images, in the versions of its document on permissive lanes.
   * @default "upstream": the chart's own images
   */
  readonly preset?: "upstream" | "ack";
  /**
   * Registry and path that the images of the preset are taken from, e.g. `registry.example.com/mirror`.
   * @default that of the preset
   */
  readonly registry?: string;
  /** Images of one's own, by what they are for. @default those of the preset */
  readonly images?: Readonly<Partial<Record<OperatorImage, ImageSource>>>;
}

/** "Implement an end-to-end canary release based on traffic lanes in permissive mode" of Alibaba Cloud's ASM documents. */
const ackRegistry = "registry-cn-hangzhou.ack.aliyuncs.com/acs";
const ackImages: Readonly<Record<OperatorImage, { readonly name: string; readonly tag: string }>> = {
  manager: { name: "opentelemetry-operator", tag: "0.92.1" },
  kubeRBACProxy: { name: "kube-rbac-proxy", tag: "v0.13.1" },
  collector: { name: "opentelemetry-collector", tag: "0.97.0" },
  opampBridge: { name: "operator-opamp-bridge", tag: "0.97.0" },
  targetAllocator: { name: "target-allocator", tag: "0.97.0" },
  java: { name: "autoinstrumentation-java", tag: "1.32.1" },
  nodejs: { name: "autoinstrumentation-nodejs", tag: "0.49.1" },
  python: { name: "autoinstrumentation-python", tag: "0.44b0" },
  dotnet: { name: "autoinstrumentation-dotnet", tag: "1.2.0" },
  go: { name: "opentelemetry-go-instrumentation", tag: "v0.10.1.alpha-2-aliyun" },
};

/**
 * Values of the chart: certificates by the chart itself, not by cert-manager, and the images that were asked for. What is
 * not named is left to the chart, so that a newer one brings its own versions.
 */
export function operatorValues(args: OperatorImagesArgs): Record<string, unknown> {
  const { kubeRBACProxy, manager, collector, opampBridge, targetAllocator, ...languages } = imagesOf(args);
  const managerValues = {
    ...(manager && { image: manager }),
    ...(collector && { collectorImage: collector }),
    ...(opampBridge && { opampBridgeImage: opampBridge }),
    ...(targetAllocator && { targetAllocatorImage: targetAllocator }),
    ...(Object.keys(languages).length > 0 && { autoInstrumentationImage: languages }),
  };
  return {
    admissionWebhooks: { certManager: { enabled: false, autoGenerateCert: true } },
    ...(Object.keys(managerValues).length > 0 && { manager: managerValues }),
    ...(kubeRBACProxy && { kubeRBACProxy: { image: kubeRBACProxy } }),
  };
}

function imagesOf({ preset, registry, images = {} }: OperatorImagesArgs): Partial<Record<OperatorImage, ImageSource>> {
  const preseted = preset === "ack" ? operatorImages : [];
  const named = new Set([...preseted, ...operatorImages.filter((image) => images[image] !== undefined)]);
  return Object.fromEntries(
    [...named].map((image) => {
      const ack = preset === "ack" ? ackImages[image] : undefined;
      const mirrored = ack && { repository: `${registry ?? ackRegistry}/${ack.name}`, tag: ack.tag };
      return [image, { ...mirrored, ...images[image] }];
    }),
  );
}

/** An image reference as the chart takes it. @param ref `repository:tag`. */
export function imageSource(ref: string): ImageSource {
  const at = ref.lastIndexOf(":");
  return { repository: ref.slice(0, at), tag: ref.slice(at + 1) };
}
