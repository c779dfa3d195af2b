import assert from "node:assert/strict";
import { join } from "node:path";
import execa from "execa";
import { projectRoot } from "../../../tools/paths";

/** What Pulumi's real library does in a process of its own: messages of a resource, sessions with the debugger, a function as text. */
const seen = `(async () => {
  const { Session } = require("node:inspector");
  let sessions = 0;
  const { connect } = Session.prototype;
  Session.prototype.connect = function () {
    sessions += 1;
    return connect.call(this);
  };
  const hooks = require("@pulumi/pulumi/runtime/closure/v8Hooks");
  await hooks.isInitializedAsync();
  const atStart = sessions;
  const pulumi = require("@pulumi/pulumi");
  await pulumi.runtime.setMocks({ newResource: ({ name, inputs }) => ({ id: name, state: inputs }), call: () => ({}) });
  const messages = [];
  const engine = {
    log: (request, callback) => {
      messages.push([request.getSeverity(), request.getMessage()]);
      callback();
    },
  };
  require("@pulumi/pulumi/runtime/settings").getEngine = () => engine;
  const made = new pulumi.CustomResource("pkg:index:Type", "made", { some: "text" });
  const urn = await made.urn.promise();
  await pulumi.log.warn("a warning");
  const text = (await pulumi.runtime.serializeFunction(() => 1)).text;
  console.log(JSON.stringify({ messages, urn, atStart, sessions, text }));
  process.exit();
})()`;

interface Seen {
  readonly messages: readonly (readonly [number, string])[];
  readonly urn: string;
  readonly atStart: number;
  readonly sessions: number;
  readonly text: string;
}

async function look(before: string): Promise<Seen> {
  const { stdout } = await execa(process.execPath, ["-e", `${before};${seen}`], { cwd: projectRoot });
  return JSON.parse(stdout);
}

const [debug, warning] = [0, 2];

describe("unused-work", function () {
  this.timeout(60_000);
  let plain: Seen;
  let less: Seen;

  before(async () => {
    const leaveOut = `require(${JSON.stringify(join(projectRoot, "bin", "unused-work.js"))}).leaveOut(require)`;
    [plain, less] = await Promise.all([look(""), look(leaveOut)]);
  });

  it("sends no debug messages, of which Pulumi's library sends several for each resource; all others go on", () => {
    const severities = (each: Seen) => each.messages.map(([severity]) => severity);
    assert.ok(severities(plain).filter((severity) => severity === debug).length > 2);
    assert.deepEqual(less.messages, [[warning, "a warning"]]);
    assert.ok(severities(plain).includes(warning));
  });

  it("opens a session with the debugger for a function that is written as text, and not before", () => {
    assert.deepEqual([plain.atStart, less.atStart], [1, 0]);
    assert.deepEqual([plain.sessions, less.sessions], [1, 1]);
  });

  it("changes nothing of what comes out", () => {
    assert.equal(less.urn, plain.urn);
    assert.equal(less.text, plain.text);
  });

  it("skips what an object was sent as in an answer about it, and there alone", async () => {
    const script = `
      const { createRequire } = require("node:module");
      const own = createRequire(${JSON.stringify(join(projectRoot, "package.json"))});
      require("./bin/unused-work").leaveOut(own);
      const { RegisterResourceResponse } = own("@pulumi/pulumi/proto/resource_pb");
      const { Struct } = createRequire(own.resolve("@pulumi/pulumi"))("google-protobuf/google/protobuf/struct_pb.js");
      const object = { __inputs: { a: 1 }, spec: { __inputs: [1.5, "text", null, true], none: {} }, last: "" };
      const answer = new RegisterResourceResponse();
      answer.setUrn("urn");
      answer.setObject(Struct.fromJavaScript(object));
      const read = RegisterResourceResponse.deserializeBinary(answer.serializeBinary());
      const struct = Struct.deserializeBinary(answer.getObject().serializeBinary());
      console.log(JSON.stringify([object, read.getObject().toJavaScript(), struct.toJavaScript(), read.getUrn()]));`;
    const { stdout } = await execa(process.execPath, ["-e", script], { cwd: projectRoot });
    const [object, answered, elsewhere, urn] = JSON.parse(stdout);
    const { __inputs: _sent, ...others } = object;
    assert.deepEqual([answered, elsewhere, urn], [others, object, "urn"]);
  });

  it("leaves a library alone that has nothing of these names", async () => {
    const script = `
      const { createRequire } = require("node:module");
      const own = createRequire(${JSON.stringify(join(projectRoot, "package.json"))});
      const old = (name) => own(name.replace("@pulumi/pulumi/", "@pulumi/pulumi/of-another-version/"));
      old.resolve = (name) => own.resolve(name);
      require("./bin/unused-work").leaveOut(old);`;
    await execa(process.execPath, ["-e", script], { cwd: projectRoot });
  });
});
