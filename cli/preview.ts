import { LineReporter, silentReporter } from "../tools/report/reporter";
import { UserError } from "../tools/user-error";
import type { FormOptions } from "./diff/forms";
import type { Previewed, PreviewTold } from "./preview/previewed";

export interface PreviewOptions extends FormOptions {
  readonly stack: string;
  /** A revision, range or file, as `lanes diff` takes it, for `offline`. */
  readonly from?: string;
  readonly offline: boolean;
  readonly policyPack?: readonly string[];
  readonly exitCode: boolean;
  /** Whether the update is to make what no order of its steps makes safe. @default as the environment says */
  readonly allowUnsafeOrder?: boolean;
}

/**
 * `lanes preview`: what the next update does to lanes and to resources, from one `pulumi preview`; offline from two configs
 * alone.
 */
export async function preview(options: PreviewOptions): Promise<PreviewTold> {
  const previewed = options.offline ? await previewOffline(options) : await previewStack(options);
  const { tellPreview } = await import("./preview/previewed");
  return tellPreview(previewed, options);
}

async function previewOffline({ stack, from, allowUnsafeOrder }: PreviewOptions): Promise<Previewed> {
  const { previewConfigs } = await import("./preview/of-configs");
  return previewConfigs(stack, from, allowUnsafeOrder);
}

async function previewStack({ stack, from, policyPack = [], allowUnsafeOrder }: PreviewOptions): Promise<Previewed> {
  if (from !== undefined) {
    const fix = "Add --offline, or leave it out: what is compared with is what the stack last applied.";
    const problem = { path: from, got: "a revision", expected: "none without --offline", fix };
    throw new UserError("lanes preview cannot run like this", [problem]);
  }
  const [{ readStack }, { lookAt, mayMake, StackNotFoundError }] = await Promise.all([
    import("./stack/read"),
    import("./pulumi/look"),
  ]);
  const config = readStack(stack);
  const reporter = new LineReporter(1);
  reporter.phase(`pulumi preview of stack ${stack}`);
  // What the engine comes to is in the report.
  const session = await lookAt(config, stack, { reporter, progress: silentReporter });
  const look = async () => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const noted = session.noted();
    const run = settled(session.preview(policyPack, begin));
    // What tells it takes a while to load, and each question to the engine is a process: there is room for them while the
    // processes of the preview start one after the other.
    await Promise.race([begun, run]);
    const asked = noted ?? Promise.all([session.state(), session.lastRun()]);
    const told = import("./preview/of-stack");
    // A stack that is not there is made once the preview, too, has ended.
    await Promise.allSettled([run, asked, told]);
    const applied = await asked;
    const state = async () => ("laneGroups" in applied ? session.state() : applied[0]);
    return { seen: { run: await run, applied, state, project: await session.project() }, ...(await told) };
  };
  const { seen, previewedStack } = await look().catch(async (error) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    if (!mayMake(config)) throw noSuchStack(stack);
    await session.make();
    return look();
  });
  reporter.done();
  return previewedStack(stack, config, seen, allowUnsafeOrder);
}

function noSuchStack(stack: string): UserError {
  const fix = `Run \`pulumi stack init ${stack}\`, log in to the backend that has it, or add --offline.`;
  const expected = "a stack of the backend that you are logged in to";
  return new UserError("there is no such stack", [{ path: "--stack", got: `got "${stack}"`, expected, fix }]);
}

async function settled<T>(run: Promise<T>): Promise<{ readonly value: T } | { readonly error: UserError }> {
  try {
    return { value: await run };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}
