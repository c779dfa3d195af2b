import assert from "node:assert/strict";
import { parse } from "yaml";
import {
  applyKind,
  deleteKind,
  inspectKind,
  loadKindImages,
  readKind,
  stopKind,
} from "../../../../tools/kind/kind-cluster";
import { pins } from "../../../../tools/toolchain/pins";
import { UserError } from "../../../../tools/user-error";
import { type FakeAnswer, FakeCommands } from "./fake-commands";

const request = { name: "lanes", ports: ["8080:31080", "8443:31081"], kubernetesVersion: "1.35.4" };
const inspect = "docker inspect --format {{.Id}} {{.State.Running}} lanes-control-plane";
const create = "kind create cluster --config - --wait 120s --kubeconfig /dev/null";
const version: FakeAnswer = { args: "version", stdout: "0.33.0\n" };
const kubeconfig: FakeAnswer = { args: "get kubeconfig", stdout: "kubeconfig text" };
const running: FakeAnswer = { args: "inspect", stdout: "container-id true\n" };
const stopped: FakeAnswer = { args: "inspect", stdout: "container-id false\n" };
const absent: FakeAnswer = { args: "inspect", code: 1, stderr: "Error: No such object: lanes-control-plane\n" };
const silent = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";

describe("a kind cluster", () => {
  let fake: FakeCommands;

  beforeEach(() => {
    fake = new FakeCommands();
  });

  afterEach(() => fake.remove());

  function add(kind: readonly FakeAnswer[], docker: readonly FakeAnswer[]) {
    fake.add("kind", kind);
    fake.add("docker", docker);
  }

  it("that runs is stopped, and one that does not is left alone", async () => {
    add([], [running]);
    await stopKind("lanes", fake.run);
    assert.deepEqual(fake.calls(), [inspect, "docker stop lanes-control-plane"]);
    fake.remove();
    fake = new FakeCommands();
    add([], [stopped]);
    await stopKind("lanes", fake.run);
    assert.deepEqual(fake.calls(), [inspect]);
  });

  it("that is absent is made from a config, without touching the user's kubeconfig", async () => {
    add([version], [absent]);
    // The fake cluster is still absent afterwards: what follows is another test's.
    await assert.rejects(applyKind(request, fake.run), { summary: "The kind cluster does not exist." });
    assert.deepEqual(fake.calls(), ["kind version --quiet", inspect, create, inspect]);
    assert.deepEqual(parse(fake.input("kind create") ?? ""), {
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      name: "lanes",
      nodes: [
        {
          role: "control-plane",
          image: "kindest/node:v1.35.4",
          extraPortMappings: [
            { containerPort: 31080, hostPort: 8080, listenAddress: "127.0.0.1", protocol: "TCP" },
            { containerPort: 31081, hostPort: 8443, listenAddress: "127.0.0.1", protocol: "TCP" },
          ],
        },
      ],
    });
  });

  it("that runs is left as it is", async () => {
    add([version, kubeconfig], [running]);
    const info = await applyKind(request, fake.run);
    assert.deepEqual(fake.calls(), ["kind version --quiet", inspect, inspect, "kind get kubeconfig --name lanes"]);
    assert.equal(info.kubeconfig, "kubeconfig text");
    assert.equal(info.address, "127.0.0.1");
    assert.match(info.identity, /^[0-9a-f]{16}$/);
  });

  it("that was stopped is started", async () => {
    add([version, kubeconfig], [stopped]);
    await applyKind(request, fake.run);
    assert.equal(fake.calls()[2], "docker start lanes-control-plane");
  });

  it("has the identity of its container", async () => {
    add([kubeconfig], [running]);
    const first = (await readKind("lanes", fake.run)).identity;
    assert.deepEqual(await inspectKind("lanes", fake.run), { state: "running", identity: first });
    fake.add("docker", [{ args: "inspect", stdout: "other-id true\n" }]);
    assert.notEqual((await inspectKind("lanes", fake.run)).identity, first);
  });

  it("is removed, if it is the one that is meant", async () => {
    add([], [running]);
    const seen = await inspectKind("lanes", fake.run);
    await deleteKind("lanes", "another", fake.run);
    assert.deepEqual(fake.calls(), [inspect, inspect]);
    await deleteKind("lanes", seen.identity, fake.run);
    assert.equal(fake.calls().at(-1), "kind delete cluster --name lanes --kubeconfig /dev/null");
  });

  it("that is gone needs no removal", async () => {
    add([], [absent]);
    await deleteKind("lanes", undefined, fake.run);
    assert.deepEqual(fake.calls(), [inspect]);
  });

  it("gets images: those that are not built are, and all are loaded at once", async () => {
    add([], [{ args: "image inspect --format {{.Id}} b:1", code: 1 }]);
    const image = (app: string) => ({ app, ref: `${app}:1`, hash: "1" });
    await loadKindImages("lanes", [image("a"), image("b")], "/src", fake.run);
    assert.deepEqual(fake.calls(), [
      "docker image inspect --format {{.Id}} a:1",
      "docker image inspect --format {{.Id}} b:1",
      "docker build --tag b:1 --file /src/apps/Containerfile --build-arg APP=b /src",
      "kind load docker-image a:1 b:1 --name lanes",
    ]);
  });

  it("gets no images: no command runs", async () => {
    await loadKindImages("lanes", [], "/src", fake.run);
    assert.deepEqual(fake.calls(), []);
  });

  const failure = async (): Promise<UserError> => {
    const error: unknown = await applyKind(request, fake.run).catch((caught: unknown) => caught);
    assert.ok(error instanceof UserError, String(error));
    return error;
  };

  it("fails without kind", async () => {
    fake.add("docker", [absent]);
    const { summary, problems } = await failure();
    assert.equal(summary, "There is no kind on the PATH.");
    assert.match(problems[0]?.fix ?? "", /^Install it: https:\/\/kind\.sigs\.k8s\.io/);
  });

  it("fails without docker", async () => {
    fake.add("kind", [version]);
    const { summary, problems } = await failure();
    assert.equal(summary, "There is no docker on the PATH.");
    assert.match(problems[0]?.fix ?? "", /^Install Docker, or set cluster\.kind to embedded/);
  });

  it("fails when no Docker engine answers, rather than taking the cluster for gone", async () => {
    add([version], [{ args: "inspect", code: 1, stderr: silent }]);
    const { summary, problems } = await failure();
    assert.equal(summary, "No Docker engine answers.");
    assert.equal(problems[0]?.fix, "Start Docker, or set cluster.kind to embedded (Linux, root) or existing.");
  });

  it("fails with a kind that is too old", async () => {
    add([{ args: "version", stdout: "0.17.0\n" }], [absent]);
    const { summary, problems } = await failure();
    assert.equal(summary, "This kind is too old.");
    assert.equal(problems[0]?.got, "0.17.0");
    assert.equal(problems[0]?.expected, pins.kindRange);
    assert.deepEqual(fake.calls(), ["kind version --quiet"]);
  });

  for (const [title, stderr] of [
    ["another container", "Bind for 127.0.0.1:8080 failed: port is already allocated"],
    [
      "another program",
      "driver failed: Error starting userland proxy: listen tcp4 127.0.0.1:8080: bind: address already in use",
    ],
    [
      "another program on a desktop",
      "Ports are not available: exposing port TCP 127.0.0.1:8080 -> 127.0.0.1:0: listen tcp 127.0.0.1:8080: bind",
    ],
  ] as const) {
    it(`fails when a port is taken by ${title}`, async () => {
      add([version, { args: "create", code: 1, stderr }], [absent]);
      const { summary, problems } = await failure();
      assert.equal(summary, "Port 8080 of this machine is taken.");
      assert.equal(problems[0]?.fix, "Stop what uses port 8080, or configure another port of the gateway.");
    });
  }

  it("fails for another reason with the end of what was printed", async () => {
    add([version, { args: "create", code: 2, stderr: "ERROR: failed to create cluster: no space left" }], [absent]);
    const { summary, problems } = await failure();
    assert.equal(summary, "Making the kind cluster failed.");
    assert.equal(problems[0]?.got, "exit code 2: ERROR: failed to create cluster: no space left");
  });
});
