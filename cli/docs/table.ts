/** A line of a table in Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** Outside of code Markdown takes `<name>` for a tag. */
export function escapeHtml(text: string): string {
  return text.replace(/`[^`]*`|</g, (part) => (part === "<" ? "&lt;" : part));
}
