import type { Problem } from "../../tools/user-error";

/**
 * What to do where Helm has a release that the state does not know: the gate in front of an update takes it for the stack's own, by
 * the label of its namespace, so the state was lost, or is an older one.
 *
 * @param failure what the engine said of a failed update.
 * @returns a problem for it; none where that was not it.
 */
export function lostReleases(failure: string, stack: string): Problem[] {
  if (!/cannot re-use a name that is still in use/.test(failure)) return [];
  return [
    {
      path: `stack ${stack}`,
      got: "a Helm release on the cluster that is this stack's by its label, and that its state does not know",
      expected: "the state that the last update of this stack wrote",
      fix: `Put that back: copies are in .pulumi/backups of the backend, for \`pulumi stack import --file <copy> --stack ${stack}\`. Without one, a local cluster is made again by \`npx lanes stop --purge --stack ${stack}\` and \`npx lanes up --stack ${stack}\`; on a cluster of yours \`helm uninstall\` the release first.`,
    },
  ];
}
