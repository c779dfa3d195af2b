import { Problems } from "../components/lanes/validate/problems";
import { toProblems } from "../components/lanes/zod-problems";
import { type Problem, UserError } from "../tools/user-error";
import { checkCluster, checkClusterId } from "./cluster/checks";
import { checkAsmGateway, checkGateways } from "./gateway/checks";
import { checkGatewayDeployment } from "./gateway/deployment-checks";
import { type IncludedFile, mergeIncludes } from "./include";
import { checkLaneGroups, laneGroupProblems } from "./lane-groups/checks";
import { withSecureCookies } from "./lane-groups/secure-cookies";
import { checkMesh, checkPair, checkStayingNamespaces, checkSupport } from "./mesh/checks";
import { checkOwnership } from "./ownership/checks";
import { checkSecrets, type Secrets, withSecrets } from "./secrets";
import { checkAllow, checkNetworkPolicies, checkPodSecurity, checkRootNamespace } from "./security/checks";
import { type Sections, type StackConfig, sections, withFollowingDefaults } from "./stack";
import { checkTelemetry } from "./telemetry/checks";
import { checkTls, type TlsKeys } from "./tls/checks";
import { tlsKeyPrefix } from "./tls/tls";
import type { Written } from "./values";
import { checkImages, checkWorkloads } from "./workloads/checks";

/** What belongs to a stack's config and does not stand in it. */
export interface ConfigContext {
  /** Files that it includes. */
  readonly files?: readonly IncludedFile[];
  /** What went wrong when they were read. */
  readonly problems?: readonly Problem[];
  /** The stack's own values as its file has them, by key. */
  readonly written?: () => unknown;
  /** Keys whose value is encrypted in the stack's file. */
  readonly encrypted?: ReadonlySet<string>;
  /** Secrets that were taken out of the values. */
  readonly secrets?: Secrets;
  /** @default the present */
  readonly now?: Date;
}

/**
 * Checks and completes stack config.
 *
 * @param raw the values of the stack by key, without the `mesh-lanes:` prefix.
 * @throws UserError with every problem at once. The path of one in an included file begins with the file.
 */
export function parseStackConfig(raw: Record<string, unknown>, context: ConfigContext = {}): StackConfig {
  const { values, keys } = withoutTlsKeys(raw);
  const merged = mergeIncludes(values, context.files ?? [], context.written);
  const reading = [...(context.problems ?? []), ...merged.problems];
  const { data, error } = sections.safeParse(merged.values);
  const misshapen = new Set(error?.issues.map(({ path }) => path[0]));
  const config = withFollowingDefaults(data ?? sections.parse(withoutMisshapen(merged.values, misshapen)));
  const { encrypted = new Set(), secrets = new Map(), now = new Date() } = context;
  const hidden = new Problems();
  checkSecrets(
    hidden,
    secrets,
    [...encrypted].filter((key) => Object.hasOwn(sections.shape, key)),
  );
  const problems = [
    ...(error ? toProblems(sections, merged.values, error, merged.written) : []),
    // What is in a file that was not read would be reported as missing.
    ...(reading.length > 0 ? [] : crossCheck(config, misshapen, { written: merged.values, keys, encrypted, now })),
    ...laneGroupProblems(merged.values, data?.laneGroups),
    ...hidden.list,
  ];
  if (reading.length + problems.length > 0) throw invalid([...reading, ...problems.map(merged.place)]);
  const workloads = withSecrets(config.workloads, secrets);
  const laneGroups = config.laneGroups.map((group) => withSecureCookies(group, config));
  return { ...config, workloads, laneGroups, tls: config.tls.map((entry) => withKey(entry, keys)) };
}

/** Private keys by the name of their secret, apart from the values that the schema knows. */
function withoutTlsKeys(raw: Record<string, unknown>) {
  const isKey = ([key]: [string, unknown]) => key.startsWith(tlsKeyPrefix);
  const entries = Object.entries(raw);
  return {
    values: Object.fromEntries(entries.filter((entry) => !isKey(entry))),
    keys: new Map(entries.filter(isKey).map(([key, value]) => [key.slice(tlsKeyPrefix.length), String(value)])),
  };
}

function withKey({ source: { key: _never, ...source }, ...entry }: Sections["tls"][number], keys: TlsKeys["keys"]) {
  const key = keys.get(entry.secret);
  return { ...entry, source: source.kind === "pem" && key !== undefined ? { ...source, key } : source };
}

/** The sections that have the right shape. The others, and keys that are none, are as if nobody had written them. */
function withoutMisshapen(values: Written, misshapen: ReadonlySet<PropertyKey | undefined>): Written {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => Object.hasOwn(sections.shape, key) && !misshapen.has(key)),
  );
}

function invalid(problems: readonly Problem[]): UserError {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  return new UserError(`The stack's config has ${count}.`, problems);
}

/** What checks look at besides the config with its defaults. */
interface Around extends TlsKeys {
  readonly written: Written;
}

interface Check {
  readonly needs: readonly (keyof Sections)[];
  run(problems: Problems, config: Sections, around: Around): void;
}

/** A check of these sections; it is left out when one of them has the wrong shape. */
function check<Key extends keyof Sections>(
  needs: readonly Key[],
  run: (problems: Problems, config: Pick<Sections, Key>, around: Around) => void,
): Check {
  return { needs, run };
}

const checks: readonly Check[] = [
  check(["cluster"], (problems, config, { written }) => checkCluster(problems, config, written)),
  check(["mesh"], (problems, config, { written }) => checkMesh(problems, config, written)),
  check(["cluster", "mesh"], (problems, config, { written }) => checkClusterId(problems, config, written)),
  check(["cluster", "mesh"], checkPair),
  check(["mesh", "laneGroups"], checkSupport),
  check(["mesh", "workloads", "gateway", "gateways"], checkStayingNamespaces),
  check(["cluster", "mesh", "gateway"], (problems, config, { written }) => checkAsmGateway(problems, config, written)),
  check(["gateway", "gateways"], checkGateways),
  check(["cluster", "mesh", "gateway", "gateways"], (problems, config, { written }) =>
    checkGatewayDeployment(problems, config, written),
  ),
  check(["cluster", "workloads"], checkImages),
  check(["workloads"], checkWorkloads),
  check(["workloads", "laneGroups", "gateway", "gateways", "tls"], checkLaneGroups),
  check(["security", "mesh"], checkPodSecurity),
  check(["security", "mesh"], checkNetworkPolicies),
  check(["workloads"], checkRootNamespace),
  check(["allow", "workloads", "laneGroups"], checkAllow),
  check(["telemetry"], checkTelemetry),
  check(["tls", "gateway", "gateways"], checkTls),
  check(["adopt", "existingNamespaces", "cluster"], checkOwnership),
];

/** What is wrong in the meaning of sections, each by itself and with others. */
function crossCheck(config: Sections, misshapen: ReadonlySet<PropertyKey | undefined>, around: Around): Problem[] {
  const problems = new Problems();
  for (const { needs, run } of checks) if (!needs.some((key) => misshapen.has(key))) run(problems, config, around);
  return problems.list;
}
