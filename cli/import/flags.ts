import type { GivenCall } from "../../components/import/chain";
import { type GivenProtocol, givenProtocols } from "../../components/import/ports";
import { isDnsLabel } from "../../components/lanes/syntax";
import type { Problem } from "../../tools/user-error";

/** `web=cart,catalogue` */
export function parseCalls(given: readonly string[], problems: Problem[]): GivenCall[] {
  return given.flatMap((text) => {
    const [from = "", to = "", ...rest] = text.split("=");
    const names = to.split(",").map((name) => name.trim());
    if (rest.length === 0 && [from, ...names].every(isDnsLabel)) return [{ from, to: names }];
    const expected = "a service, =, and those that it calls with commas between";
    problems.push({
      path: "--calls",
      got: `got "${text}"`,
      expected,
      fix: "Write such as --calls web=cart,catalogue.",
    });
    return [];
  });
}

/** `cart:7070=grpc`, `*:8080=http` */
export function parseProtocols(given: readonly string[], problems: Problem[]): GivenProtocol[] {
  return given.flatMap((text) => {
    const [, service = "", port = "", protocol = ""] = /^([^:=]+):(\d{1,5})=([a-z0-9]+)$/.exec(text) ?? [];
    const known = givenProtocols.find((each) => each === protocol);
    if (known !== undefined && (service === "*" || isDnsLabel(service)))
      return [{ service, port: Number(port), protocol: known }];
    const expected = `service:port=protocol, with a protocol of ${givenProtocols.join(", ")}`;
    problems.push({
      path: "--protocol",
      got: `got "${text}"`,
      expected,
      fix: "Write such as --protocol cart:7070=grpc.",
    });
    return [];
  });
}
