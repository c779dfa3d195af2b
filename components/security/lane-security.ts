import { createHash } from "node:crypto";
import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as pulumi from "@pulumi/pulumi";
import { after, type ChildOptions, childOptions } from "../child-options";
import { istioNamespace } from "../mesh/root-namespace";
import type { AllowedCall, Caller } from "./calls";
import { renderAuthorization, renderPeerAuthentication } from "./mesh-policies";
import { type ControlPlane, renderNetworkPolicies } from "./network-policies";
import type { Secured, SecurityObject, SecurityStage } from "./object";

export interface LaneSecurityArgs {
  /** Namespaces to secure, as a whole. Not the mesh's root namespace: a policy there is for the whole mesh. */
  readonly namespaces: readonly string[];
  /** Services whose pods are secured in namespaces of others, where nothing else is touched. @default none */
  readonly pods?: readonly SecuredPods[];
  /** Who may call whom; see `allowedCalls`. */
  readonly calls: readonly AllowedCall[];
  /** Pods of the ingress gateway. Requests from outside reach them, also in a secured namespace. */
  readonly gateway: Caller;
  /** Pods that every sidecar gets its config from. @default istiod in istio-system */
  readonly controlPlane?: ControlPlane;
  /** Whether pods refuse requests without a certificate of the mesh. @default "strict" */
  readonly mtls?: "strict" | "permissive";
  /** Whether pods refuse calls that are not among `calls`. @default true */
  readonly authorization?: boolean;
  /** Whether the network does. @default true */
  readonly networkPolicies?: boolean;
  /**
   * Istio has v1 of these objects from 1.22 on, and instances of Alibaba Cloud Service Mesh (ASM) that can have lanes may be
   * older: there they are v1beta1.
   * @default "istio"
   */
  readonly mesh?: "istio" | "asm";
  /**
   * The API server of the cluster, for network policies. A component has one provider of Kubernetes in its options, and
   * there it is that of the mesh's objects. @default the same
   */
  readonly networkProvider?: pulumi.ProviderResource;
  /** Makes a resource that is done when the proxies have the policies. @default no wait: only the order is kept */
  readonly barrier?: (args: SecurityBarrierArgs) => pulumi.Resource;
}

/** The pods of a service. */
export interface SecuredPods {
  /** Their namespace. */
  readonly namespace: string;
  /** Name of the service. */
  readonly service: string;
  /** Labels of the pods. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface SecurityBarrierArgs {
  /** Changes whenever a policy does. */
  readonly fingerprint: string;
  /** Parent of the wait. */
  readonly parent: pulumi.Resource;
  /** The policies that are waited for. */
  readonly dependsOn: pulumi.Resource[];
}

/**
 * Who may call whom in the namespaces of lanes: mutual TLS, authorization policies, network policies.
 *
 * Workloads and lane groups depend on it, so that a new call is allowed before anyone makes it, and forbidden after the
 * last one did.
 *
 * `opts.dependsOn`: the mesh and the namespaces.
 *
 * @example
 * const security = new LaneSecurity("security", { namespaces: ["shop"], calls, gateway, controlPlane, mtls: "strict",
 *   authorization: true, networkPolicies: true }, { provider, dependsOn: [mesh] });
 */
export class LaneSecurity extends pulumi.ComponentResource {
  public constructor(name: string, args: LaneSecurityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:LaneSecurity", name, {}, opts);
    const objects = renderSecurity(args);
    const child = childOptions(this, name, "kubernetes", opts);
    const allow = this.create(objects, "allow", child, args.networkProvider);
    const deny = this.create(objects, "deny", after(child, allow), args.networkProvider);
    const written = [...allow, ...deny];
    if (args.barrier && written.length > 0) {
      const fingerprint = createHash("sha256").update(JSON.stringify(objects)).digest("hex").slice(0, 16);
      args.barrier({ fingerprint, parent: this, dependsOn: written });
    }
    this.registerOutputs({});
  }

  private create(
    objects: readonly SecurityObject[],
    stage: SecurityStage,
    child: ChildOptions,
    networkProvider = child.provider,
  ) {
    return objects
      .filter((object) => object.stage === stage)
      .map(
        ({ apiVersion, kind, metadata, spec }) =>
          new CustomResource(
            `${kind}/${metadata.namespace}/${metadata.name}`,
            { apiVersion, kind, metadata: { ...metadata, labels: { ...metadata.labels } }, spec },
            kind === "NetworkPolicy" ? { ...child, provider: networkProvider } : child,
          ),
      );
  }
}

/** Where Istio's charts have it. */
const istiod: ControlPlane = { namespace: istioNamespace, labels: { app: "istiod" } };

/** Every object, as plain data. */
export function renderSecurity(args: Omit<LaneSecurityArgs, "barrier" | "networkProvider">): SecurityObject[] {
  const { namespaces, pods = [], calls, gateway, mesh = "istio" } = args;
  const { mtls = "strict", authorization = true, networkPolicies = true, controlPlane = istiod } = args;
  const secured: Secured[] = [
    ...namespaces.map((namespace) => ({ namespace })),
    ...pods.map(({ namespace, service, labels }) => ({ namespace, pods: { service, labels } })),
  ];
  const objects = [
    ...renderPeerAuthentication(secured, mtls),
    ...(authorization ? renderAuthorization(secured, calls, gateway) : []),
    ...(networkPolicies ? renderNetworkPolicies(secured, calls, { gateway, controlPlane }) : []),
  ];
  if (mesh === "istio") return objects;
  return objects.map((object) =>
    object.apiVersion === "security.istio.io/v1" ? { ...object, apiVersion: "security.istio.io/v1beta1" } : object,
  );
}
