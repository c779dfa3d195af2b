import { catalogue, findingCodes } from "./catalogue";

/** The text of docs/findings.md. A unit test compares the file with it. */
export function cataloguePage(): string {
  const rows = findingCodes.map((code) => {
    const { title, effect, action } = catalogue[code];
    return `| <a id="${code.toLowerCase()}"></a>${code} | ${title} | ${effect} | ${action} |`;
  });
  return [
    "# Findings of `lanes status`",
    "",
    "<!-- Generated from components/lanes/health/catalogue.ts by `npm run docs`. -->",
    "",
    "`lanes status` compares what the mesh has with what the plan wants, and names the cause of each difference by a code. The",
    "finding itself names the objects and prints the exact command; this page says what each code means. Codes are stable.",
    "",
    "An `error` means that requests of a lane fail or leave the lane. A `warning` means that they do not now, but something is",
    "not as planned. A `note` needs no action. `lanes status` exits with 1 when there is an error.",
    "",
    "| code | what is wrong | what requests meet | what to do first |",
    "|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}
