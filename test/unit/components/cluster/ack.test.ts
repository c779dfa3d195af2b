import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { AckCluster, type AckClusterArgs } from "../../../../components/cluster/ack";
import { hasBlocks, zoneBlocks } from "../../../../components/cluster/ack-network";
import { shortHash } from "../../../../components/names";
import { projectRoot } from "../../../../tools/paths";
import { Account } from "../../../cloud/account";
import { vpcApi } from "../../../cloud/network";
import { StandInCloud } from "../../../cloud/server";
import { ackKubeconfig, alibabaAnswers } from "../../alibaba-answers";
import { CloudClient } from "../../cloud/client";
import { type MockAnswers, outputValue, type PulumiMocks, settled, startPulumiMocks } from "../../pulumi-mocks";

const zones = ["cn-hangzhou-i", "cn-hangzhou-j"];
const create = { zones, nodeTypes: ["ecs.g7.xlarge"], kmsInstance: "kst-1" };

describe("AckCluster", () => {
  let mocks: PulumiMocks;
  let calls: { token: string; inputs: unknown; provider: string | undefined }[];

  beforeEach(async () => {
    calls = [];
    mocks = await startPulumiMocks({
      ...alibabaAnswers,
      call: (args) => {
        calls.push({ token: args.token.split(":").at(-1) ?? "", inputs: args.inputs, provider: args.provider });
        return alibabaAnswers.call(args);
      },
    });
  });

  async function make(args: Partial<AckClusterArgs>): Promise<AckCluster> {
    const cluster = new AckCluster("cluster", { region: "cn-hangzhou", clusterName: "lanes", ...args });
    await outputValue(cluster.kubeconfig);
    await settled(cluster, cluster.provider);
    return cluster;
  }

  const inputs = (name: string) => mocks.named(name).inputs;
  const needs = (name: string) => mocks.named(name).dependencies.map((urn) => urn.split("::").at(-1));

  it("makes a network in which every zone has addresses for nodes and for pods", async () => {
    await make({ create });
    assert.deepEqual(inputs("cluster-network-vpc"), { vpcName: "cluster-network", cidrBlock: "10.0.0.0/16" });
    const blocks = mocks
      .ofType("alicloud:vpc/switch:Switch")
      .map((each) => [each.inputs.zoneId, each.inputs.cidrBlock]);
    assert.deepEqual(blocks, [
      ["cn-hangzhou-i", "10.0.9.0/24"],
      ["cn-hangzhou-j", "10.0.10.0/24"],
      ["cn-hangzhou-i", "10.0.144.0/20"],
      ["cn-hangzhou-j", "10.0.160.0/20"],
    ]);
  });

  it("leaves the addresses of zones that stay, whatever zones come or go before them", async () => {
    const blocksOf = async (...letters: string[]) => {
      mocks = await startPulumiMocks(alibabaAnswers);
      await make({ create: { ...create, zones: letters.map((letter) => `cn-hangzhou-${letter}`) } });
      const made = mocks.ofType("alicloud:vpc/switch:Switch");
      return new Map(made.map(({ inputs: { vswitchName, cidrBlock } }) => [vswitchName, cidrBlock]));
    };
    const before = await blocksOf("i", "j", "k");
    for (const zones of ["jk", "kj", "hjk", "lmn"]) {
      const after = await blocksOf(...zones);
      for (const [name, block] of after) {
        if (before.has(name)) assert.equal(block, before.get(name), `${name} was moved by zones ${zones}`);
        else assert.ok(![...before.values()].includes(block), `${name} takes the addresses of a zone that goes`);
      }
    }
  });

  it("refuses zones without addresses, before anything is made", async () => {
    await assert.rejects(
      make({ create: { ...create, zones: ["cn-hangzhou-i", "cn-hangzhou-p"] } }),
      /create.zones\[1\]/,
    );
  });

  it("tells the vSwitch of nodes of each zone", async () => {
    const { zoneSwitchIds } = await make({ create });
    const ids = Object.entries(zoneSwitchIds).map(async ([zone, id]) => [zone, await outputValue(id)]);
    assert.deepEqual(
      await Promise.all(ids),
      zones.map((zone) => [zone, `cluster-network-nodes-${zone}-id`]),
    );
  });

  it("lets in what comes from the VPC, and nothing else", async () => {
    await make({ create: { ...create, cidr: "10.7.0.0/16" } });
    const rules = mocks.ofType("alicloud:ecs/securityGroupRule:SecurityGroupRule").map((rule) => rule.inputs);
    assert.deepEqual(
      rules.map(({ type, cidrIp, policy }) => ({ type, cidrIp, policy })),
      [
        { type: "ingress", cidrIp: "10.7.0.0/16", policy: "accept" },
        { type: "egress", cidrIp: "0.0.0.0/0", policy: "accept" },
      ],
    );
  });

  it("makes a control plane that is private, encrypted and protected unless it is told otherwise", async () => {
    await make({ create });
    assert.deepEqual(inputs("cluster-control-plane"), {
      name: "lanes",
      clusterSpec: "ack.pro.small",
      vswitchIds: ["cluster-network-nodes-cn-hangzhou-i-id", "cluster-network-nodes-cn-hangzhou-j-id"],
      podVswitchIds: ["cluster-network-pods-cn-hangzhou-i-id", "cluster-network-pods-cn-hangzhou-j-id"],
      securityGroupId: "cluster-network-nodes-id",
      serviceCidr: "172.20.0.0/16",
      proxyMode: "iptables",
      newNatGateway: true,
      slbInternetEnabled: false,
      disableEncryption: false,
      encryptionProviderKey: "cluster-secrets-key-id",
      enableRrsa: true,
      deletionProtection: true,
      skipSetCertificateAuthority: true,
      addons: [
        { name: "terway-eniip" },
        { name: "csi-plugin" },
        { name: "csi-provisioner" },
        { name: "nginx-ingress-controller", disabled: true },
      ],
      tags: { "mesh-lanes": "lanes" },
    });
    const { automaticRotation, rotationInterval, deletionProtection, dkmsInstanceId } = inputs("cluster-secrets-key");
    assert.deepEqual(
      { automaticRotation, rotationInterval, deletionProtection, dkmsInstanceId },
      {
        automaticRotation: "Enabled",
        // As KMS answers: 365d would be a change in every preview.
        rotationInterval: "31536000s",
        deletionProtection: "Enabled",
        dkmsInstanceId: "kst-1",
      },
    );
    const { ignoreChanges, deleteBeforeReplace } = mocks.named("cluster-control-plane");
    assert.ok(ignoreChanges.includes("proxyMode"), "a cluster that was made with another is not replaced");
    assert.ok(ignoreChanges.includes("tags"), "tags of others stay");
    assert.ok(deleteBeforeReplace);
  });

  it("takes the user's key and version, and gives up protection where that is asked for", async () => {
    await make({
      create: {
        zones,
        nodeTypes: create.nodeTypes,
        encryptionKey: "key-1",
        kubernetesVersion: "1.34.1-aliyun.1",
        deletionProtection: false,
      },
      publicEndpoint: true,
    });
    const { encryptionProviderKey, version, deletionProtection, slbInternetEnabled } = inputs("cluster-control-plane");
    assert.deepEqual(
      { encryptionProviderKey, version, deletionProtection, slbInternetEnabled },
      {
        encryptionProviderKey: "key-1",
        version: "1.34.1-aliyun.1",
        deletionProtection: false,
        slbInternetEnabled: true,
      },
    );
    assert.deepEqual(mocks.ofType("alicloud:kms/key:Key"), []);
  });

  it("encrypts no secrets where that is asked for, and makes no key", async () => {
    await make({ create: { zones, nodeTypes: create.nodeTypes, encryptSecrets: false, spec: "ack.standard" } });
    const { disableEncryption, encryptionProviderKey } = inputs("cluster-control-plane");
    assert.deepEqual(
      { disableEncryption, encryptionProviderKey },
      { disableEncryption: true, encryptionProviderKey: undefined },
    );
    assert.deepEqual(mocks.ofType("alicloud:kms/key:Key"), []);
  });

  it("fails to encrypt secrets without a key or an instance to make one in, and with a spec that cannot", async () => {
    await assert.rejects(make({ create: { zones, nodeTypes: create.nodeTypes, spec: "ack.standard" } }), {
      name: "UserError",
      message: /neither encryptionKey nor kmsInstance.*ack\.standard, which cannot encrypt/s,
    });
  });

  for (const zones of [[], ["a", "b", "c", "d"]]) {
    it(`refuses ${zones.length} zones`, async () => {
      await assert.rejects(make({ create: { ...create, zones } }), {
        name: "UserError",
        message: new RegExp(`create\\.zones: got ${zones.length}\\n.*one to three zones`, "s"),
      });
    });
  }

  for (const [title, nodes, got] of [
    ["no node, on which nothing could start", { minNodes: 0, maxNodes: 3 }, /create\.minNodes: got 0\n.*at least 1/s],
    ["half a node", { minNodes: 1.5 }, /create\.minNodes: got 1\.5/],
    ["fewer nodes at most than at least", { minNodes: 3, maxNodes: 2 }, /create\.maxNodes: got 2\n.*at least 3/s],
  ] as const) {
    it(`refuses ${title}`, async () => {
      await assert.rejects(make({ create: { ...create, ...nodes } }), { name: "UserError", message: got });
    });
  }

  it("leaves the number of nodes to ACK where it adds them", async () => {
    await make({ create: { ...create, minNodes: 3, maxNodes: 9 } });
    assert.ok(mocks.named("cluster-pool").ignoreChanges.includes("desiredSize"));
  });

  it("makes nodes with encrypted disks, signed metadata requests and a role that only pulls images", async () => {
    await make({ create });
    const { desiredSize, scalingConfig, systemDiskEncrypted, instanceMetadataOptions, ramRoleName } =
      inputs("cluster-pool");
    assert.deepEqual(
      { desiredSize, scalingConfig, systemDiskEncrypted, instanceMetadataOptions, ramRoleName },
      {
        desiredSize: "2",
        scalingConfig: undefined,
        systemDiskEncrypted: true,
        instanceMetadataOptions: { httpTokens: "required" },
        ramRoleName: "lanes-nodes",
      },
    );
    const policy = JSON.parse(String(inputs("cluster-nodes-policy").policyDocument));
    assert.deepEqual(policy.Statement, [
      {
        Effect: "Allow",
        Action: ["cr:GetAuthorizationToken", "cr:ListInstanceEndpoint", "cr:PullRepository"],
        Resource: ["*"],
      },
    ]);
  });

  it("lets ACK add nodes where there is room for more", async () => {
    await make({ create: { ...create, minNodes: 3, maxNodes: 9 } });
    const { desiredSize, scalingConfig } = inputs("cluster-pool");
    assert.deepEqual(
      { desiredSize, scalingConfig },
      {
        desiredSize: undefined,
        scalingConfig: { enable: true, minSize: 3, maxSize: 9, type: "cpu" },
      },
    );
  });

  it("names the pool after all that replaces it, and asks for the new one first", async () => {
    const facts: { fields: Record<string, string[]> } = JSON.parse(
      readFileSync(join(projectRoot, "test/fixtures/alibaba/replacing-fields.json"), "utf8"),
    );
    const replacing = facts.fields["cs/nodePool:NodePool"] ?? [];
    await make({ create });
    const { nodePoolName, ...others } = inputs("cluster-pool");
    const found = Object.entries(others).filter(([key]) => replacing.includes(key));
    assert.deepEqual(found.map(([key]) => key).sort(), [
      ...["clusterId", "instanceMetadataOptions", "ramRoleName", "securityGroupIds"],
    ]);
    found.sort(([one], [other]) => (one < other ? -1 : 1));
    assert.equal(nodePoolName, `lanes-nodes-${shortHash(JSON.stringify(found))}`);
    assert.equal(mocks.named("cluster-pool").deleteBeforeReplace, false);
  });

  it("gets a pool that replaces another made beside it, and the same again for the same", async () => {
    const nameWith = async (roleName: string) => {
      const outputs: MockAnswers["outputs"] = (args) =>
        args.type === "alicloud:ram/role:Role" ? { roleName } : alibabaAnswers.outputs(args);
      mocks = await startPulumiMocks({ ...alibabaAnswers, outputs });
      await make({ create });
      return String(inputs("cluster-pool").nodePoolName);
    };
    const cloud = await StandInCloud.start();
    try {
      const client = new CloudClient(cloud);
      cloud.account.make("Cluster", { state: "running" }, undefined, "c-1");
      const ask = async (name: string) =>
        (await client.roa("POST", "/clusters/c-1/nodepools", { nodepool_info: { name }, scaling_group: {} })).status;
      assert.equal(await ask(await nameWith("one")), 200);
      assert.equal(await ask(await nameWith("one")), 409, "nothing that replaces it has changed");
      assert.equal(await ask(await nameWith("other")), 200, "the pool that replaces it");
    } finally {
      await cloud.stop();
    }
  });

  it("asks for a credential that ends, and puts the private address into it", async () => {
    const cluster = await make({ create, credentialMinutes: 30 });
    assert.ok(await pulumi.isSecret(cluster.kubeconfig));
    assert.equal(serverOf(await outputValue(cluster.kubeconfig)), "https://10.0.0.7:6443");
    assert.deepEqual(
      calls.map(({ token, inputs: sent }) => [token, sent]),
      [["getClusterCredential", { clusterId: "cluster-control-plane-id", temporaryDurationMinutes: 30 }]],
    );
    assert.match(calls[0]?.provider ?? "", /::cluster-alicloud::/);
  });

  it("leaves the public address where the endpoint is public", async () => {
    const cluster = await make({ create, publicEndpoint: true });
    assert.equal(await outputValue(cluster.kubeconfig), ackKubeconfig);
  });

  it("lets whatever is on it wait for the nodes", async () => {
    await make({ create });
    assert.ok(needs("cluster-kubernetes").includes("cluster-pool"), String(needs("cluster-kubernetes")));
  });

  // What a preview does not know it shows as replaced: the membership of the mesh, and all that is on the cluster.
  it("is the same cluster to a preview of other nodes, with a credential", async () => {
    mocks = await startPulumiMocks({ ...alibabaAnswers, replaced: ["cluster-pool"] });
    const cluster = new AckCluster("cluster", { region: "cn-hangzhou", clusterName: "lanes", create });
    await settled(cluster, cluster.provider);
    assert.equal(await isKnown(cluster.identity), true);
    assert.equal(await isKnown(cluster.kubeconfig), true);
    assert.equal(inputs("cluster-kubernetes").clusterIdentifier, "cluster-control-plane-id");
  });

  it("uses an existing cluster by its id, and makes nothing", async () => {
    const cluster = await make({ clusterId: "c123" });
    assert.equal(serverOf(await outputValue(cluster.kubeconfig)), "https://192.168.0.7:6443");
    assert.equal(await outputValue(cluster.identity), "c123");
    assert.equal(await outputValue(cluster.vpcId), "vpc-1");
    assert.equal(await outputValue(cluster.switchId), "vsw-1");
    const inAccount = mocks.resources.filter(({ type }) => type.startsWith("alicloud:"));
    assert.deepEqual(
      inAccount.map(({ name, inputs: given, secretOutputs }) => ({ name, given, secretOutputs })),
      // It is read, and its client key is neither asked for nor shown.
      [
        {
          name: "cluster-control-plane",
          given: { skipSetCertificateAuthority: true },
          secretOutputs: ["certificateAuthority"],
        },
      ],
    );
    assert.equal(mocks.named("cluster-control-plane").read, true);
    assert.deepEqual(
      calls.map(({ token }) => token),
      ["getClusterCredential"],
    );
  });

  it("fails without a cluster to find or to make, and with both", () => {
    const common = { region: "cn-hangzhou", clusterName: "lanes" };
    assert.throws(() => new AckCluster("cluster", common), /args: got neither clusterId nor create\n/);
    assert.throws(
      () => new AckCluster("cluster", { ...common, clusterId: "c1", create }),
      /args: got clusterId and create\n/,
    );
  });
});

