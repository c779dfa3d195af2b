import * as pulumi from "@pulumi/pulumi";
import { looking } from "../../components/live/watch";
import { projectName } from "../../config/stack";
import { unknownValue } from "../pulumi/values";

/** One resource that a program asks Pulumi for. */
export interface AskedResource {
  /** Such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly name: string;
  /** What the engine would be sent: what is not known before an update is `unknownValue`, and secrets are marked. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** False for a component. */
  readonly custom: boolean;
  /** Name of its provider; empty for a component and for a provider. */
  readonly provider: string;
}

/**
 * Runs a program of Pulumi in this process as a preview of a stack that is new, with no engine, no provider and no cluster:
 * each resource is noted as it is asked for.
 *
 * @returns the resources, in the order in which they were asked for, which is not the same each time.
 */
export async function runProgram(stack: string, program: () => Promise<unknown>): Promise<readonly AskedResource[]> {
  const resources: AskedResource[] = [];
  const before = looking.kubectl;
  looking.kubectl = () => undefined;
  try {
    await pulumi.runtime.setMocks(
      // What they leave out is unknown, as in the preview of anything new.
      {
        newResource: async ({ inputs }) => ({ id: unknownValue, state: { ...inputs } }),
        call: ({ token }) => unknownAnswer(token),
      },
      projectName,
      stack,
      true,
    );
    note(resources);
    // Thrown in there it would also be a rejection of promises that nobody has.
    let ended: { readonly error?: unknown } = {};
    await pulumi.runtime.runInPulumiStack(async () => {
      await program().catch((error: unknown) => {
        ended = { error };
      });
    });
    if ("error" in ended) throw ended.error;
    await pulumi.runtime.disconnect();
  } finally {
    looking.kubectl = before;
  }
  return resources;
}

/** What a program reads of the answers of an account, which nobody is asked for here. */
const answers: Readonly<Record<string, readonly string[]>> = {
  "alicloud:cs/getClusterCredential:getClusterCredential": ["kubeConfig"],
  "alicloud:servicemesh/getServiceMeshes:getServiceMeshes": ["meshes"],
  "alicloud:servicemesh/getVersions:getVersions": ["versions"],
};

function unknownAnswer(token: string): Record<string, unknown> {
  const members = answers[token];
  if (!members) throw new Error(`a program without a cluster asks for ${token}`);
  return Object.fromEntries(members.map((member) => [member, unknownValue]));
}

interface Request {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getProvider(): string;
  getAdditionalsecretoutputsList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

interface Monitor {
  registerResource(request: Request, callback: (error: unknown, response: unknown) => void): Promise<void>;
}

/** Pulumi's mocks get inputs without the marks of secrets, so they are noted on their way there. */
function note(resources: AskedResource[]): void {
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor | undefined;
  if (!monitor) throw new Error("Pulumi has no mock monitor after setMocks");
  const pass = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    resources.push({
      type: request.getType(),
      name: request.getName(),
      inputs: request.getObject()?.toJavaScript() ?? {},
      custom: request.getCustom(),
      provider: request.getProvider().split("::").at(-2) ?? "",
    });
    return pass(request, callback);
  };
}
