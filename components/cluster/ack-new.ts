import { ManagedKubernetes } from "@pulumi/alicloud/cs/managedKubernetes";
import { Key } from "@pulumi/alicloud/kms/key";
import * as pulumi from "@pulumi/pulumi";
import { type Problem, UserError } from "../../tools/user-error";
import { inAccount } from "../alibaba/server-fields";
import type { AckSpec } from "../alibaba/values";
import { childOptions } from "../child-options";
import { AckNetwork, type AckZones, hasBlocks } from "./ack-network";
import { ackNodePool } from "./ack-node-pool";
import { AckWorkerRole } from "./ack-worker-role";

/** What a new ACK cluster is like. */
export interface NewAckClusterArgs {
  /** One to three zones of the region. Two or more outlive the loss of one. */
  readonly zones: readonly string[];
  /** Instance types of the nodes, which are virtual machines of Elastic Compute Service (ECS), the preferred one first. */
  readonly nodeTypes: readonly pulumi.Input<string>[];
  /** Number of nodes, from 1: this pool is the only one. @default 2 */
  readonly minNodes?: number;
  /** More than `minNodes`: ACK adds nodes when pods wait for room. @default minNodes */
  readonly maxNodes?: number;
  /** Edition and size of the control plane. @default "ack.pro.small" */
  readonly spec?: AckSpec;
  /** Version of Kubernetes, such as `1.35.2-aliyun.1`. @default the newest that ACK offers when the cluster is made */
  readonly kubernetesVersion?: pulumi.Input<string>;
  /** A private network of 16 bits. @default "10.0.0.0/16" */
  readonly cidr?: string;
  /** Addresses of Services: a private network of 16 bits, another than `cidr`. @default "172.20.0.0/16" */
  readonly serviceCidr?: string;
  /**
   * Whether ACK encrypts Kubernetes secrets by a key of Key Management Service (KMS): `encryptionKey`, or a new one in
   * `kmsInstance`. Clusters of the `ack.pro` specs can.
   * @default true
   */
  readonly encryptSecrets?: boolean;
  /** Id of an existing key, the region's default key included. @default a new one in `kmsInstance` */
  readonly encryptionKey?: pulumi.Input<string>;
  /**
   * Id of a KMS instance, in which a key is made that is rotated each year. KMS makes keys in instances that were bought only.
   * @example "kst-hzz65f176a0ogplgq****"
   * @default none: `encryptionKey` names a key, or nothing is encrypted
   */
  readonly kmsInstance?: pulumi.Input<string>;
  /** Refuse deletion: in Pulumi, of the cluster, and of the key. @default true */
  readonly deletionProtection?: boolean;
}

interface ManagedAckArgs extends NewAckClusterArgs {
  readonly clusterName: string;
  readonly publicEndpoint: boolean;
}

/**
 * Network and storage only. The ingress is the mesh's gateway; logs, metrics and alarms cost money, so whoever wants them
 * adds them in the console or by `alicloud.cs.KubernetesAddon`.
 */
const addons = ["terway-eniip", "csi-plugin", "csi-provisioner"];
/** ACK installs it by itself unless it is told not to. */
const unwantedAddons = ["nginx-ingress-controller"];

/** A new managed cluster: network, encryption key, control plane and nodes. */
export class NewAckCluster extends pulumi.ComponentResource {
  /** Known when the nodes are there. */
  public readonly clusterId: pulumi.Output<string>;
  /** The same id, known when there is an API server to ask for a credential of. */
  public readonly controlPlaneId: pulumi.Output<string>;
  public readonly vpcId: pulumi.Output<string>;
  /** Zone -> its vSwitch of nodes. */
  public readonly zoneSwitchIds: Readonly<Record<string, pulumi.Output<string>>>;
  /** The first vSwitch of nodes. */
  public readonly switchId: pulumi.Output<string>;
  /** `https://` and the address in the VPC. */
  public readonly privateEndpoint: pulumi.Output<string>;

