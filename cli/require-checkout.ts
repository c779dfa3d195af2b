import { isCheckout } from "../tools/paths";
import { UserError } from "../tools/user-error";

/** Commands that work on the local cluster. */
export const checkoutCommands: readonly string[] = ["up", "stop", "destroy", "env", "doctor", "rollout"];

/**
 * For what works on the local cluster: its tools and apps are built from the sources, which the npm package does not have.
 *
 * @throws UserError when this is the npm package.
 */
export function requireCheckout(what: string, here = isCheckout): void {
  if (here) return;
  throw new UserError(`${what} needs a checkout of mesh-lanes`, [
    {
      path: what,
      got: "the npm package, without the sources of tools and apps",
      expected: "a checkout of the repository",
      fix: `Clone the repository and run it there. The package has all commands but ${checkoutCommands.map((name) => `\`${name}\``).join(", ")}: \`pulumi up\` updates a stack of your own program, and what asks a cluster takes one of kind existing.`,
    },
  ]);
}
