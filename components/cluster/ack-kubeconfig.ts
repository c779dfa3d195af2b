import { parse, stringify } from "yaml";

/**
 * The kubeconfig of an ACK cluster with another address for its API server.
 *
 * @param server such as `https://10.0.0.7:6443`. The certificate of the API server is valid for each of its addresses.
 */
export function withServer(kubeconfig: string, server: string): string {
  const config: { clusters: { cluster: object }[] } = parse(kubeconfig);
  return stringify({
    ...config,
    clusters: config.clusters.map((entry) => ({ ...entry, cluster: { ...entry.cluster, server } })),
  });
}
