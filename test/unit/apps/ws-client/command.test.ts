import assert from "node:assert/strict";
import { parseCommand } from "../../../../apps/ws-client/command";

describe("apps/ws-client/command", () => {
  it("sleeps without arguments", () => assert.deepEqual(parseCommand([]), { kind: "sleep" }));

  it("connects with messages and headers", () => {
    assert.deepEqual(parseCommand(["connect", "--header", "version: v2", "ws://a:8080/x", "hello", "--", "-world"]), {
      kind: "connect",
      url: "ws://a:8080/x",
      messages: ["hello", "-world"],
      headers: { version: "v2" },
    });
  });

  const failures: readonly [args: readonly string[], message: string][] = [
    [["ping"], 'unknown command "ping"'],
    [["connect"], '"" is not a ws:// or wss:// URL'],
    [["connect", "http://a", "hello"], '"http://a" is not a ws:// or wss:// URL'],
    [["connect", "ws://a"], "no message to send"],
    [["connect", "--header", "version", "ws://a", "hello"], '"version" is not a header'],
    [["connect", "--header", "a b: c", "ws://a", "hello"], '"a b: c" is not a header'],
    [["connect", "--headers", "ws://a", "hello"], "Unknown option '--headers'"],
  ];
  for (const [args, message] of failures) {
    it(`fails with the usage on: ${args.join(" ")}`, () => {
      assert.throws(
        () => parseCommand(args),
        (error) => {
          assert.ok(error instanceof Error);
          assert.ok(error.message.startsWith(message), error.message);
          assert.match(error.message, /\nusage: /);
          return true;
        },
      );
    });
  }
});