  public constructor(name: string, args: ManagedAckArgs, opts?: pulumi.ComponentResourceOptions) {
    const zones = zonesOf(args);
    refuseNodes(args);
    refuseEncryption(args);
    super("mesh-lanes:index:NewAckCluster", name, {}, opts);
    const protect = args.deletionProtection ?? true;
    const own = childOptions(this, name, "alicloud", opts);
    const child = { ...own, protect };
    const network = new AckNetwork(`${name}-network`, { cidr: args.cidr ?? "10.0.0.0/16", zones, protect }, own);
    const role = new AckWorkerRole(`${name}-nodes`, { roleName: `${args.clusterName}-nodes` }, own);
    const { encryptSecrets = true } = args;
    const clusterArgs = {
      name: args.clusterName,
      clusterSpec: args.spec ?? "ack.pro.small",
      version: args.kubernetesVersion,
      vswitchIds: [...network.nodeSwitchIds],
      podVswitchIds: [...network.podSwitchIds],
      securityGroupId: network.securityGroupId,
      serviceCidr: args.serviceCidr ?? "172.20.0.0/16",
      // Every version has it; the other one ends with Kubernetes 1.35.
      proxyMode: "iptables",
      // Images come from outside of the VPC, and so do the APIs of the account.
      newNatGateway: true,
      slbInternetEnabled: args.publicEndpoint,
      disableEncryption: !encryptSecrets,
      ...(encryptSecrets && { encryptionProviderKey: args.encryptionKey ?? this.encryptionKey(name, args, child) }),
      enableRrsa: true,
      deletionProtection: protect,
      // Else the cluster's client key would be an output in the state; see terraform-provider-alicloud#5486.
      skipSetCertificateAuthority: true,
      addons: [
        ...addons.map((addon) => ({ name: addon })),
        ...unwantedAddons.map((addon) => ({ name: addon, disabled: true })),
      ],
      tags: { "mesh-lanes": args.clusterName },
    };
    const cluster = new ManagedKubernetes(
      `${name}-control-plane`,
      clusterArgs,
      inAccount("ManagedKubernetes", clusterArgs, {
        ...child,
        ignoreChanges: [
          // Only asked for when the cluster is made; ACK upgrades add-ons, and the list that is read has more than these.
          "addons",
          // A change of it would replace the cluster. One that was made with another keeps it.
          "proxyMode",
          // Whoever tags what is in the account tags this too, and that is no change. The provider would also send tags to the one
          // address cs.aliyuncs.com, whatever endpoint it is given (`OpenAckService`), and wait a minute.
          "tags",
        ],
        additionalSecretOutputs: ["certificateAuthority"],
        // Two clusters cannot have the same Service addresses in one VPC.
        deleteBeforeReplace: true,
      }),
    );
    const { clusterName, nodeTypes, minNodes = 2, maxNodes = minNodes } = args;
    const nodes = ackNodePool(
      `${name}-pool`,
      {
        ...{ clusterName, clusterId: cluster.id, nodeTypes, minNodes, maxNodes, switchIds: network.nodeSwitchIds },
        ...{ securityGroupId: network.securityGroupId, ramRoleName: role.roleName },
      },
      child,
    );

    this.controlPlaneId = cluster.id;
    // Not their id: of nodes that are to be replaced a preview knows none, would then not know the cluster either, and would show
    // all that is on it as replaced. Their URN is always known, and waited for as long.
    this.clusterId = pulumi.all([cluster.id, nodes.urn]).apply(([id]) => id);
    this.vpcId = network.vpcId;
    [this.switchId] = network.nodeSwitchIds;
    this.zoneSwitchIds = Object.fromEntries(
      network.nodeSwitchIds.flatMap((id, index) => {
        const zone = zones[index];
        return zone === undefined ? [] : [[zone, id]];
      }),
    );
    this.privateEndpoint = cluster.connections.apiServerIntranet;
    this.registerOutputs({ clusterId: this.clusterId });
  }

  private encryptionKey(
    name: string,
    { clusterName, kmsInstance, deletionProtection = true }: ManagedAckArgs,
    child: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const keyArgs = {
      description: `Kubernetes secrets of ${clusterName}`,
      dkmsInstanceId: kmsInstance,
      keySpec: "Aliyun_AES_256",
      // What is encrypted with a key is lost with it: a month is left to notice.
      pendingWindowInDays: 30,
      automaticRotation: "Enabled",
      // A year, in the unit that KMS answers in: `365d` would be a change in every preview.
      rotationInterval: "31536000s",
      deletionProtection: deletionProtection ? "Enabled" : "Disabled",
    };
    return new Key(`${name}-secrets-key`, keyArgs, inAccount("Key", keyArgs, child)).id;
  }
}

/** One to three zones, each of which has addresses by its letter. @throws UserError that names every other one. */
function zonesOf({ zones }: ManagedAckArgs): AckZones {
  const problems: Problem[] = zones.flatMap((zone, index) =>
    hasBlocks(zone)
      ? []
      : [
          {
            path: `create.zones[${index}]`,
            got: `got ${JSON.stringify(zone)}`,
            expected: "a zone whose id ends in a letter from a to o, which has addresses in the network",
            fix: "Name another zone of the region.",
          },
        ],
  );
  const [first, ...others] = zones;
  const fits = first !== undefined && others.length < 3;
  if (fits && problems.length === 0) return [first, ...others];
  const count = {
    path: "create.zones",
    got: `got ${zones.length}`,
    expected: "one to three zones of the region",
    fix: "Name the zones, the first of them that of a cluster in one zone.",
  };
  throw new UserError("The ACK cluster cannot have these zones.", [...(fits ? [] : [count]), ...problems]);
}

/** The only pool of the cluster carries the add-ons too: DNS and the pods of the network's own controllers. */
function refuseNodes({ minNodes = 2, maxNodes = minNodes }: ManagedAckArgs): void {
  const fits = (count: number, least: number) => Number.isInteger(count) && count >= least;
  const problem = (key: string, got: number, least: number, fix: string) => ({
    ...{ path: `create.${key}`, got: `got ${got}`, expected: `a whole number, at least ${least}`, fix },
  });
  const problems = [
    ...(fits(minNodes, 1)
      ? []
      : [problem("minNodes", minNodes, 1, "Keep a node: add-ons run on it, and on no other pool of this cluster.")]),
    ...(fits(maxNodes, minNodes)
      ? []
      : [problem("maxNodes", maxNodes, minNodes, "Raise maxNodes, or lower minNodes.")]),
  ];
  if (problems.length > 0) throw new UserError("The ACK cluster cannot have these nodes.", problems);
}

function refuseEncryption({ encryptSecrets = true, encryptionKey, kmsInstance, spec }: ManagedAckArgs): void {
  if (!encryptSecrets) return;
  const problems = [
    ...(encryptionKey === undefined && kmsInstance === undefined
      ? [
          {
            path: "encryptionKey",
            got: "neither encryptionKey nor kmsInstance",
            expected: "a key of KMS, or a KMS instance in which one is made",
            fix: "Name one of them, or set encryptSecrets: false.",
          },
        ]
      : []),
    ...(spec === "ack.standard"
      ? [
          {
            path: "spec",
            got: "ack.standard, which cannot encrypt Kubernetes secrets",
            expected: "ack.pro.small or larger",
            fix: "Take one of these, or set encryptSecrets: false.",
          },
        ]
      : []),
  ];
  if (problems.length > 0) throw new UserError("The ACK cluster cannot encrypt Kubernetes secrets.", problems);
}
