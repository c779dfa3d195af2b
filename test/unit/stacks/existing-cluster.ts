import type { StackEnvironment } from "../../../stacks/environment";

/** Of a cluster that nobody calls, by the token of its user. */
export const kubeconfigOf = (token: string): string => `
kind: Config
clusters: [{ name: c, cluster: { server: "https://c" } }]
users: [{ name: u, user: { token: ${token} } }]
contexts: [{ name: mine, context: { cluster: c, user: u } }]
`;

/** A Linux machine without Docker, whose kubeconfig files are all this one. */
export const environmentWith = (kubeconfig: string): StackEnvironment => ({
  facts: { platform: "linux", root: true, present: undefined, dockerAnswers: () => false },
  appImage: (app) => ({ app, ref: `docker.io/mesh-lanes/${app}:0123456789ab` }),
  readKubeconfig: () => ({ text: kubeconfig, folder: "/configs" }),
});
