import type { Problem } from "../../tools/user-error";
import { didYouMean } from "../lanes/suggest";
import type { GivenCall } from "./chain";
import type { Inventory } from "./inventory";
import type { GivenProtocol } from "./ports";

/** What whoever imports knows better than the manifests. */
export interface ImportOptions {
  /** Name of the group; default: the namespace, or the entry service in namespace `default`. */
  readonly group?: string;
  /** The service by which requests come in. */
  readonly entry?: string;
  readonly versionLabel?: string;
  /** Default: that of the Services' whole names, where all agree. */
  readonly clusterDomain?: string;
  readonly protocols?: readonly GivenProtocol[];
  readonly calls?: readonly GivenCall[];
  /** Only these services. */
  readonly only?: readonly string[];
  /** Not these. */
  readonly without?: readonly string[];
}

/** Names in options that no Service has. */
export function optionProblems(options: ImportOptions, { services }: Inventory): Problem[] {
  const names = [...new Set(services.map(({ name }) => name))].sort();
  const known = (path: string, name: string): Problem[] =>
    names.includes(name)
      ? []
      : [
          {
            path,
            got: `no Service ${name}`,
            expected: names.join(", ") || "a Service in what was read",
            fix: didYouMean(name, names, "Name a Service that was read."),
          },
        ];
  const { entry, calls = [], protocols = [], only = [], without = [] } = options;
  return [
    ...(entry === undefined ? [] : known("--entry", entry)),
    ...calls.flatMap(({ from, to }) => [from, ...to].flatMap((name) => known("--calls", name))),
    ...protocols.flatMap(({ service }) => (service === "*" ? [] : known("--protocol", service))),
    ...only.flatMap((name) => known("--service", name)),
    ...without.flatMap((name) => known("--without", name)),
  ];
}
