import * as pulumi from "@pulumi/pulumi";
import type { UserError } from "../tools/user-error";

/**
 * A problem of the user as Pulumi shows it: as it is. A stack trace would only hide it. Pulumi hides it too, but formats it all
 * the same for its own trace, and Node 20 needs 20 seconds to colour a stack with a scoped package in it.
 */
export function runError({ message }: UserError): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
