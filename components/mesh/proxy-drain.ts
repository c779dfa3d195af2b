/**
 * Seconds that a proxy which is told to stop serves open connections where nobody says otherwise.
 * https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig
 */
export const proxyDrainSeconds = 5;

/** Annotation of a pod: what its proxy has of its own, as YAML. */
export const proxyConfig = "proxy.istio.io/config";

/** In {@link proxyConfig}. */
export function drainConfig(seconds: number): Readonly<Record<string, string>> {
  return { terminationDrainDuration: `${seconds}s` };
}
