import { renderMermaid } from "../../components/lanes/topology/mermaid";
import { type Form, type FormOptions, groupsShown, writeForms } from "../diff/forms";
import type { Source } from "../diff/source";
import { previewMarkdown } from "./markdown";
import { changesAnything, type PreviewReport } from "./report";
import { previewText } from "./text";

/** What a preview has found out, and of which configs. */
export interface Previewed {
  readonly before: Source;
  readonly after: Source;
  readonly report: PreviewReport;
}

/** How a preview is told. */
export interface PreviewTold {
  /** What goes to stdout. */
  readonly text: string;
  /** Whether an update would do anything. */
  readonly changed: boolean;
  /** Whether the preview itself went well, and an update would not be refused. */
  readonly well: boolean;
}

/** Tells a preview, also in the files that the options name. */
export function tellPreview({ before, after, report }: Previewed, options: FormOptions): PreviewTold {
  const groups = () => groupsShown(report.lanes, before.config.laneGroups, after.config.laneGroups).after;
  const render: Readonly<Record<Form, () => string>> = {
    json: () => `${JSON.stringify(report, null, 2)}\n`,
    markdown: () => {
      const shown = groups();
      return previewMarkdown(report, shown.length > 0 ? renderMermaid(shown).text : undefined);
    },
  };
  const text = writeForms("lanes preview", options, render, () => `${previewText(report)}\n`);
  return { text, changed: changesAnything(report), well: report.failed === null && report.refused.length === 0 };
}
