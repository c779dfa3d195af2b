import { isCheckout } from "../tools/paths";
import { UserError } from "../tools/user-error";

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
      fix: "Clone the repository and run it there. The package has `lanes matrix`, `explain`, `topology`, `diff`, `preview`, `render`, `schema`, and with a cluster of kind existing `status` and `preflight`.",
    },
  ]);
}
