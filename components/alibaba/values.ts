/*
 * Values that Alibaba Cloud's API takes, as the documentation of @pulumi/alicloud lists them; a test compares the two. No
 * import from that package here: it costs a second to load, and config is checked without it.
 */

/** Sizes of a managed cluster's control plane. */
export const ackSpecs = [
  "ack.standard",
  "ack.pro.small",
  "ack.pro.xlarge",
  "ack.pro.2xlarge",
  "ack.pro.4xlarge",
] as const;
export type AckSpec = (typeof ackSpecs)[number];

/** Seconds that the proxies of a managed mesh, which does not tell what they have, are given for each step of a change. */
export const asmSettleSeconds = 10;

/** Editions of ASM. The API has two values for each: see `editionCodes`. */
export const asmEditions = ["standard", "enterprise", "ultimate"] as const;
export type AsmEdition = (typeof asmEditions)[number];

/** Edition -> `edition` of the API; its `clusterSpec` is the edition's own name. See "CreateServiceMesh" of ASM's API. */
export const editionCodes: Readonly<Record<AsmEdition, "Default" | "Pro">> = {
  standard: "Default",
  enterprise: "Pro",
  ultimate: "Pro",
};

/** ASM starts no gateway outside this namespace; see "CRD fields for an ASM gateway". */
export const asmGatewayNamespace = "istio-system";

/** What a person may do in a mesh. */
export const asmRoles = ["istio-admin", "istio-ops", "istio-readonly"] as const;
export type AsmRole = (typeof asmRoles)[number];

/** The system disk of each node; `size` in GiB. */
export const nodeDisk = { category: "cloud_essd", size: 120 } as const;
