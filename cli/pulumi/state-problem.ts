import { CommandError, StackNotFoundError } from "@pulumi/pulumi/automation";
import { diskFull } from "../../tools/disk/full";
import { UserError } from "../../tools/user-error";

/**
 * Looks at a stack's state by a command of Pulumi.
 *
 * @throws UserError in place of the failure of the command, with the engine's own words; StackNotFoundError as it is.
 */
export async function lookingAtState<T>(stack: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof StackNotFoundError || !(error instanceof CommandError)) throw error;
    if (/\bENOENT\b/.test(error.message)) throw noPulumi();
    const [, signal] = /\bwas killed with (SIG[A-Z0-9]+)/.exec(error.message) ?? [];
    if (signal !== undefined) throw killedPulumi(signal);
    const words = engineWords(error.message);
    const full = diskFull(new Error(words, { cause: error }));
    if (full) throw full;
    throw isBroken(words) ? brokenState(stack, words) : unreadableState(stack, words);
  }
}

/** The problem where a command of the engine that changes things found no key to the stack's secrets; undefined where that was not it. */
export function withoutKey(stack: string, error: unknown): UserError | undefined {
  if (!(error instanceof CommandError)) return undefined;
  const words = engineWords(error.message);
  return /\b(secrets manager|passphrase)\b/.test(words) ? unreadableState(stack, words) : undefined;
}

/** What the engine says of a file of which a full disk has left a part. */
function isBroken(words: string): boolean {
  return /(unexpected end of JSON input|invalid character|unexpected EOF)/.test(words);
}

/** Whether it is an entry of the history that cannot be read, and not the state. */
export function isBrokenHistory({ message }: UserError): boolean {
  return /\breading history file\b/.test(message);
}

function brokenState(stack: string, got: string): UserError {
  return new UserError(`the state of stack ${stack} is not whole`, [
    {
      path: `stack ${stack}`,
      got,
      expected: "a whole state: a save of it was cut off, as on a full disk",
      fix: `Free some space, then run \`lanes up --stack ${stack}\`: it puts the newest whole copy in its place, and finds in the cluster what was made since. By hand: the copies are ${stack}.json.bak beside the state in the backend's folder .pulumi/stacks, and the files in .pulumi/backups.`,
    },
  ]);
}

export function unreadableState(stack: string, got: string): UserError {
  return new UserError(`the state of stack ${stack} cannot be read`, [
    {
      path: `stack ${stack}`,
      got,
      expected: "the backend, the passphrase and the credentials of its updates",
      fix: `Set what \`pulumi stack output --stack ${stack}\` needs: PULUMI_BACKEND_URL or a login, PULUMI_CONFIG_PASSPHRASE or the secrets provider's credentials.`,
    },
  ]);
}

function noPulumi(): UserError {
  return new UserError("the stack's state cannot be read", [
    {
      path: "pulumi",
      got: "no such program on PATH",
      expected: "Pulumi's command line, which the stack is updated with",
      fix: "Install it, or compare configs alone: `lanes preview --offline`, `lanes diff`.",
    },
  ]);
}

function killedPulumi(signal: string): UserError {
  return new UserError("pulumi was killed before it was done", [
    {
      path: "pulumi",
      got: signal,
      expected: "a command that ends by itself",
      fix: "Run this again: the next update goes on from what is there. If nobody killed it, look for a lack of memory.",
    },
  ]);
}

/** What the engine says was wrong, in one line. The Automation API puts it behind `stderr:`. */
function engineWords(message: string): string {
  const lines = message.split("\n").map((line) => line.replace(/^\s*(code|stdout|stderr|err\?):/, "").trim());
  return lines.find((line) => line.startsWith("error:")) ?? lines.findLast((line) => line !== "") ?? message;
}
