import assert from "node:assert/strict";
import fc from "fast-check";
import { renderIstio } from "../../../../../components/lanes/istio/render";
import { parseLaneGroup } from "../../../../../components/lanes/parse-input";
import type { LaneGroup, LaneGroupInput } from "../../../../../components/lanes/spec";
import { UserError } from "../../../../../tools/user-error";
import { isRecord } from "../../../../../tools/values";
import { gatewayPods, s4Input } from "../fixtures";

/*
 * What Istio 1.31 refuses, written down once more and apart from the config check. Sources, all of https://github.com/istio/istio:
 * - manifests/charts/base/files/crd-all.gen.yaml: `duration(self) >= duration('1ms')`, uint32 as 0 to 4294967295, `format: int32`
 * - pkg/config/validation/agent/validation.go: ValidateDuration
 * - pkg/config/validation/validation.go: validateHTTPRetry, validatePercentage, validateHTTPStatus, validateCORSPolicy,
 *   validateOutlierDetection, validateConnectionPool
 * Keys are those of the objects; the numbers with `int32` that only routes of others have are not here.
 */

const int32 = 2 ** 31 - 1;
const uint32 = 2 ** 32 - 1;
const maxNanoseconds = 2n ** 63n - 1n;
const unitNanoseconds = new Map([
  ["ms", 10n ** 6n],
  ["s", 10n ** 9n],
  ["m", 60n * 10n ** 9n],
  ["h", 3600n * 10n ** 9n],
]);

/** As `time.ParseDuration` of Go reads one number with its unit: what is below a nanosecond is cut off. */
function nanoseconds(text: unknown): bigint | undefined {
  const [, whole, decimals = "", unit = ""] = /^(\d+)(?:\.(\d*))?(ms|s|m|h)$/.exec(String(text)) ?? [];
  const length = unitNanoseconds.get(unit);
  if (whole === undefined || length === undefined) return undefined;
  const all = (BigInt(whole + decimals) * length) / 10n ** BigInt(decimals.length);
  return all <= maxNanoseconds ? all : undefined;
}

function isDuration(value: unknown): boolean {
  const length = nanoseconds(value);
  return length !== undefined && length >= 10n ** 6n && length % 10n ** 6n === 0n;
}

const isCount = (most: number) => (value: unknown) =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= most;

const conditions = new Set(
  "5xx gateway-error reset reset-before-request connect-failure retriable-4xx refused-stream retriable-status-codes retriable-headers envoy-ratelimited http3-post-connect-failure cancelled deadline-exceeded internal resource-exhausted unavailable".split(
    " ",
  ),
);
const unnamed = [...between(209, 225), ...between(227, 299), 306, ...between(309, 399), 419, 420, 427, 430, 509];
const statuses = new Set(
  [...between(100, 103), ...between(200, 431), 451, ...between(500, 511)].filter((status) => !unnamed.includes(status)),
);

function between(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

const rules: Readonly<Record<string, (value: unknown) => boolean>> = {
  timeout: isDuration,
  perTryTimeout: isDuration,
  fixedDelay: isDuration,
  interval: isDuration,
  baseEjectionTime: isDuration,
  connectTimeout: isDuration,
  idleTimeout: isDuration,
  maxAge: (value) => isDuration(value) && (nanoseconds(value) ?? 1n) % 10n ** 9n === 0n,
  percentage: (value) => isRecord(value) && isPercent(value.value),
  httpStatus: (value) => typeof value === "number" && value >= 200 && value <= 599,
  retries: (value) => isRecord(value) && (value.attempts !== 0 || Object.keys(value).length === 1),
  attempts: isCount(int32),
  retryOn: (value) =>
    String(value)
      .split(",")
      .every((each) => conditions.has(each) || statuses.has(Number(each))),
  maxConnections: isCount(int32),
  http1MaxPendingRequests: isCount(int32),
  http2MaxRequests: isCount(int32),
  maxRequestsPerConnection: isCount(int32),
  maxEjectionPercent: isCount(100),
  consecutive5xxErrors: isCount(uint32),
  consecutiveGatewayErrors: isCount(uint32),
};

function isPercent(value: unknown): boolean {
  return typeof value === "number" && (value === 0 || (value >= 0.0001 && value <= 100));
}

/** Every field that a rule forbids. */
function refused(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => refused(item, `${path}[${index}]`));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = `${path}.${key}`;
    const fits = rules[key]?.(inner) ?? true;
    return [...(fits ? [] : [`${at}: ${JSON.stringify(inner)}`]), ...refused(inner, at)];
  });
}

