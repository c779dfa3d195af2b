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
    const run = settled(session.preview(policyPack));
    const looks = Promise.all([session.state(), session.lastRun(), session.project()]);
    // A stack that is not there is made once the preview, too, has ended.
    await Promise.allSettled([run, looks]);
    const [state, lastRun, project] = await looks;
    return { run: await run, state, lastRun, project };
  };
  const looking = look().catch(async (error) => {
    if (!(error instanceof StackNotFoundError)) throw error;
    if (!mayMake(config)) throw noSuchStack(stack);
    await session.make();
    return look();
  });
  // It takes a while to load: the engine need not wait for that.
  const [{ previewedStack }, seen] = await Promise.all([import("./preview/of-stack"), looking]);
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
