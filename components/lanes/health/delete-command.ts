import { shellCommand } from "../../shell";

/** The command that deletes an object. */
export function deleteCommand(
  resource: string,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): string {
  return shellCommand("kubectl", "delete", resource, "-n", namespace, name);
}
