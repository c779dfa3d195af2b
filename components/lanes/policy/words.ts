import { corsWords } from "./cors/words";
import { millis } from "./duration";
import { mirrorWords } from "./mirror/words";
import type { HeaderChanges, RoutePolicy, TrafficPolicy } from "./shape";

/** A policy in words, shortest first to read; empty: none. */
export function policyWords({ timeout, retries, headers, cors, fault, mirror }: RoutePolicy): string[] {
  const times = (count: number) => (count === 1 ? "1 retry" : `${count} retries`);
  return [
    ...(timeout === undefined ? [] : [millis(timeout) === 0 ? "no timeout" : `timeout ${timeout}`]),
    ...(retries
      ? [
          (retries.attempts === 0 ? "no retries" : times(retries.attempts)) +
            (retries.perTryTimeout === undefined ? "" : ` of ${retries.perTryTimeout}`) +
            (retries.on === undefined ? "" : ` on ${retries.on}`),
        ]
      : []),
    ...headerWords("request", headers?.request),
    ...headerWords("answer", headers?.response),
    ...(cors ? corsWords(cors) : []),
    ...(fault?.delay ? [`fault: ${fault.delay.percent} % held back for ${fault.delay.duration}`] : []),
    ...(fault?.abort ? [`fault: ${fault.abort.percent} % answered ${fault.abort.status}`] : []),
    ...(mirror ? [mirrorWords(mirror)] : []),
  ];
}

function headerWords(side: string, changes: HeaderChanges | undefined): string[] {
  const { set = {}, add = {}, remove = [] } = changes ?? {};
  return [
    ...Object.entries(set).map(([name, value]) => `${side} header ${name}: ${value}`),
    ...Object.entries(add).map(([name, value]) => `${side} header ${name}: + ${value}`),
    ...remove.map((name) => `${side} without ${name}`),
  ];
}

/** How pods of a service are treated, in words; empty: as Istio has it. */
export function trafficWords({ outlierDetection, connectionPool, loadBalancer }: TrafficPolicy): string[] {
  const settings = (name: string, values: Readonly<Record<string, unknown>> | undefined) =>
    Object.entries(values ?? {}).map(([key, value]) => `${name} ${key} ${value}`);
  return [
    ...settings("outlierDetection", outlierDetection),
    ...settings("connectionPool", connectionPool),
    ...(loadBalancer ? [`loadBalancer ${loadBalancer}`] : []),
  ];
}
