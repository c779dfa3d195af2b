import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { renderAsm } from "../../../../components/lanes/asm/render";
import { explain } from "../../../../components/lanes/explain";
import { renderIstio } from "../../../../components/lanes/istio/render";
import { ownVersion, planLaneGroup } from "../../../../components/lanes/plan";
import { type LaneGroup, type LaneGroupInput, laneGroupSchema } from "../../../../components/lanes/spec";
import { validateLaneGroups } from "../../../../components/lanes/validate";
import { gatewayPods } from "./fixtures";

interface Route {
  readonly name: string;
  readonly match?: readonly { readonly port?: number }[];
  readonly route: readonly { destination: { host: string; subset: string }; weight?: number }[];
}

/** Valid lane groups: any number of holes in permissive mode, none in strict mode, any kind of entry. */
const groups: fc.Arbitrary<LaneGroup> = fc
  .record({
    strict: fc.boolean(),
    services: fc.integer({ min: 1, max: 6 }),
    lanes: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 10, max: 14 })),
    holes: fc.array(fc.nat(), { maxLength: 20 }),
    parts: fc.array(fc.nat(), { maxLength: 4 }),
    others: fc.array(fc.nat(), { maxLength: 4 }),
    entryService: fc.nat(),
    hosts: fc.constantFrom(undefined, ["a.com"], ["*.a.com", "b.com"]),
    unmatched: fc.constantFrom(undefined, "reject", "v0"),
    calls: fc.array(fc.nat(), { maxLength: 12 }),
    entry: fc.constantFrom("header", "weights", "match", "both"),
    sticky: fc.boolean(),
    fallback: fc.boolean(),
    hasBaseline: fc.boolean(),
    responseHeaders: fc.boolean(),
    scoped: fc.boolean(),
    path: fc.constantFrom(undefined, "/mock", { prefix: "/m" }, { regex: "/m.*" }),
  })
  .map(
    ({
      strict,
      services,
      lanes,
      holes,
      calls,
      entry,
      sticky,
      fallback,
      hasBaseline,
      path,
      ...rest
    }): LaneGroupInput => {
      const { parts, others, entryService, hosts, unmatched } = rest;
      const laneNames = Array.from({ length: lanes }, (_, index) => `v${index}`);
      const isHole = (service: number, lane: number) => !strict && lane > 0 && holes.includes(service * 14 + lane);
      const weight = Math.floor(100 / lanes);
      const weighted = entry === "weights" || entry === "both";
      return {
        name: "group",
        mode: strict ? "strict" : "permissive",
        services: Array.from({ length: services }, (_, service) => ({
          name: `s${service}`,
          port: 8000 + service,
          versions: laneNames.filter((_name, lane) => !isHole(service, lane)),
          ...(calls.length > 0 && {
            calls: [...new Set(calls.filter((_call, index) => index % services === service))]
              .map((call) => `s${call % services}`)
              .filter((name, index, all) => all.indexOf(name) === index),
          }),
        })),
        entry: {
          ...{ service: `s${entryService % services}`, gateway: "istio-system/ingressgateway", sticky },
          ...(hosts && { hosts: [...hosts] }),
          ...(!weighted && unmatched !== undefined && { unmatched }),
          ...(path !== undefined && { path }),
          ...((entry === "header" || entry === "both") && { header: "x-lane" }),
        },
        ...(!strict && { routeHeader: "x-route", fallback }),
        ...{ responseHeaders: rest.responseHeaders, ...(rest.scoped && { scope: { egress: [] } }) },
        ...((!strict || hasBaseline) && { baseline: "v0" }),
        lanes: laneNames.map((name, lane) => ({
          ...{ name },
          ...(weighted && { weight: lane === 0 ? 100 - weight * (lanes - 1) : weight }),
          ...(entry === "match" && { match: { query: { lane: name } } }),
          // Lanes of a part of the services, and of other versions than their own.
          ...(!strict && lane > 0 && parts.includes(lane) && { services: [`s${lane % services}`] }),
          ...(others.includes(lane) && { versions: { [`s${lane % services}`]: "v0" } }),
        })),
      };
    },
  )
  // A lane without any version of its own is refused; that is not what these properties are about.
  .filter((input) => validateLaneGroups([{ path: "group", input }]).length === 0)
  .map((input) => laneGroupSchema.parse(input));

