import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { Secret, Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { after, type ChildOptions, childOptions } from "../child-options";
import { deploymentName, versionedName } from "../names";
import { deploymentSpec, type PodArgs, podLabels } from "./deployment-spec";

export interface WorkloadArgs {
  /** Name of the Service, its account and the pods' label `app`. */
  readonly serviceName: string;
  readonly namespace: string;
  /** Image of all versions. */
  readonly image: pulumi.Input<string>;
  /** Port of the Service. */
  readonly port: number;
  /** Its name, which tells Istio the protocol, e.g. `http` or `http-ws`. */
  readonly portName: string;
  /**
   * Port of the container.
   * @default the Service's port
   */
  readonly targetPort?: number;
  /** URL that it calls for each request; none ends the chain. */
  readonly calls?: string;
  readonly versions: readonly string[];
  /**
   * Label of the pods that holds the version, beside `version`.
   * @example "ASM_TRAFFIC_TAG"
   */
  readonly versionLabel: string;
  /** Version -> number of its pods; `auto` leaves it to an autoscaler or to `kubectl scale`. */
  readonly replicas: Readonly<Record<string, number | "auto">>;
  /**
   * Whether kube-proxy sends a client's connections to one pod. Clients in the mesh are balanced by their own proxy, which
   * does not look at this.
   * @default "None"
   */
  readonly sessionAffinity?: "None" | "ClientIP";
  /** More environment variables; they win over those of this component. */
  readonly env?: Readonly<Record<string, string>>;
  /** The same, kept in a Secret: their values are in no spec of a pod, and nowhere in clear in the state. */
  readonly secretEnv?: Readonly<Record<string, pulumi.Input<string>>>;
  /** Annotations of the pods, such as those that ask for instrumentation. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

/**
 * One service and its versions: a Service over all of them, and a Deployment for each, told by its environment who it is.
 *
 * It must come after the namespace's label and the mesh (a pod made before them has no sidecar), and after its images:
 * `opts.dependsOn`.
 */
export class Workload extends pulumi.ComponentResource {
  /** All versions are ready. Routes to them depend on this. */
  public readonly deployments: readonly Deployment[];
  public readonly serviceName: pulumi.Output<string>;

  public constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Workload", name, {}, opts);
    const child = childOptions(this, name, "kubernetes", opts);
    const metadata = {
      name: args.serviceName,
      namespace: args.namespace,
      labels: { app: args.serviceName },
    };

    const account = new ServiceAccount(`${name}-account`, { metadata, automountServiceAccountToken: false }, child);
    const secret = this.secret(`${name}-env`, args, child);
    const service = new Service(
      `${name}-service`,
      {
        // Pulumi would wait for endpoints, which the Deployments below bring and are waited for themselves.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: { app: args.serviceName },
          ports: [{ name: args.portName, port: args.port, targetPort: args.targetPort ?? args.port }],
          ...(args.sessionAffinity && { sessionAffinity: args.sessionAffinity }),
        },
      },
      child,
    );
    this.deployments = args.versions.map((version) => {
      const { name: resourceName, aliases } = versionedName(name, version);
      return new Deployment(
        resourceName,
        {
          metadata: {
            ...metadata,
            name: deploymentName(args.serviceName, version),
            labels: podLabels(args, version),
          },
          spec: deploymentSpec({ ...args, secret }, version),
        },
        { ...after(child, [account]), customTimeouts: { create: "5m", update: "5m" }, aliases },
      );
    });

    this.serviceName = service.metadata.name;
    this.registerOutputs({ serviceName: this.serviceName });
  }

  private secret(resource: string, args: WorkloadArgs, child: ChildOptions): PodArgs["secret"] {
    const { serviceName, namespace, secretEnv = {} } = args;
    const variables = Object.keys(secretEnv);
    if (variables.length === 0) return undefined;
    const name = `${serviceName}-env`;
    const stringData = Object.fromEntries(
      variables.map((variable) => [variable, pulumi.secret(secretEnv[variable] ?? "")]),
    );
    const metadata = { name, namespace, labels: { app: serviceName } };
    const made = new Secret(resource, { metadata, stringData }, child);
    // Not a hash of the values, which would tell a weak password. What the API server calls the state of an object is no secret.
    return { name, variables, version: pulumi.unsecret(made.metadata.resourceVersion) };
  }
}
