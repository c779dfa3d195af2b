/*
 * How wide a text is, without a browser: everything is set in a monospace font, whose characters are at most 0.61 em wide
 * in all that are in common use (DejaVu Sans Mono 0.602, Menlo 0.602, Courier New 0.6, Consolas 0.55).
 */
const emPerCharacter = 0.61;

/** Upper bound of the width of a text in pixels at a font size in pixels. */
export function textWidth(text: string, fontSize: number): number {
  return [...text].reduce((sum, character) => sum + columns(character), 0) * emPerCharacter * fontSize;
}

/** A text as it is shown, and the whole of it where it had to be cut. */
export interface FittedText {
  readonly text: string;
  /** The whole text; undefined when nothing was cut. */
  readonly full: string | undefined;
}

/** Cuts a text so that it is at most `width` pixels wide, with an ellipsis in place of its end. */
export function fitText(text: string, fontSize: number, width: number): FittedText {
  if (textWidth(text, fontSize) <= width) return { text, full: undefined };
  let kept = "";
  for (const character of text) {
    if (textWidth(`${kept}${character}…`, fontSize) > width) break;
    kept += character;
  }
  return { text: `${kept}…`, full: text };
}

/** East Asian characters, emoji and whatever else lies up there may take two columns. */
function columns(character: string): number {
  return (character.codePointAt(0) ?? 0) >= 0x1100 && character !== "…" ? 2 : 1;
}
