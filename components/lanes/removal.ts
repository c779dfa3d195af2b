/** A service whose pods stay when its lane group goes. */
export interface StayingService {
  readonly name: string;
  readonly namespace: string;
  readonly versions: readonly string[];
}

/**
 * What the callers of services get when their lane group goes and the pods stay: a Service without routes is balanced over all
 * pods, of whatever version.
 *
 * @param staying services with their versions; those of one version are as before.
 * @param baseline the version to stay with, where it is known.
 * @returns undefined where nobody is served otherwise than by one version.
 */
export function mixedAfter(group: string, staying: readonly StayingService[], baseline?: string): string | undefined {
  const mixed = staying.filter(({ versions }) => versions.length > 1);
  if (mixed.length === 0) return undefined;
  const services = mixed.map(({ name, versions }) => `${name} (${versions.join(", ")})`).join(", ");
  const pin = baseline ?? "stable";
  return (
    `lane group ${group} goes and its workloads stay: every request, and every socket from then on, gets any of the versions of ` +
    `${services}. To stay with one version, keep the group with that lane alone, \`baseline: ${pin}\` and ` +
    `\`lanes: [{ name: ${pin} }]\`, or remove the other versions first.`
  );
}
