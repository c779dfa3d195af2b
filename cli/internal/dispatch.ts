import type { Reporter } from "../../tools/report/reporter";
import { UserError } from "../../tools/user-error";
import { requireCheckout } from "../require-checkout";
import type { LocalClusterHandler } from "./handler";
import { type Request, requests, type Verb } from "./requests";

/** Which handler serves a kind of cluster: the one place to add another. */
async function handlerOf(kind: Request<"node-apply">["kind"]): Promise<LocalClusterHandler> {
  // Tools and apps are built from their sources; the other verbs need a cluster only, and the npm package has them.
  requireCheckout(`a cluster of kind ${kind}`);
  switch (kind) {
    case "embedded":
      return (await import("./embedded")).embeddedHandler;
    case "kind":
      return (await import("./kind")).kindHandler;
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/**
 * Reads the request of a verb and has it done.
 * @throws UserError with every problem of the request.
 */
export async function dispatch(verb: Verb, text: string, reporter: Reporter): Promise<object> {
  switch (verb) {
    case "node-apply": {
      const request = parse(verb, text);
      return (await handlerOf(request.kind)).nodeApply(request, reporter);
    }
    case "node-inspect": {
      const request = parse(verb, text);
      return (await handlerOf(request.kind)).nodeInspect(request);
    }
    case "node-delete": {
      const request = parse(verb, text);
      return (await handlerOf(request.kind)).nodeDelete(request, reporter);
    }
    case "images-apply": {
      const request = parse(verb, text);
      return (await handlerOf(request.kind)).imagesApply(request, reporter);
    }
    case "proxies-apply": {
      const { proxiesApply } = await import("./proxies");
      return proxiesApply(parse(verb, text), reporter);
    }
    case "membership-apply": {
      const { joinMesh } = await import("./alibaba");
      return joinMesh(parse(verb, text));
    }
    case "membership-delete": {
      const { leaveMesh } = await import("./alibaba");
      return leaveMesh(parse(verb, text));
    }
    case "meshgone-apply":
      // It looks when the mesh has been deleted; nothing is asked before.
      parse(verb, text);
      return {};
    case "meshgone-delete": {
      const { meshGoneFromAccount } = await import("./alibaba");
      return meshGoneFromAccount(parse(verb, text));
    }
    case "dataplane-apply": {
      const { waitForDataPlane } = await import("../../tools/mesh/data-plane");
      return waitForDataPlane(parse(verb, text), reporter);
    }
    case "controlplane-apply":
      // It looks when the control plane is to be deleted.
      parse(verb, text);
      return {};
    case "controlplane-delete": {
      const { requireUnused } = await import("../../tools/mesh/control-plane-users");
      return requireUnused(parse(verb, text), reporter);
    }
    case "gateway-apply": {
      const { waitForGateway } = await import("../../tools/mesh/gateway-pods");
      return waitForGateway(parse(verb, text), reporter);
    }
    case "certificate-apply": {
      const request = parse(verb, text);
      return (await import("./certificate")).certificateApply(request);
    }
    default: {
      const never: never = verb;
      return never;
    }
  }
}

export function parse<V extends Verb>(verb: V, text: string): Request<V> {
  const result = requests[verb].safeParse(readJson(verb, text));
  if (result.success) return result.data as Request<V>;
  throw new UserError(
    `The request of ${verb} is wrong:`,
    result.error.issues.map((issue) => ({
      path: issue.path.join(".") || "(the whole)",
      got: issue.message,
      expected: "the JSON that the program's resources send",
      fix: "Run `npm start`: this command is for the program, not for people.",
    })),
  );
}

function readJson(verb: Verb, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`The request of ${verb} is no JSON: ${error instanceof Error ? error.message : error}`);
  }
}
