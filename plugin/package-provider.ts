import * as pulumi from "@pulumi/pulumi";
import { proxiesApply } from "../cli/internal/proxies";
import { requests } from "../cli/internal/requests";
import { createProcessProvider, type RunVerb } from "../components/cluster/process-provider";
import { proxySyncSpec } from "../components/mesh/proxy-sync";
import { runError } from "../components/run-error";
import { LineReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import type { LanesArgs } from "./args/group";
import { Lanes } from "./lanes";
import { proxySyncType } from "./proxy-sync";
import schema from "./schema.json";
import { type Plain, plain, revealed } from "./values";

const lanesType = "mesh-lanes:index:Lanes";

type Props = Record<string, unknown>;

/** Has the wait done in this process, as `lanes internal proxies-apply` does in one of its own. Pulumi shows what goes to stderr. */
function waitingHere(wait: typeof proxiesApply): RunVerb {
  return async (_verb, request) => {
    const plain = Object.fromEntries(Object.entries(request).map(([key, value]) => [key, revealed(value)]));
    const reporter = new LineReporter(1, (line) => process.stderr.write(`${line}\n`));
    try {
      return { ...(await wait(requests["proxies-apply"].parse(plain), reporter)) };
    } finally {
      reporter.done();
    }
  };
}

/** The package for programs in every language: `Lanes`, and the waits that it makes. */
export class PackageProvider implements pulumi.provider.Provider {
  public readonly version = schema.version;
  public readonly schema = JSON.stringify(schema);
  private readonly waits;

  public constructor(wait = proxiesApply) {
    this.waits = createProcessProvider(proxySyncSpec, waitingHere(wait));
  }

  public async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    if (type !== lanesType) throw new Error(`mesh-lanes has no component ${type}, only ${lanesType}`);
    try {
      const { kubeconfig, ...others } = inputs;
      const { value, secret } = await plainInputs(name, others);
      // What the engine does not know yet comes as undefined; what the program does not have is not there.
      const cluster = "kubeconfig" in inputs && {
        kubeconfig: kubeconfig === undefined ? pulumi.output(pulumi.unknown) : kubeconfig,
      };
      const args = { ...(value as Props), ...cluster };
      const opts = secret ? pulumi.mergeOptions(options, { transformations: [secretSpecs] }) : options;
      const { urn, laneNames, table } = new Lanes(name, args as LanesArgs, opts);
      return { urn, state: { laneNames, table } };
    } catch (error) {
      // The problems as they are, without the stack of this provider.
      throw error instanceof UserError ? runError(error) : error;
    }
  }

  public async create(urn: string, inputs: Props): Promise<pulumi.provider.CreateResult> {
    this.checkType(urn);
    return this.waits.create(inputs);
  }

  public async diff(id: string, urn: string, olds: Props, news: Props): Promise<pulumi.provider.DiffResult> {
    this.checkType(urn);
    return (await this.waits.diff?.(id, olds, news)) ?? {};
  }

  public async update(id: string, urn: string, olds: Props, news: Props): Promise<pulumi.provider.UpdateResult> {
    this.checkType(urn);
    return (await this.waits.update?.(id, olds, news)) ?? {};
  }

  public async delete(id: string, urn: string, props: Props): Promise<void> {
    this.checkType(urn);
    await this.waits.delete?.(id, props);
  }

  private checkType(urn: string): void {
    const type = urn.split("::")[2]?.split("$").at(-1);
    if (type !== proxySyncType) throw new Error(`mesh-lanes has no resource ${type}, only ${proxySyncType}`);
  }
}

/** The number of objects depends on all but the kubeconfig, so it must be known in a preview too. */
async function plainInputs(name: string, inputs: pulumi.Inputs): Promise<Plain> {
  const all = await plain(inputs, name);
  if (all.unknown.length === 0) return all;
  throw new UserError(
    "A lane group depends on what is not known before the update.",
    all.unknown.map((path) => ({
      path,
      got: "got an output of a resource that is still to be made",
      expected: "a value, since the number of objects depends on it",
      fix: "Write the value itself; say with dependsOn what the lanes wait for.",
    })),
  );
}

/** What the lanes are made of was a secret, at least in part: in the state it stays one. */
const secretSpecs: pulumi.ResourceTransformation = ({ props, opts }) =>
  "spec" in props ? { props: { ...props, spec: pulumi.secret(props.spec) }, opts } : undefined;
