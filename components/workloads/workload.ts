import { Deployment } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2";
import { Secret, Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { UserError } from "../../tools/user-error";
import { after, type ChildOptions, childOptions } from "../child-options";
import { deploymentName, versionedName } from "../names";
import type { WorkloadArgs } from "./args";
import { appContainer, deploymentSpec, type EnvSecret, podLabels } from "./deployment-spec";
import { mostToDelete } from "./drain";
import { imageProblems, workloadProblems } from "./problems";
import { autoscalerSpec } from "./scaling";
import { versionsOf } from "./versions";

/**
 * One service and its versions: a Service over all of them, and a Deployment for each.
 *
 * A pod runs its image as the image says: its user, its file system, no limits, no environment variables. It is ready when
 * its port takes connections, and goes on for 5 seconds when it is told to stop, which needs Kubernetes 1.30. `probe`,
 * `drainSeconds` and `pod` change that.
 *
 * It must come after the namespace's label and the mesh (a pod made before them has no sidecar), and after its images:
 * `opts.dependsOn`.
 *
 * @throws UserError with everything in the arguments that would break a lane or the workload.
 */
export class Workload extends pulumi.ComponentResource {
  /** All versions are ready. Routes to them depend on this. */
  public readonly deployments: readonly Deployment[];
  /** Name of the Service. */
  public readonly serviceName: pulumi.Output<string>;

  public constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mesh-lanes:index:Workload", name, {}, opts);
    const problems = [...imageProblems(name, args), ...workloadProblems(name, args)];
    if (problems.length > 0) throw new UserError(`Workload ${name} cannot be made.`, problems);
    const child = childOptions(this, name, "kubernetes", opts);
    const metadata = {
      name: args.serviceName,
      namespace: args.namespace,
      labels: { app: args.serviceName },
    };
    const annotations = args.accountAnnotations;
    const account = new ServiceAccount(
      `${name}-account`,
      { metadata: { ...metadata, ...(annotations && { annotations }) }, automountServiceAccountToken: false },
      child,
    );
    const secret = this.secret(`${name}-env`, args, child);
    const service = new Service(
      `${name}-service`,
      {
        // Pulumi would wait for endpoints, which the Deployments below bring and are waited for themselves.
        metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          selector: { app: args.serviceName },
          ports: [
            { name: args.portName ?? "http", port: args.port, targetPort: args.targetPort ?? args.port },
            ...(args.ports ?? []).map(({ name, port, targetPort = port }) => ({ name, port, targetPort })),
          ],
          ...(args.sessionAffinity && { sessionAffinity: args.sessionAffinity }),
        },
      },
      child,
    );
    this.deployments = versionsOf(args).map(([version, own]) => {
      const { name: resourceName, aliases } = versionedName(name, version);
      const labels = podLabels(args, version);
      const object = { ...metadata, name: deploymentName(args.serviceName, version), labels };
      const envSecret = secret?.(version);
      const deployment = new Deployment(
        resourceName,
        {
          metadata: object,
          spec: deploymentSpec({ ...args, ...(envSecret && { secret: envSecret }) }, version, own),
        },
        { ...after(child, [account]), customTimeouts: timeoutsOf(own.drainSeconds ?? args.drainSeconds), aliases },
      );
      const replicas = own.replicas ?? args.replicas;
      if (typeof replicas === "object") {
        const spec = autoscalerSpec(object.name, appContainer, replicas);
        new HorizontalPodAutoscaler(
          `${resourceName}-autoscaler`,
          { metadata: object, spec },
          after(child, [deployment]),
        );
      }
      if (args.minAvailable !== undefined) {
        const spec = { minAvailable: args.minAvailable, selector: { matchLabels: { app: args.serviceName, version } } };
        new PodDisruptionBudget(`${resourceName}-budget`, { metadata: object, spec }, child);
      }
      return deployment;
    });

    this.serviceName = service.metadata.name;
    this.registerOutputs({ serviceName: this.serviceName });
  }

  /** @returns for a version, what its pods read of the Secret. */
  private secret(
    resource: string,
    args: WorkloadArgs,
    child: ChildOptions,
  ): ((version: string) => EnvSecret | undefined) | undefined {
    const { serviceName, namespace } = args;
    const data: Record<string, pulumi.Input<string>> = { ...args.secretEnv };
    const keysOf = new Map(
      versionsOf(args).map(([version, own]) => {
        const keys: Record<string, string> = {};
        // A text of the version's own wins over a secret of all versions.
        for (const variable of Object.keys(args.secretEnv ?? {}))
          if (own.env?.[variable] === undefined) keys[variable] = variable;
        for (const [variable, value] of Object.entries(own.secretEnv ?? {})) {
          keys[variable] = `${version}.${variable}`;
          data[`${version}.${variable}`] = value;
        }
        return [version, keys];
      }),
    );
    if (Object.keys(data).length === 0) return undefined;
    const name = `${serviceName}-env`;
    const stringData = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pulumi.secret(value)]));
    const metadata = { name, namespace, labels: { app: serviceName } };
    const made = new Secret(resource, { metadata, stringData }, child);
    // Not a hash of the values, which would tell a weak password. What the API server calls the state of an object is no secret.
    const changes = pulumi.unsecret(made.metadata.resourceVersion);
    return (version) => {
      const keys = keysOf.get(version) ?? {};
      return Object.keys(keys).length === 0 ? undefined : { name, keys, version: changes };
    };
  }
}

function timeoutsOf(drainSeconds: number | undefined): pulumi.CustomTimeouts {
  const own = drainSeconds === undefined ? {} : { delete: `${mostToDelete(drainSeconds)}s` };
  return { create: "5m", update: "5m", ...own };
}
