import { lookUps, type ResourceActions, resourceActions } from "../../components/alibaba/actions";
import { actionsOf, ramPolicy } from "../../components/alibaba/policies";
import { findingActions } from "../../tools/alibaba/find-made";

/*
 * The part of docs/alibaba.md about permissions, out of the recorded calls and the table of actions.
 */

/** The part about permissions. */
export function permissions(): string {
  return [
    "To **make** everything, by the first update:",
    policy(actionsOf("first")),
    "To **change** anything of it in place, and to go on where a first update ended. No run has made every change that a config can ask for, so this " +
      "one has what the provider's source calls besides:",
    policy(actionsOf("change")),
    "To **replace** the nodes by a change of `cluster.name`, which gives them another role, and to upgrade the mesh in the same update:",
    policy(actionsOf("replace")),
    "To **promote** a lane, shift weight, or roll back: the kubeconfig of the update, and a look at the mesh's version. Nothing in the " +
      "account is written.",
    policy(actionsOf("promote")),
    "To **destroy**, protection removed before:",
    policy(actionsOf("destroy")),
    "To **go on after an update that was killed**, beside the second: `lanes up` looks for what that one was making.",
    policy(findingActions),
    "On a cluster by `id`, with a mesh by kubeconfig and a load balancer by id:",
    policy(actionsOf("existing")),
    [
      "Where each comes from (files of terraform-provider-alicloud 1.285.0, below `alicloud/`; with a slash, of this project):",
      "",
      "| what | made | read | changed | deleted | source |",
      "|---|---|---|---|---|---|",
      ...Object.entries(resourceActions).map(([type, actions]) => resourceRow(type, actions)),
      ...Object.entries(lookUps).map(
        ([token, { actions, source }]) => `| \`${lastOf(token)}\` |  | ${list(actions)} |  |  | ${source} |`,
      ),
    ].join("\n"),
  ].join("\n\n");
}

function policy(actions: readonly string[]): string {
  const { Version, Statement } = ramPolicy(actions);
  const statements = Statement.map(({ Effect, Action, Resource }) =>
    [
      "    {",
      `      "Effect": ${JSON.stringify(Effect)},`,
      '      "Action": [',
      ...wrapped(Action.map((action) => JSON.stringify(action))),
      "      ],",
      `      "Resource": ${JSON.stringify(Resource).replaceAll(",", ", ")}`,
      "    }",
    ].join("\n"),
  );
  return `\`\`\`json\n{\n  "Version": "${Version}",\n  "Statement": [\n${statements.join(",\n")}\n  ]\n}\n\`\`\``;
}

/** Lines of at most 120 characters. */
function wrapped(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index < items.length - 1 ? `${item},` : item;
    const last = lines.at(-1);
    if (last !== undefined && last.length + text.length < 118) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`        ${text}`);
  }
  return lines;
}

function resourceRow(type: string, { create, read, change, remove, source, asked }: ResourceActions): string {
  const from = asked ? `${source}; ${list(asked.actions)}: ${asked.source}` : source;
  const cells = [create, read, change, remove].map(list);
  return `| \`${lastOf(type)}\` | ${cells.join(" | ")} | ${from} |`;
}

function list(actions: readonly string[]): string {
  return actions.map((action) => `\`${action}\``).join(", ");
}

function lastOf(token: string): string {
  return token.slice(token.lastIndexOf(":") + 1);
}
