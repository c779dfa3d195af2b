/** Arguments that other languages do not have, and why. */
export const leftOut: Readonly<Record<string, string>> = {
  "GatewayTlsArgs.makeCertificate": "a function of the program",
  "IstioMeshArgs.guard": "a provider of processes of its own",
  "LaneSecurityArgs.barrier": "a function of the program",
  "LaneSecurityArgs.networkProvider": "a provider of its own, for a mesh with an API server of its own",
};
