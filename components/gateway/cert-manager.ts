import * as pulumi from "@pulumi/pulumi";
import type { ClusterObjects } from "../live/cluster-objects";
import type { Check } from "../live/gate";
import { isToBeMade, observedObjects } from "../live/watch";

const definitions = "customresourcedefinitions.apiextensions.k8s.io";

/**
 * Whether the update asks for the certificate of a TLS secret. The first one of a stack does not where the cluster has no
 * cert-manager, which a new cluster never has: nobody can install it there before the update that makes the cluster. It makes all
 * else, says so, and the next one asks.
 *
 * @param provider of the cluster; where nobody looks at it, the certificate is asked for.
 */
export async function asksForCertificate(provider: pulumi.ProviderResource, secret: string): Promise<boolean> {
  const cluster = await observedObjects(provider);
  const isNew = await isToBeMade(provider);
  if (!isNew && !(cluster && (await isLeftOut(cluster)))) return true;
  const where = isNew ? "a new cluster has no cert-manager" : "the cluster has no cert-manager";
  const text = `tls ${secret}: ${where}. This update makes everything but its certificate, so HTTPS does not answer yet. Then install cert-manager and the issuer, and run the update again.`;
  // Not of a resource: the log waits for its URN, and everything that is said later, errors too, would wait with it.
  await pulumi.log.warn(text);
  // What a cluster that is still to be made does not have is known when it is there.
  return isNew;
}

/** Else a later update makes everything else, and then ends with `no matches for kind "Certificate"`. */
export function certManagerIsThere(secret: string): Check {
  return async (cluster) => {
    if (!(await lacksCertManager(cluster)) || (await isFirst(cluster))) return [];
    const fix =
      "Install cert-manager and the issuer, or use a source of kind pem. Until then leave out the port that names it.";
    return [
      { path: `tls ${secret}`, got: "cert-manager is not in the cluster", expected: "its kind Certificate", fix },
    ];
  };
}

/** Whoever may not read definitions is told by the API server. */
async function lacksCertManager(cluster: ClusterObjects): Promise<boolean> {
  const found = cluster.find("CustomResourceDefinition", "", "certificates.cert-manager.io", definitions);
  return (await found.catch(() => true)) === undefined;
}

async function isLeftOut(cluster: ClusterObjects): Promise<boolean> {
  return (await lacksCertManager(cluster)) && (await isFirst(cluster));
}

/** Whether the cluster has no object of this stack yet. */
async function isFirst(cluster: ClusterObjects): Promise<boolean> {
  return (await cluster.all()).length === 0;
}
