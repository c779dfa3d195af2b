import type { Rendered } from "../render/manifests";
import { fieldChanges } from "./fields";
import type { PreviewReport, ResourceChange } from "./report";

/** What changes between the objects of two configs. */
export function objectChanges(before: Rendered, after: Rendered): Pick<PreviewReport, "changes" | "counts" | "notes"> {
  const key = ({ api, apiVersion, kind, namespace, name }: Rendered["manifests"][number]) =>
    [api, apiVersion, kind, namespace, name].join(" ");
  const old = new Map(before.manifests.map((manifest) => [key(manifest), manifest]));
  const now = new Map(after.manifests.map((manifest) => [key(manifest), manifest]));
  const changes: ResourceChange[] = [];
  let same = 0;
  for (const id of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(id), now.get(id)];
    const shown = is ?? was;
    if (!shown) continue;
    const fields = was && is ? fieldChanges(was.object, is.object) : [];
    if (was && is && fields.length === 0) {
      same += 1;
      continue;
    }
    const { apiVersion, kind, namespace, name } = shown;
    changes.push({
      operation: was ? (is ? "update" : "delete") : "create",
      type: `${apiVersion}/${kind}`,
      name: namespace === "" ? name : `${namespace}/${name}`,
      cause: "config",
      fields,
      drift: [],
    });
  }
  const counts: Record<string, number> = { same };
  for (const { operation } of changes) counts[operation] = (counts[operation] ?? 0) + 1;
  return { changes, counts, notes: leftNotes(before, after) };
}

/** Charts, cloud resources and secrets are not rendered; that one comes or goes is told all the same. */
function leftNotes(before: Rendered, after: Rendered): string[] {
  const texts = ({ left }: Rendered) => new Set(left.map(({ what }) => what));
  const [old, now] = [texts(before), texts(after)];
  return [
    "offline: objects of Helm charts, cloud resources and secrets are not compared, and nor is the cluster",
    ...[...now].filter((what) => !old.has(what)).map((what) => `comes: ${what}`),
    ...[...old].filter((what) => !now.has(what)).map((what) => `goes: ${what}`),
  ];
}
