import * as pulumi from "@pulumi/pulumi";
import type { MakeProxySync } from "../components/mesh/lane-barrier";
import { proxySyncInputs } from "../components/mesh/proxy-sync";
import { version } from "./package.json";

/** Pulumi's type of the waits that this package's own provider makes. */
export const proxySyncType = "mesh-lanes:index:ProxySync";

class ProxySync extends pulumi.CustomResource {}

/**
 * A wait of `Lanes`: Pulumi's dynamic provider would need Node.js packages in the program's folder. It names this version, as a
 * generated SDK does: else the engine starts another provider for it, of the newest version that is installed.
 */
export const makeProxySync: MakeProxySync = (name, args, opts) =>
  new ProxySync(proxySyncType, name, proxySyncInputs(args), { ...opts, version });
