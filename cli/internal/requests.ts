import { z } from "zod";

/** Kinds of cluster that run on this machine. */
const kind = z.enum(["embedded", "kind"]);
const target = { kind, name: z.string() };
/** An ACK cluster in an ASM instance, by their ids. */
const membership = { meshId: z.string().min(1), clusterId: z.string().min(1) };
/** An ASM instance, by its name and its VPC. */
const goneMesh = { meshName: z.string().min(1), vpcId: z.string().min(1) };

/** A control plane, by its namespace and its revision, which is `default` where it has none. */
const controlPlane = { namespace: z.string().min(1), revision: z.string().min(1), kubeconfig: z.string() };

/** What each verb reads from stdin. Keys that a verb does not need are ignored. */
export const requests = {
  /** `ports`: `hostPort:nodePort`; it and `kubernetesVersion` are read for kind only. */
  "node-apply": z.object({
    ...target,
    ports: z.array(z.string().regex(/^\d+:\d+$/)).default([]),
    kubernetesVersion: z.string().optional(),
  }),
  "node-inspect": z.object(target),
  /** `identity`: that of the node to delete. One that was recreated since is left alone. */
  "node-delete": z.object({ ...target, identity: z.string().optional() }),
  /** `refs`: the reference of each app, in the same order; it must fit the sources as they are now. */
  "images-apply": z
    .object({ ...target, apps: z.array(z.string()), refs: z.array(z.string()) })
    .refine(({ apps, refs }) => apps.length === refs.length, "apps and refs must be of the same length"),
  "proxies-apply": z.object({
    group: z.string(),
    namespace: z.string(),
    blindSeconds: z.number(),
    kubeconfig: z.string().optional(),
  }),
  "membership-apply": z.object(membership),
  "membership-delete": z.object(membership),
  "meshgone-apply": z.object(goneMesh),
  "meshgone-delete": z.object(goneMesh),
  /** `labels`: those of a namespace whose pods get sidecars. */
  "dataplane-apply": z.object({ kubeconfig: z.string(), labels: z.record(z.string(), z.string()) }),
  "controlplane-apply": z.object(controlPlane),
  "controlplane-delete": z.object(controlPlane),
  /** `gateway`: value of the label `istio` of its pods. */
  "gateway-apply": z.object({
    kubeconfig: z.string(),
    gateway: z.string().min(1),
    replicas: z.number().int().min(0),
    ports: z.array(z.number()),
  }),
  /** `authority`, `authorityKey`: PEM of the authority so far, which signs again. */
  "certificate-apply": z.object({
    name: z.string(),
    hosts: z.array(z.string()).min(1),
    days: z.number().int().min(1),
    authority: z.string().optional(),
    authorityKey: z.string().optional(),
  }),
} as const;

export type Verb = keyof typeof requests;
export type Request<V extends Verb> = z.infer<(typeof requests)[V]>;

export function isVerb(text: string): text is Verb {
  return Object.hasOwn(requests, text);
}
