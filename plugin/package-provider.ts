import * as pulumi from "@pulumi/pulumi";
import { certificateApply } from "../cli/internal/certificate";
import { proxiesApply } from "../cli/internal/proxies";
import { type Request, requests, type Verb } from "../cli/internal/requests";
import { createProcessProvider, type RunVerb } from "../components/cluster/process-provider";
import { createCertificateProvider } from "../components/gateway/certificate-provider";
import { proxySyncSpec } from "../components/mesh/proxy-sync";
import { runError } from "../components/run-error";
import type { ComponentSchemas } from "../tools/api/package-schema";
import { LineReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import { isRecord } from "../tools/values";
import { argumentsOf } from "./arguments";
import { certificateType } from "./certificate";
import { components } from "./components";
import { kubeconfigArgument, lookingFirst } from "./kubeconfig";
import { proxySyncType } from "./proxy-sync";
import schema from "./schema.json";
import { type Plain, revealed } from "./values";

const schemas = schema as unknown as ComponentSchemas;

type Props = Record<string, unknown>;

type Work<V extends Verb> = (request: Request<V>, reporter: LineReporter) => Promise<object>;

/** Has a verb done in this process, as `lanes internal` does in one of its own. Pulumi shows what goes to stderr. */
function workingHere<V extends Verb>(verb: V, work: Work<V>): RunVerb {
  return async (_verb, request) => {
    const plain = Object.fromEntries(Object.entries(request).map(([key, value]) => [key, revealed(value)]));
    const reporter = new LineReporter(1, (line) => process.stderr.write(`${line}\n`));
    try {
      return { ...(await work(requests[verb].parse(plain) as Request<V>, reporter)) };
    } finally {
      reporter.done();
    }
  };
}

/** The package for programs in every language: its components, and the waits and certificates that they make. */
export class PackageProvider implements pulumi.provider.Provider {
  public readonly version = schema.version;
  public readonly schema = JSON.stringify(schema);
  /** Type of a resource -> who makes it. */
  private readonly own: Readonly<Record<string, pulumi.dynamic.ResourceProvider>>;

  public constructor(wait: Work<"proxies-apply"> = proxiesApply) {
    this.own = {
      [proxySyncType]: createProcessProvider(proxySyncSpec, workingHere("proxies-apply", wait)),
      [certificateType]: createCertificateProvider(
        workingHere("certificate-apply", (request) => certificateApply(request)),
      ),
    };
  }

  public async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const component = components[type.replace(`${schema.name}:index:`, "")];
    const outputs = schemas.resources[type]?.properties;
    if (!component || !outputs) {
      throw new Error(`${schema.name} has no component ${type}, only ${Object.keys(schema.resources).join(", ")}`);
    }
    try {
      const { value, secret } = await knownArguments(type, name, inputs);
      const { args, looking } = readingCluster(type, name, value, options);
      const opts = pulumi.mergeOptions(options, {
        transformations: [...looking, ...(secret ? [secretContents] : [])],
      });
      const made = component(name, args, opts);
      const results = Object.entries(made).filter(([key]) => Object.hasOwn(outputs, key));
      return { urn: made.urn, state: Object.fromEntries(results) };
    } catch (error) {
      // The problems as they are, without the stack of this provider.
      throw error instanceof UserError ? runError(error) : error;
    }
  }

  public async create(urn: string, inputs: Props): Promise<pulumi.provider.CreateResult> {
    return this.ownOf(urn).create(inputs);
  }

  public async diff(id: string, urn: string, olds: Props, news: Props): Promise<pulumi.provider.DiffResult> {
    return (await this.ownOf(urn).diff?.(id, olds, news)) ?? {};
  }

  public async update(id: string, urn: string, olds: Props, news: Props): Promise<pulumi.provider.UpdateResult> {
    return (await this.ownOf(urn).update?.(id, olds, news)) ?? {};
  }

  public async delete(id: string, urn: string, props: Props): Promise<void> {
    await this.ownOf(urn).delete?.(id, props);
  }

  private ownOf(urn: string): pulumi.dynamic.ResourceProvider {
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    const found = this.own[type];
    if (found) return found;
    throw new Error(`${schema.name} has no resource ${type}, only ${Object.keys(this.own).join(", ")}`);
  }
}

/** `Lanes` looks by itself; the components that are the same in TypeScript know nothing of a kubeconfig. */
function readingCluster(
  type: string,
  name: string,
  value: unknown,
  options: pulumi.ComponentResourceOptions,
): { readonly args: unknown; readonly looking: readonly pulumi.ResourceTransformation[] } {
  if (type === `${schema.name}:index:Lanes` || !isRecord(value)) return { args: value, looking: [] };
  const { [kubeconfigArgument]: kubeconfig, ...args } = value;
  if (kubeconfig === undefined) return { args, looking: [] };
  const { transformations = [] } = lookingFirst(name, options, kubeconfig as pulumi.Input<string>);
  return { args, looking: transformations };
}

/** The number of objects depends on what is no input, so that must be known in a preview too. */
async function knownArguments(type: string, name: string, inputs: pulumi.Inputs): Promise<Plain> {
  const all = await argumentsOf(schemas, type, name, inputs);
  if (all.unknown.length === 0) return all;
  throw new UserError(
    `${type.endsWith(":Lanes") ? "A lane group" : "A component"} depends on what is not known before the update.`,
    all.unknown.map((path) => ({
      path,
      got: "got an output of a resource that is still to be made",
      expected: "a value, since the number of objects depends on it",
      fix: "Write the value itself; say with dependsOn what has to be there first.",
    })),
  );
}

/** Inputs of children that arguments go into. */
const contents = ["spec", "values", "data", "stringData"];

/** What a component is made of was a secret, at least in part: in the state it stays one. */
const secretContents: pulumi.ResourceTransformation = ({ props, opts }) => {
  const hidden = contents.filter((key) => key in props).map((key) => [key, pulumi.secret(props[key])] as const);
  return hidden.length > 0 ? { props: { ...props, ...Object.fromEntries(hidden) }, opts } : undefined;
};
