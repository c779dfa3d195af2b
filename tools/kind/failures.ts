import { pins } from "../toolchain/pins";
import { UserError } from "../user-error";
import type { CommandResult } from "./commands";

/** Where kind is described; the text of the page changes with versions, its address does not. */
const installPage = "https://kind.sigs.k8s.io/docs/user/quick-start/#installation";

/** What went wrong with kind, as something that the user can fix. */
export function kindFailure(action: string, program: string, result: CommandResult): UserError {
  const output = `${result.stdout}\n${result.stderr}`.trim();
  if (result.code === "missing") return missingProgram(program);
  if (/cannot connect to the docker daemon|is the docker daemon running/i.test(output)) return dockerSilent();
  const port = /(?:bind for \S*?:|listen tcp\S* \S*?:|exposing port TCP \S*?:)(\d+)/i.exec(output)?.[1];
  if (port && /already allocated|address already in use|ports are not available/i.test(output)) return portTaken(port);
  return new UserError(`${action} failed.`, [
    {
      path: program,
      got: `exit code ${result.code}: ${lastLines(output)}`,
      expected: "exit code 0",
      fix: `Run the same by hand to see more: ${program} reports on stderr.`,
    },
  ]);
}

export function tooOldKind(version: string): UserError {
  return new UserError("This kind is too old.", [
    {
      path: "kind",
      got: version,
      expected: pins.kindRange,
      fix: `Install a newer one: ${installPage}`,
    },
  ]);
}

export function kindGone(name: string): UserError {
  return new UserError("The kind cluster does not exist.", [
    {
      path: "cluster.name",
      got: `kind has no cluster ${JSON.stringify(name)}`,
      expected: "a cluster that `pulumi up` has made",
      fix: "Run `pulumi up` again: it replaces the cluster.",
    },
  ]);
}

function missingProgram(program: string): UserError {
  return new UserError(`There is no ${program} on the PATH.`, [
    {
      path: program,
      got: "not found",
      expected: `${program} on the PATH`,
      fix:
        program === "kind"
          ? `Install it: ${installPage}`
          : "Install Docker, or set cluster.kind to embedded (Linux, root) or existing.",
    },
  ]);
}

function dockerSilent(): UserError {
  return new UserError("No Docker engine answers.", [
    {
      path: "cluster.kind",
      got: "kind, and no Docker engine answers",
      expected: "kind with a running Docker engine",
      fix: "Start Docker, or set cluster.kind to embedded (Linux, root) or existing.",
    },
  ]);
}

function portTaken(port: string): UserError {
  return new UserError(`Port ${port} of this machine is taken.`, [
    {
      path: "gateway.ports",
      got: `port ${port} is in use by another program`,
      expected: "a port that is free (a port below 1024 is published as that port + 8000)",
      fix: `Stop what uses port ${port}, or configure another port of the gateway.`,
    },
  ]);
}

function lastLines(output: string): string {
  return output.split("\n").slice(-5).join(" | ") || "(no output)";
}
