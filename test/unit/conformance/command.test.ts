import assert from "node:assert/strict";
import { type Command, CommanderError } from "commander";
import { conformanceCommand } from "../../../conformance/command";

/** The command without its action: its flags are read and nothing is sent. */
function flagsOf(...more: string[]): ReturnType<Command["opts"]> {
  const command = conformanceCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .action(() => undefined);
  const needed = ["--kubeconfig", "k.yaml", "--gateway", "http://10.0.0.1", "--image", "mock:1"];
  return command.parse([...needed, ...more], { from: "user" }).opts();
}

describe("lanes conformance", () => {
  it("takes the flags of docs/conformance.md", () => {
    const flags = flagsOf("--gateway-port", "8080", "--gateway-selector", "a=b,c=d", "--mesh", "asm");
    assert.equal(String(flags.gateway), "http://10.0.0.1/");
    assert.equal(flags.gatewayPort, 8080);
    assert.deepEqual(flags.gatewaySelector, { a: "b", c: "d" });
    assert.equal(flags.mesh, "asm");
    assert.deepEqual(flagsOf().injectionLabel, { "istio-injection": "enabled" });
  });

  for (const [flag, value, problem] of [
    ["--gateway-port", "http", /It must be a port, 1 to 65535/],
    ["--gateway-port", "0", /It must be a port/],
    ["--gateway", "10.0.0.1", /It must be an http: URL/],
    ["--gateway-selector", "istio", /It must be name=value/],
    ["--mesh", "linkerd", /Allowed choices are istio, asm/],
  ] as const) {
    it(`refuses ${flag} ${value}`, () => {
      assert.throws(
        () => flagsOf(flag, value),
        (error) => error instanceof CommanderError && problem.test(error.message),
      );
    });
  }
});
