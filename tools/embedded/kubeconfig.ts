import { stringify } from "yaml";

export interface KubeconfigArgs {
  /** Name of the cluster and of the context. */
  readonly name: string;
  /** e.g. `https://10.200.0.2:6443` */
  readonly server: string;
  readonly user: string;
  /** PEM texts. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A kubeconfig with everything inside it, so that it can be moved and kept as a secret. */
export function kubeconfig(args: KubeconfigArgs): string {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      { name: args.name, cluster: { server: args.server, "certificate-authority-data": base64(args.authority) } },
    ],
    users: [
      {
        name: args.user,
        user: { "client-certificate-data": base64(args.certificate), "client-key-data": base64(args.key) },
      },
    ],
    contexts: [{ name: args.name, context: { cluster: args.name, user: args.user } }],
    "current-context": args.name,
  });
}
