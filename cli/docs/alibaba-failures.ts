import { failureKinds } from "../../tools/alibaba/failures";

/** The table of docs/alibaba.md about what an account refuses. */
export function failureTable(): string {
  return [
    "| what the account says | what to do |",
    "|---|---|",
    ...failureKinds.map(({ examples, fix }) => `| ${examples.map((code) => `\`${code}\``).join(", ")} | ${fix} |`),
  ].join("\n");
}
