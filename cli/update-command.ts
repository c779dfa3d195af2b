import { isCheckout } from "../tools/paths";

/**
 * What to type to update a stack: `npx lanes up --stack dev`.
 *
 * @param options.account whether the stack is one of an account, whose state and credentials are the user's. @default false
 * @param options.here whether this is a checkout; a project that has the npm package has a program of its own, which Pulumi runs.
 */
export function updateCommand(stack: string, { account = false, here = isCheckout } = {}): string {
  return here && !account ? `npx lanes up --stack ${stack}` : `pulumi up --stack ${stack}`;
}
