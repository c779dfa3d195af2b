import { existsSync, rmSync } from "node:fs";
import execa from "execa";
import { UserError } from "../user-error";
import type { NodeConfig } from "./config";
import { networkNamespaceAt, readOr } from "./proc";

export interface Route {
  readonly device: string;
  /** CIDR, e.g. `10.244.0.0/16`. */
  readonly range: string;
}

const nodeInterface = "node0";

/** True when the namespace, the host's interface and both routes are there. Reads files only. */
export function networkIsUp(config: NodeConfig): boolean {
  if (networkNamespaceAt(config.netnsPath) === undefined) return false;
  const ranges = currentRoutes()
    .filter((route) => route.device === config.hostInterface)
    .map((route) => route.range);
  return [config.podRange, config.serviceRange].every((range) => ranges.includes(range));
}

/** Makes the namespace, the veth pair and the routes. What exists already is left alone. */
export async function ensureNetwork(config: NodeConfig): Promise<void> {
  refuseForeignRoutes(config);
  if (networkNamespaceAt(config.netnsPath) === undefined) {
    // After a reboot an empty file may be left where the namespace was.
    rmSync(config.netnsPath, { force: true });
    await ip("netns", "add", config.name);
  }
  if (!existsSync(`/sys/class/net/${config.hostInterface}`)) {
    await ip("link", "add", config.hostInterface, "type", "veth", "peer", "name", nodeInterface, "netns", config.name);
  }
  await ip("address", "replace", `${config.hostAddress}/24`, "dev", config.hostInterface);
  await ip("link", "set", config.hostInterface, "up");
  const inside = (...args: string[]) => ip("-n", config.name, ...args);
  await inside("link", "set", "lo", "up");
  await inside("address", "replace", `${config.nodeAddress}/24`, "dev", nodeInterface);
  await inside("link", "set", nodeInterface, "up");
  await inside("route", "replace", "default", "via", config.hostAddress);
  for (const range of [config.podRange, config.serviceRange]) {
    await ip("route", "replace", range, "via", config.nodeAddress, "dev", config.hostInterface);
  }
  await execa("nsenter", [`--net=${config.netnsPath}`, "sysctl", "-qw", "net.ipv4.ip_forward=1"]);
}

/** Removes the namespace and the veth pair; the routes go with them. Nothing to remove is no error. */
export async function removeNetwork(config: NodeConfig): Promise<void> {
  await execa("ip", ["link", "delete", config.hostInterface], { reject: false });
  await execa("ip", ["netns", "delete", config.name], { reject: false });
  rmSync(config.netnsPath, { force: true });
}

/** What of the node's network is there: for `leftovers`. */
export function networkParts(config: NodeConfig): string[] {
  const parts: string[] = [];
  if (existsSync(config.netnsPath)) parts.push(`network namespace ${config.netnsPath}`);
  if (existsSync(`/sys/class/net/${config.hostInterface}`)) parts.push(`interface ${config.hostInterface}`);
  for (const route of currentRoutes()) {
    if (route.device === config.hostInterface) parts.push(`route ${route.range} dev ${route.device}`);
  }
  return parts;
}

/** Reads the text of /proc/net/route: addresses are hexadecimal, in the byte order of the machine. */
export function parseRoutes(text: string): Route[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => line.split("\t"))
    .filter((fields) => fields.length > 7)
    .map((fields) => ({ device: fields[0] ?? "", range: `${address(fields[1])}/${prefixLength(fields[7])}` }));
}

/** Routes of other devices that would take the node's packets, or whose packets the node's routes would take. */
export function foreignRoutes(config: NodeConfig, routes: readonly Route[]): Route[] {
  const own = [config.podRange, config.serviceRange, `${config.hostAddress}/24`];
  return routes.filter(
    (route) =>
      route.device !== config.hostInterface &&
      !route.range.endsWith("/0") &&
      own.some((range) => rangesOverlap(range, route.range)),
  );
}

export function rangesOverlap(a: string, b: string): boolean {
  const [addressA, bitsA] = parseRange(a);
  const [addressB, bitsB] = parseRange(b);
  const size = 2 ** (32 - Math.min(bitsA, bitsB));
  return Math.floor(addressA / size) === Math.floor(addressB / size);
}

function refuseForeignRoutes(config: NodeConfig): void {
  const found = foreignRoutes(config, currentRoutes());
  if (found.length === 0) return;
  throw new UserError(
    "The embedded node cannot have its addresses:",
    found.map((route) => ({
      path: `route ${route.range}`,
      got: `is used by the interface ${route.device}`,
      expected: `${config.podRange}, ${config.serviceRange} and ${config.hostAddress}/24 are free`,
      fix: `Take the interface ${route.device} down (another local cluster or a VPN), or use \`cluster: kind\` or \`existing\`.`,
    })),
  );
}

function currentRoutes(): Route[] {
  return parseRoutes(readOr("/proc/net/route", ""));
}

async function ip(...args: string[]): Promise<void> {
  await execa("ip", args);
}

function address(hex: string | undefined): string {
  return (hex ?? "")
    .replace(/(..)(..)(..)(..)/, "$4 $3 $2 $1")
    .split(" ")
    .map((byte) => Number.parseInt(byte, 16))
    .join(".");
}

function prefixLength(hex: string | undefined): number {
  const bits = Number.parseInt(hex ?? "0", 16).toString(2);
  return bits.split("1").length - 1;
}

function parseRange(range: string): [address: number, bits: number] {
  const [base = "", bits = "32"] = range.split("/");
  return [base.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0), Number(bits)];
}
