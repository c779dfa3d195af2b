import { Resolver } from "node:dns/promises";
import { createConnection } from "node:net";
import type { NodeConfig } from "./config";

/** True when something listens on a unix socket: a file is there as well after its process was killed. */
export function socketAnswers(path: string): Promise<boolean> {
  return new Promise((done) => {
    const connection = createConnection(path);
    connection.once("connect", () => {
      connection.destroy();
      done(true);
    });
    connection.once("error", () => done(false));
  });
}

/** True when the node's DNS server knows the cluster's Services. It is asked from the machine, as others ask pods. */
export async function dnsAnswers(config: NodeConfig): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([config.nodeAddress]);
  try {
    const addresses = await resolver.resolve4("kubernetes.default.svc.cluster.local");
    return addresses.includes(config.apiServiceAddress);
  } catch {
    return false;
  }
}