const durations = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("1ms", "1.1m", "250ms", "2s", "0.5h") },
  fc.constantFrom("0s", "1ms", "0.5ms", "1.5ms", "1.1m", "1.0001s", "2562047h", "2562048h", "99999999999h", "0.0h"),
  fc
    .tuple(
      fc.nat({ max: 5000 }),
      fc.constantFrom("", ".0", ".5", ".001", ".0005"),
      fc.constantFrom("ms", "s", "m", "h"),
    )
    .map((parts) => parts.join("")),
);
const counts = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 100 }) },
  fc.constantFrom(int32, int32 + 1, uint32, uint32 + 1),
);
const percents = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.constantFrom(0, 0.0001, 0.00001, 1e-9, 100));
const on = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...conditions) },
      fc.constantFrom("foo-bar", "", "503", "429"),
      fc.integer({ min: 90, max: 620 }).map(String),
    ),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((list) => list.join(","));

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 1 });
const status = fc.integer({ min: 200, max: 599 });
const policies = fc.record(
  {
    timeout: durations,
    retries: fc.record(
      { attempts: fc.integer({ min: 0, max: 3 }), perTryTimeout: durations, on },
      { requiredKeys: ["attempts"] },
    ),
    fault: fc.record({
      delay: maybe(fc.record({ percent: percents, duration: durations })),
      abort: maybe(fc.record({ percent: percents, status })),
    }),
    mirror: fc.record({ lane: fc.constant("v3"), percent: percents }),
  },
  { requiredKeys: [] },
);
const cors = fc.record({ allowOrigins: fc.constant<string[]>(["https://a.com"]), maxAge: durations });
const traffics = fc.record(
  {
    outlierDetection: fc.record(
      {
        consecutive5xxErrors: counts,
        consecutiveGatewayErrors: counts,
        interval: durations,
        baseEjectionTime: durations,
        maxEjectionPercent: fc.integer({ min: 0, max: 100 }),
      },
      { requiredKeys: [] },
    ),
    connectionPool: fc.record(
      {
        maxConnections: counts,
        connectTimeout: durations,
        maxPendingRequests: counts,
        maxRequests: counts,
        maxRequestsPerConnection: counts,
        idleTimeout: durations,
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Each place of a policy alone, so that one value that is refused does not hide all others. */
const inputs: fc.Arbitrary<LaneGroupInput> = fc.oneof(
  policies.map((policy) => withService({ policy })),
  traffics.map((traffic) => withService({ traffic })),
  policies.map(({ timeout, retries }) => ({ ...s4Input, policy: { timeout, retries } })),
  fc.tuple(policies, cors).map(([{ mirror: _ofServices, ...policy }, allowed]) => ({
    ...s4Input,
    entry: { ...s4Input.entry, policy: { ...policy, cors: allowed } },
  })),
);

function withService(keys: object): LaneGroupInput {
  return {
    ...s4Input,
    services: s4Input.services.map((service) => (service.name === "mockb" ? { ...service, ...keys } : service)),
  };
}

/** Undefined: the config check refuses it. */
function parsed(input: LaneGroupInput): LaneGroup | undefined {
  try {
    return parseLaneGroup(input);
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    return undefined;
  }
}

describe("policies, by Istio's own rules", () => {
  it("are written only with values that Istio takes", () => {
    let [taken, told] = [0, 0];
    fc.assert(
      fc.property(inputs, (input) => {
        const group = parsed(input);
        if (!group) return;
        const objects = renderIstio(group, { gateway: gatewayPods }).filter(({ kind }) => kind !== "EnvoyFilter");
        taken += 1;
        told += objects.filter(({ spec }) =>
          /"(timeout|retries|fault|outlierDetection|maxAge)"/.test(JSON.stringify(spec)),
        ).length;
        assert.deepEqual(
          objects.flatMap(({ spec }) => refused(spec)),
          [],
        );
      }),
      { numRuns: 1000 },
    );
    // Else nothing was seen.
    assert.ok(taken > 100 && told > 50, `${taken} groups were valid, with ${told} policies`);
  });
});
