import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, type Node, parseDocument, visit } from "yaml";
import { type Problem, UserError } from "../../tools/user-error";
import { firstLine } from "../../tools/values";
import { applyToValue, type Edit, type EditPath, indexIn, isDone } from "./edit";
import { addItem, deleteEntry, deleteItem, type Splice, setEntry, setNode } from "./splices";

/**
 * Edits YAML as a person would: what an edit does not name stays as it is, byte for byte, with its comments, order, anchors,
 * quotes and indentation. The text is read again after each edit and must come to the same values as the edit of plain values.
 *
 * @param file its name, for messages.
 * @throws UserError for a place that cannot be edited so, such as one that an alias shares with another.
 */
export function editYaml(file: string, text: string, edits: readonly Edit[]): string {
  const [last, values] = edits.reduce<readonly [string, unknown]>(
    ([before, wanted], edit) => [applyToText(file, before, edit), applyToValue(wanted, edit)],
    [text, read(text).toJS()],
  );
  if (isDeepStrictEqual(read(last).toJS(), values)) return last;
  throw byHand(file, edits[0]?.path ?? [], "it shares values with another place, by an anchor or a merge key");
}

function read(text: string): Document.Parsed {
  return parseDocument(text, { merge: true, version: "1.2" });
}

function applyToText(file: string, text: string, edit: Edit): string {
  const document = read(text);
  // A list that an alias shares may have the value already.
  if (isDone(document.toJS(), edit)) return text;
  try {
    const { from, to, text: inserted } = spliceOf(text, document, edit);
    const result = text.slice(0, from) + inserted + text.slice(to);
    requireReadable(read(result));
    return result;
  } catch (error) {
    throw byHand(file, edit.path, firstLine(error));
  }
}

/** An alias whose anchor went is no error of the text: only its values cannot be told. */
function requireReadable(document: Document.Parsed): void {
  const [error] = document.errors;
  if (error) throw error;
  visit(document, {
    Alias: (_key, alias) => {
      if (alias.resolve(document)) return;
      throw new Error(`it holds the anchor &${alias.source}, and *${alias.source} elsewhere shares values with it`);
    },
  });
  document.toJS();
}

function spliceOf(text: string, document: Document.Parsed, edit: Edit): Splice {
  const last = edit.path.at(-1);
  if (edit.kind === "add" || edit.kind === "drop") {
    const list = nodeAt(document, edit.path);
    if (!isSeq(list)) throw new Error("it is no list");
    if (edit.kind === "add") return addItem(text, list, edit.value);
    return deleteItem(text, list, indexIn(list.toJS(document), edit.value));
  }
  const parent = nodeAt(document, edit.path.slice(0, -1));
  if (isSeq(parent) && typeof last === "number") {
    const item = resolved(document, parent.items[last]);
    if (edit.kind === "delete") return deleteItem(text, parent, last);
    if (item) return setNode(text, item, edit.value);
  }
  if (isMap(parent) && typeof last === "string") {
    return edit.kind === "delete" ? deleteEntry(text, parent, last) : setEntry(text, parent, last, edit.value);
  }
  throw new Error("it does not exist");
}

/** The node at a path, through aliases. */
function nodeAt(document: Document.Parsed, path: EditPath): Node | undefined {
  return path.reduce<Node | undefined>(
    (node, key) => {
      if (isSeq(node) && typeof key === "number") return resolved(document, node.items[key]);
      if (!isMap(node)) return undefined;
      return resolved(document, node.items.find(({ key: name }) => isScalar(name) && name.value === key)?.value);
    },
    resolved(document, document.contents),
  );
}

function resolved(document: Document.Parsed, node: unknown): Node | undefined {
  if (isAlias(node)) return node.resolve(document);
  return isNode(node) ? node : undefined;
}

function byHand(file: string, path: EditPath, why: string): UserError {
  const problem: Problem = {
    path: `${file}: ${path.join(".")}`,
    got: why,
    expected: "a place that can be edited without touching another",
    fix: "Edit the file by hand; `lanes diff` tells what the edit does.",
  };
  return new UserError("the config cannot be edited by a command", [problem]);
}
