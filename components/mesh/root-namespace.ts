/** The namespace of the control plane; Istio's charts and webhooks know it by this name. */
export const istioNamespace = "istio-system";
