/*
 * The state of a stand-in for an account of Alibaba Cloud. Its behaviour is read from the source of terraform-provider-alicloud
 * 1.285.0 (files are named where a rule comes from one) and from the error pages of the APIs; where both are silent it is strict.
 * It proves what is sent and what is made of an answer, not what Alibaba Cloud answers.
 */

/** The account says no. */
export class Refusal extends Error {
  public constructor(
    public readonly code: string,
    public readonly status = 400,
    message = "words of the server",
  ) {
    super(message);
  }
}

/** Parameters of a call: query, form and body as one. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A resource of the account. */
export interface Thing {
  readonly id: string;
  readonly kind: string;
  readonly fields: Record<string, unknown>;
}

export interface Call {
  /** As RAM names it, such as `vpc:CreateVpc`. */
  readonly action: string;
  readonly parameters: Parameters;
  /** Code of the refusal; undefined: it was done. */
  readonly refused?: string;
}

/** A refusal that a test plans. */
export interface Fault {
  readonly action: string;
  readonly code: string;
  readonly status?: number;
  /** What is in the parameters, as JSON, of the calls that are meant. @default all of the action */
  readonly of?: string;
  /** How many calls are refused. @default 1 */
  times?: number;
}

/** An API server that stands for that of a cluster or of a mesh. */
export interface ApiServerAccess {
  /** Text of a kubeconfig. */
  readonly kubeconfig: string;
  /** @example "https://127.0.0.1:6443" */
  readonly server: string;
}

/** What ids begin with, where it is another word than the kind. */
const idPrefixes: Readonly<Record<string, string>> = {
  ...{ VSwitch: "vsw", SecurityGroup: "sg", LoadBalancer: "lb", NatGateway: "ngw" },
  ...{ Cluster: "c", NodePool: "np", ServiceMesh: "m" },
};

interface Pending {
  left: number;
  readonly then: () => void;
}

export class Account {
  public readonly calls: Call[] = [];
  public readonly faults: Fault[] = [];
  /** Ids of access keys that are valid; undefined: any. */
  public keys: ReadonlySet<string> | undefined;
  /** Actions that the caller may; undefined: all. */
  public allowed: ReadonlySet<string> | undefined;
  /** Most resources of a kind that the account may have. */
  public readonly quotas: Record<string, number> = {};
  /** Instance types that the zones have; undefined: all. */
  public stock: ReadonlySet<string> | undefined;
  /** What the region offers to new instances of ASM. */
  public readonly meshVersions = ["v1.22.6.20-gabc-aliyun", "v1.24.6.64-g0c0a6a39-aliyun"];
  /** API servers that kubeconfigs lead to; undefined: the kubeconfigs lead nowhere. */
  public servers: { readonly cluster: ApiServerAccess; readonly mesh: ApiServerAccess } | undefined;
  /** What the mesh brings to a cluster that joins it. */
  public onJoin: (() => void) | undefined;
  private readonly things = new Map<string, Thing>();
  private readonly pending = new Map<string, Pending>();
  private count = 0;

  /** @param looks how often a thing that is being made or changed is asked for before that is done. */
  public constructor(private readonly looks = 2) {}

  /** What there is, in the order in which it was made. */
  public all(kind?: string): Thing[] {
    return [...this.things.values()].filter((thing) => kind === undefined || thing.kind === kind);
  }

  /** @param quotaCode of the refusal where the account has as many as it may. */
  public make(kind: string, fields: Record<string, unknown>, quotaCode = `QuotaExceeded.${kind}`, id?: string): Thing {
    if (this.all(kind).length >= (this.quotas[kind] ?? Number.POSITIVE_INFINITY)) throw new Refusal(quotaCode);
    this.count += 1;
    // The provider refuses ids of another form.
    const thing = { id: id ?? `${idPrefixes[kind] ?? kind.toLowerCase()}-${this.count}`, kind, fields };
    this.things.set(`${kind}/${thing.id}`, thing);
    return thing;
  }

  public find(kind: string, id: unknown): Thing | undefined {
    return this.things.get(`${kind}/${String(id)}`);
  }

  /** @param code of the refusal where there is none. */
  public get(kind: string, id: unknown, code: string, status = 404): Thing {
    const found = this.find(kind, id);
    if (!found) throw new Refusal(code, status);
    return found;
  }

  public drop({ kind, id }: Thing): void {
    this.things.delete(`${kind}/${id}`);
  }

  /** Something that is done after the thing was asked for some times. */
  public later({ id }: Thing, then: () => void): void {
    this.pending.set(id, { left: this.looks, then });
  }

  /** Whether something is under way that was asked for. */
  public busy({ id }: Thing): boolean {
    return this.pending.has(id);
  }

  /** The thing was asked for. */
  public looked({ id }: Thing): void {
    const waiting = this.pending.get(id);
    if (!waiting) return;
    waiting.left -= 1;
    if (waiting.left > 0) return;
    this.pending.delete(id);
    waiting.then();
  }

  /** A task of ACK. */
  public task(work: () => void): string {
    const task = this.make("Task", { state: "running" });
    this.later(task, () => {
      try {
        work();
        task.fields.state = "success";
      } catch (error) {
        task.fields.state = "fail";
        task.fields.error = error instanceof Refusal ? { code: error.code, message: error.message } : String(error);
      }
    });
    return task.id;
  }

  /** Refuses what the caller may not, and what a test has planned. */
  public admit(action: string, parameters: Parameters = {}): void {
    const meant = ({ of = "" }: Fault) => JSON.stringify(parameters).includes(of);
    const fault = this.faults.find((each) => each.action === action && (each.times ?? 1) > 0 && meant(each));
    if (fault) {
      fault.times = (fault.times ?? 1) - 1;
      throw new Refusal(fault.code, fault.status);
    }
    if (this.allowed && !this.allowed.has(action)) throw new Refusal("Forbidden.RAM", 403, `${action} is not allowed`);
  }
}

/** A parameter that a call must have. */
export function need(parameters: Parameters, name: string): string {
  const value = parameters[name];
  if (value === undefined || value === "") throw new Refusal(`MissingParameter.${name}`);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The parameters of these names that a call has. */
export function given(parameters: Parameters, ...names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => (parameters[name] === undefined ? [] : [[name, parameters[name]]])),
  );
}

export type Handler = (account: Account, parameters: Parameters) => object;