describe("zoneBlocks", () => {
  const all = [..."abcdefghijklmno"].map((letter) => `cn-hangzhou-${letter}`);

  it("gives a zone the same block whatever others there are, in both forms of ids", () => {
    const third = { nodes: "172.16.3.0/24", pods: "172.16.48.0/20" };
    assert.deepEqual(zoneBlocks("172.16.0.0/16", "cn-hangzhou-c"), third);
    assert.deepEqual(zoneBlocks("172.16.0.0/16", "us-east-1c"), third);
  });

  // The stand-in refuses what overlaps, as the account does: InvalidCidrBlock.Overlapped.
  it("gives all zones blocks that an account takes beside each other", async () => {
    const account = new Account();
    const vpc = account.make("Vpc", { CidrBlock: "10.7.0.0/16", Status: "Available" });
    for (const ZoneId of all) {
      for (const CidrBlock of Object.values(zoneBlocks("10.7.0.0/16", ZoneId))) {
        vpcApi.CreateVSwitch?.(account, { VpcId: vpc.id, ZoneId, CidrBlock });
      }
    }
    assert.equal(account.all("VSwitch").length, 2 * all.length);
  });

  it("has none for zones that no region has", () => {
    assert.deepEqual(
      ["cn-hangzhou-p", "cn-hangzhou-1", ""].map((zone) => hasBlocks(zone)),
      [false, false, false],
    );
  });
});

/** Whether a preview knows the value. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}

function serverOf(kubeconfig: string): unknown {
  return parse(kubeconfig).clusters[0].cluster.server;
}
