import * as pulumi from "@pulumi/pulumi";
import { looking } from "../../components/live/watch";

/** One resource that the program under test registered, in the order of registration. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  /** Plain inputs: outputs are resolved, secrets are unwrapped. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly custom: boolean;
  /** Whether it exists and is looked up by its id. */
  readonly read: boolean;
  /** Urn of the provider with its id (`urn::id`), empty for components and for providers themselves. */
  readonly provider: string;
  /** Urn of the parent; undefined when the resource hangs under the stack. */
  readonly parent: string | undefined;
  /** Urns named by `dependsOn` and by inputs. Sorted. */
  readonly dependencies: readonly string[];
  /** Outputs that the engine is told to keep secret. Sorted. */
  readonly secretOutputs: readonly string[];
  /** Whether the object stays when the resource goes. */
  readonly retainOnDelete: boolean;
  /** Paths of inputs whose changes count as none. Sorted. */
  readonly ignoreChanges: readonly string[];
  /** Whether a replacement deletes first; undefined: as the provider has it. */
  readonly deleteBeforeReplace: boolean | undefined;
  /** How long the provider may take to make it, such as `30m`; empty: as long as the provider has it. */
  readonly createTimeout: string;
  /** Version of the provider that must make it; empty: any. */
  readonly version: string;
  /** Names of the inputs that are secrets, in part at least. Sorted. */
  readonly secretInputs: readonly string[];
  /** How many of its `transforms` the engine is told to call, for it and for all that is below it. */
  readonly transforms: number;
}

/** What the program registered; `resources` grows while the program runs. */
export interface PulumiMocks {
  readonly resources: RecordedResource[];
  /** All resources of a type token. */
  ofType(type: string): RecordedResource[];
  /** The one resource of that name; throws with the names that exist. */
  named(name: string): RecordedResource;
}

/** Answers that a test gives instead of the engine. Whatever it leaves out echoes the inputs. */
export interface MockAnswers {
  /** More outputs for a resource; merged over its inputs. */
  readonly outputs?: (args: pulumi.runtime.MockResourceArgs) => Record<string, unknown>;
  /** Done before a resource is made. */
  readonly before?: (args: pulumi.runtime.MockResourceArgs) => Promise<void>;
  /** Result of a provider function call. */
  readonly call?: (args: pulumi.runtime.MockCallArgs) => Record<string, unknown>;
  /** Organization of the stack; empty: the program is told none. @default "organization" */
  readonly organization?: string;
  /** Names of resources that are about to be replaced: the program runs as a preview, which knows no ids of theirs. @default none: as an update */
  readonly replaced?: readonly string[];
}

/**
 * Starts a Pulumi program in this process without an engine. Call it in `beforeEach`, before the first resource.
 * Then build resources and await `settled(...)` before asserting: registration is asynchronous.
 */
export async function startPulumiMocks(answers: MockAnswers = {}): Promise<PulumiMocks> {
  looking.kubectl = undefined;
  const resources: RecordedResource[] = [];
  const requests = new Map<string, RegisterRequest>();
  await pulumi.runtime.setMocks(
    {
      async newResource(args) {
        await answers.before?.(args);
        const request = requests.get(`${args.type} ${args.name}`);
        resources.push({
          type: args.type,
          name: args.name,
          inputs: args.inputs,
          custom: args.custom ?? false,
          read: request !== undefined && request.getObject === undefined,
          provider: args.provider ?? "",
          parent: request?.getParent() || undefined,
          dependencies: [...(request?.getDependenciesList() ?? [])].sort(),
          secretOutputs: [...(request?.getAdditionalsecretoutputsList() ?? [])].sort(),
          retainOnDelete: request?.getRetainondelete?.() ?? false,
          ignoreChanges: [...(request?.getIgnorechangesList?.() ?? [])].sort(),
          deleteBeforeReplace: request?.getDeletebeforereplacedefined?.()
            ? request.getDeletebeforereplace?.()
            : undefined,
          createTimeout: request?.getCustomtimeouts?.()?.getCreate() ?? "",
          version: request?.getVersion() ?? "",
          secretInputs: secretKeys(request?.getObject?.()?.toJavaScript() ?? {}),
          transforms: request?.getTransformsList?.().length ?? 0,
        });
        // An empty id is one that is not known.
        const id = answers.replaced?.includes(args.name) ? "" : args.id || `${args.name}-id`;
        return { id, state: { ...args.inputs, ...answers.outputs?.(args) } };
      },
      call: (args) => answers.call?.(args) ?? {},
    },
    "mesh-lanes",
    "test",
    answers.replaced !== undefined,
    answers.organization ?? "organization",
  );
  rememberRequests(requests);
  return {
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    named(name) {
      const found = resources.find((resource) => resource.name === name);
      if (found) return found;
      throw new Error(`no resource ${name}; there are: ${resources.map((resource) => resource.name).join(", ")}`);
    },
  };
}

/** The value of an output. */
export function outputValue<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value));
  });
}

/** Waits until the resources, and everything that was started by them, are registered. */
export async function settled(...resources: readonly pulumi.Resource[]): Promise<void> {
  await Promise.all(resources.map((resource) => outputValue(resource.urn)));
  // Children of a component register by themselves; the runtime counts what is under way.
  await pulumi.runtime.disconnect();
}

/** The parts of the engine's RegisterResourceRequest that Pulumi's own mocks do not hand on. */
interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
  /** Not of resources that are read. */
  getRetainondelete?(): boolean;
  getIgnorechangesList?(): string[];
  getDeletebeforereplace?(): boolean;
  getDeletebeforereplacedefined?(): boolean;
  getCustomtimeouts?(): { getCreate(): string } | undefined;
  getVersion(): string;
  /** Not of resources that are read. */
  getTransformsList?(): unknown[];
  /** Not of resources that are read. */
  getObject?(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** Pulumi's mark of a secret in its protocol. */
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

function secretKeys(inputs: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(inputs)
    .filter((key) => JSON.stringify(inputs[key]).includes(secretMark))
    .sort();
}

interface Monitor {
  registerResource(request: RegisterRequest, callback: (error: unknown, response: unknown) => void): Promise<void>;
  /** Of a resource that is only looked up. */
  readResource(request: RegisterRequest, callback: (error: unknown, response: unknown) => void): Promise<void>;
}

/** Mocks are told neither parent nor dependencies, so the request is kept on its way to the mock monitor. */
function rememberRequests(requests: Map<string, RegisterRequest>): void {
  const monitor: Monitor | undefined = pulumi.runtime.getMonitor() as Monitor | undefined;
  if (!monitor) throw new Error("Pulumi has no mock monitor after setMocks");
  for (const method of ["registerResource", "readResource"] as const) {
    const pass = monitor[method].bind(monitor);
    monitor[method] = (request, callback) => {
      requests.set(`${request.getType()} ${request.getName()}`, request);
      return pass(request, callback);
    };
  }
}
