import { compareVariants } from "./traffic/compare";
import { BenchMesh, type ChainSpec } from "./traffic/mesh";

const effort = { rounds: 151, milliseconds: 600 };
const lane = "lane-1";

/**
 * How a sidecar gets the lane out of baggage. Compared: `none` (the apps forward the route header themselves, and there is
 * no filter), `lua` (the filter that lane groups use: it sets the route header from the baggage member) and `regex` (no
 * filter: routes match one whole member of baggage by a regular expression). Issue 4 asks for at most 5 % of a sidecar's
 * throughput, which is the CPU time that it takes for a request.
 */
export async function benchPropagation(): Promise<void> {
  const mesh = await BenchMesh.bringUp([chain("none", "version"), chain("lua", "baggage"), chain("regex", "version")]);
  try {
    await matchBaggageByRegex(mesh);
    // As a client's own baggage would be: the lane's member is added behind these by the gateway.
    const headers = { "x-lane": lane, baggage: "userId=alice,serverNode=DF%2028,isProduction=false" };
    const variants = [];
    for (const name of ["none", "lua", "regex"]) variants.push(await mesh.variant(name, headers, "v2"));
    process.stdout.write("\nrequests in a lane through the gateway and two services, by how the lane is propagated\n");
    await compareVariants(variants, effort);
  } finally {
    await mesh.takeDown();
  }
}

function chain(name: string, traceHeader: "version" | "baggage"): ChainSpec {
  return {
    name,
    // Every app forwards baggage, so that all requests are of the same size.
    forward: traceHeader === "version" ? "version,baggage" : "baggage",
    group: {
      ...{ mode: "permissive", routeHeader: "version", traceHeader, baseline: "base" },
      lanes: ["base", lane, "lane-2"].map((each) => ({ name: each, version: each === "base" ? "v1" : "v2" })),
    },
  };
}

/** Rewrites the services' routes of the chain `regex`; its gateway adds the member to baggage as lane groups' do. */
async function matchBaggageByRegex(mesh: BenchMesh): Promise<void> {
  const inRegex = ["--namespace", "regex"];
  const patch = async (name: string, http: object[]) =>
    mesh.kubectl(
      "patch",
      "virtualservice",
      name,
      ...inRegex,
      "--type=merge",
      "--patch",
      JSON.stringify({ spec: { http } }),
    );
  for (const service of ["mocka", "mockb"]) {
    const name = `regex.${service}`;
    const { spec } = JSON.parse(await mesh.kubectl("get", "virtualservice", name, ...inRegex, "--output=json"));
    await patch(
      name,
      spec.http.map((route: { match?: { headers: { version: { exact: string } } }[] }) => ({
        ...route,
        ...(route.match && {
          match: route.match.map(({ headers }) => ({
            headers: { baggage: { regex: `(.*,)?\\s*version=${headers.version.exact}\\s*([;,].*)?` } },
          })),
        }),
      })),
    );
  }
  const entry = JSON.parse(await mesh.kubectl("get", "virtualservice", "regex", ...inRegex, "--output=json"));
  await patch(
    "regex",
    entry.spec.http.map((route: { route: { headers: { request: { set: { version: string } } } }[] }) => ({
      ...route,
      route: route.route.map((destination) => ({
        ...destination,
        headers: { request: { add: { baggage: `version=${destination.headers.request.set.version}` } } },
      })),
    })),
  );
  await new Promise((resolve) => setTimeout(resolve, 5000));
}
