import type { FindingKind, ImportFinding } from "../../components/import/finding";
import type { Inventory } from "../../components/import/inventory";
import type { Proposal } from "../../components/import/proposal";
import { readCounts } from "../../components/import/refusals";
import { furtherPorts, type JudgedPort } from "../../components/import/select";
import type { Problem } from "../../tools/user-error";

const titles: Readonly<Record<FindingKind, string>> = {
  first: "Before the first update",
  decide: "To decide: objects of others, which stay as they are",
  "left out": "Not in the lanes",
  note: "Good to know",
};

/** What was found and proposed, and what was not and why. No value of a manifest is in it, but names. */
export function importReport(proposal: Proposal, inventory: Inventory): string {
  const { group, services, findings, commands } = proposal;
  const lanes = group.lanes.map(({ name }) => name).join(", ");
  const rows = services.map((proposed) => [
    proposed.service.name,
    [proposed.main, ...furtherPorts(proposed)].map(portText).join(", "),
    proposed.versions.versions.join(", "),
    proposed.calls.map(({ to }) => to.name).join(", ") || "-",
  ]);
  const head = `Lane group ${group.name} in namespace ${group.namespace}: ${counted(services.length, "service")}, ${counted(group.lanes.length, "lane")} (${lanes}).`;
  const sections = (Object.keys(titles) as FindingKind[]).map((kind) =>
    section(
      titles[kind],
      findings.filter((finding) => finding.kind === kind),
      kind === "first" ? commands : [],
    ),
  );
  return [
    head,
    table([["SERVICE", "PORT", "VERSIONS", "CALLS"], ...rows]),
    ...sections,
    section("Not read", inventory.broken, []),
    skipped(inventory),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function portText({ port, verdict }: JudgedPort): string {
  return `${port.port} ${verdict.protocol}${verdict.lanes === "no" ? " (not lane-able)" : ""}`;
}

function section(title: string, problems: readonly (Problem | ImportFinding)[], commands: readonly string[]): string {
  if (problems.length === 0) return "";
  const lines = problems.map(
    ({ path, got, expected, fix }) => `  ${path}: ${got}\n    expected: ${expected}\n    fix: ${fix}`,
  );
  const shell = commands.length > 0 ? ["  commands:", ...commands.map((command) => `    ${command}`)] : [];
  return [`${title}:`, ...lines, ...shell].join("\n");
}

function skipped(inventory: Inventory): string {
  const parts = readCounts(inventory);
  return parts.length > 0 ? `Without meaning for lanes: ${parts.join(", ")}.` : "";
}

function counted(number: number, what: string): string {
  return number === 1 ? `one ${what}` : `${number} ${what}s`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `  ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}`,
    )
    .join("\n");
}