const render = (group: LaneGroup) => renderIstio(group, { gateway: gatewayPods });
/** The route of every other request to the service's port. */
const isLast = ({ match }: Route) => JSON.stringify(match?.map(({ port: _, ...rest }) => rest)) === "[{}]";
const isShortcut = (route: Route | undefined) => JSON.stringify(route ?? {}).includes("withoutHeaders");
/** Without the route that large groups have in front, which is the last one's for some requests. */
const withoutShortcut = (http: readonly Route[]) => (isShortcut(http[0]) ? http.slice(1) : http);
const routesOf = (group: LaneGroup, gateway: string) =>
  render(group)
    .filter(({ kind, spec }) => kind === "VirtualService" && (spec.gateways as string[])[0] === gateway)
    .map(({ spec }) => ({ host: (spec.hosts as string[])[0] ?? "", http: withoutShortcut(spec.http as Route[]) }));

describe("properties of rendered lane groups", () => {
  const holds = (title: string, check: (group: LaneGroup) => void) =>
    it(title, () => fc.assert(fc.property(groups, check), { numRuns: 150 }));

  holds("every service has one baseline rule, the last, or none in a strict group without a baseline", (group) => {
    const services = routesOf(group, "mesh");
    assert.equal(services.length, group.services.length);
    for (const { http } of services) {
      const catchAlls = http.flatMap((route, index) => (isLast(route) ? [index] : []));
      assert.deepEqual(catchAlls, group.baseline === undefined ? [] : [http.length - 1]);
    }
  });

  holds("a service has as many routes as lanes override it, and the baseline's", (group) => {
    for (const [index, { http }] of routesOf(group, "mesh").entries()) {
      const service = group.services[index];
      assert.ok(service);
      const overriding = group.lanes.filter((lane) => lane.name !== group.baseline && ownVersion(lane, service));
      assert.equal(http.length, overriding.length + (group.baseline === undefined ? 0 : 1));
    }
  });

  holds("many lanes of a service have the baseline's route in front too, for requests of no lane", (group) => {
    for (const { kind, spec } of render(group)) {
      if (kind !== "VirtualService" || (spec.gateways as string[])[0] !== "mesh") continue;
      const http = spec.http as Route[];
      const lanes = http.filter((route) => !isLast(route)).length;
      const many = group.mode === "permissive" && lanes >= 10;
      assert.deepEqual(
        http.map(isShortcut),
        http.map((_, index) => many && index === 0),
      );
      if (!many) continue;
      const [first, last] = [http[0], http.at(-1)];
      assert.deepEqual(first?.match, [
        { withoutHeaders: { "x-route": {} }, port: last?.match?.[0]?.port },
        { headers: { "x-route": { exact: group.baseline } }, port: last?.match?.[0]?.port },
      ]);
      const place = (route: Route | undefined) => [route?.name, route?.route.map(({ destination }) => destination)];
      assert.deepEqual(place(first), place(last));
    }
  });

  holds("no route names a subset that is not declared", (group) => {
    const declared = new Set(
      render(group)
        .filter(({ kind }) => kind === "DestinationRule")
        .flatMap(({ spec }) => ((spec.subsets ?? []) as { name: string }[]).map(({ name }) => `${spec.host} ${name}`)),
    );
    for (const { http } of [...routesOf(group, "mesh"), ...routesOf(group, "istio-system/ingressgateway")]) {
      for (const { destination } of http.flatMap((route) => route.route)) {
        assert.ok(declared.has(`${destination.host} ${destination.subset}`), JSON.stringify(destination));
      }
    }
  });

  holds("no route of ASM names a subset that is not declared, nor does its fallback", (group) => {
    const objects = renderAsm(group);
    const subsetsOf = ({ spec }: (typeof objects)[number]) => (spec.subsets ?? []) as { name: string }[];
    const declared = new Set(
      objects.flatMap((object) => subsetsOf(object).map(({ name }) => `${object.spec.host} ${name}`)),
    );
    const text = JSON.stringify(objects.filter(({ kind }) => kind === "VirtualService"));
    const named = [...text.matchAll(/"(?:destination|target)":\{"host":"([^"]+)","subset":"([^"]+)"/g)];
    assert.ok(named.length >= group.services.length * (group.baseline === undefined ? 0 : 1));
    for (const [, host, subset] of named) assert.ok(declared.has(`${host} ${subset}`), `${host} ${subset}`);
  });

  holds("no subset selects a version that its service does not have", (group) => {
    const declared = new Map(
      group.services.map(({ name, versions }) => [`${name}.default.svc.cluster.local`, versions]),
    );
    for (const { kind, spec } of render(group)) {
      if (kind !== "DestinationRule") continue;
      for (const { labels } of (spec.subsets ?? []) as { labels: Record<string, string> }[]) {
        const version = labels[group.versionLabel];
        assert.ok(version && declared.get(String(spec.host))?.includes(version), JSON.stringify(spec));
      }
    }
  });

  holds("in strict mode a caller's version leads to one lane only", (group) => {
    if (group.mode !== "strict") return;
    for (const { http } of routesOf(group, "mesh")) {
      const sources = http.flatMap(({ match = [] }) => match.map((condition) => JSON.stringify(condition)));
      assert.equal(new Set(sources).size, sources.length, sources.join("\n"));
    }
  });

  holds("no route patch names a cluster that is not added to the same proxies", (group) => {
    const filters = render(group).filter(({ kind }) => kind === "EnvoyFilter");
    const named = (pattern: RegExp) =>
      filters.flatMap(({ metadata: { namespace }, spec: { workloadSelector, configPatches } }) =>
        [...JSON.stringify(configPatches).matchAll(pattern)].map(([, name]) =>
          JSON.stringify([namespace, workloadSelector, name]),
        ),
      );
    const added = named(/"ADD","value":\{"name":"([^"]+)"/g);
    assert.equal(new Set(added).size, added.length, "a cluster is added to the same proxies twice");
    for (const cluster of named(/"((?:scoped-)?lane-fallback[^"]+)"/g)) assert.ok(added.includes(cluster), cluster);
  });

  holds("a scoped sidecar has every cluster that its fallbacks and routes lead to", (group) => {
    if (!group.scope) return;
    const sidecars = render(group).filter(({ kind }) => kind === "Sidecar");
    assert.deepEqual(
      sidecars.map(({ spec }) => spec.workloadSelector),
      group.services.map(({ name }) => ({ labels: { app: name } })),
    );
    for (const { spec } of render(group).filter(({ kind }) => kind === "EnvoyFilter")) {
      const hosts = [...JSON.stringify(spec).matchAll(/"outbound\|[^|]+\|[^|]*\|([^"]+)"/g)].map(
        ([, host]) => host ?? "",
      );
      const of = sidecars.find((sidecar) => isDeepStrictEqual(sidecar.spec.workloadSelector, spec.workloadSelector));
      for (const host of of ? hosts : []) assert.ok(JSON.stringify(of?.spec).includes(`default/${host}`), host);
    }
  });

  holds("no two rules of a service or of the entry have the same match or the same name", (group) => {
    for (const { http } of [...routesOf(group, "mesh"), ...routesOf(group, "istio-system/ingressgateway")]) {
      const matches = http.map((route) => JSON.stringify(route.match));
      assert.equal(new Set(matches).size, matches.length, matches.join("\n"));
      assert.equal(new Set(http.map((route) => route.name)).size, http.length);
    }
  });

  holds("no two objects have the same kind, namespace and name", (group) => {
    const ids = render(group).map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    assert.equal(new Set(ids).size, ids.length);
  });

  holds("weights of a route add up to 100", (group) => {
    for (const { http } of routesOf(group, "istio-system/ingressgateway")) {
      for (const { route } of http) {
        if (route[0]?.weight === undefined) assert.equal(route.length, 1);
        else
          assert.equal(
            route.reduce((sum, { weight = 0 }) => sum + weight, 0),
            100,
          );
      }
    }
  });

  it("explain answers any request, and its versions are those of the plan", () => {
    const names = ["v0", "v1", "v2", "v9"];
    const requests = fc.record({
      host: fc.constantFrom("a.com", "A.com:80", ""),
      path: fc.oneof(fc.constantFrom("/mock", "/m?lane=v1", "/", "/m/../mock?lane=v2", "*"), fc.string()),
      headers: fc.dictionary(
        fc.constantFrom("x-lane", "X-Route", "baggage", "cookie"),
        fc.constantFrom(...names, "x-route=v1"),
      ),
      cookies: fc.dictionary(fc.constantFrom("mesh-lane-group", "a"), fc.constantFrom(...names)),
    });
    const check = (group: LaneGroup, request: { host: string; path: string }) => {
      const explanation = explain([group], request);
      if (explanation.status !== "routed") return;
      assert.equal(
        explanation.outcomes.reduce((sum, { weight }) => sum + weight, 0),
        100,
      );
      const plan = planLaneGroup(group).rows;
      const routes = [...routesOf(group, "mesh"), ...routesOf(group, "istio-system/ingressgateway")];
      const names = new Set(routes.flatMap(({ http }) => http.map(({ name }) => name)));
      for (const { lane, hops } of explanation.outcomes) {
        for (const hop of hops) {
          assert.ok(hop.rule !== undefined && names.has(hop.rule), `${hop.rule} is not rendered`);
          const row = plan.find((candidate) => candidate.lane === lane && candidate.service === hop.service);
          assert.deepEqual([hop.version, hop.reason], [row?.version, row?.reason], `${lane} ${hop.service}`);
        }
      }
    };
    fc.assert(fc.property(groups, requests, check), { numRuns: 300 });
  });
});
