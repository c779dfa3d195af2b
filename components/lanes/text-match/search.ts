import { Automaton, type Places } from "./automaton";

/** More states than this are not searched: no regex of a route comes near it. */
const mostStates = 5000;

/** Characters that a text is made of where it can be: the plainest first. */
const plain = `${letters("a", "z")}${letters("0", "9")}${letters("A", "Z")}-_./`;

export interface Search {
  /** The whole text must match each of them. */
  readonly all: readonly string[];
  /** It must not match this one. */
  readonly not?: string;
}

/**
 * Texts that match as they are asked to, the shortest first: one for each state of the automata, which is all there is to
 * try. Assertions are not exact (see `Automaton`), so each text has to be judged by RE2.
 *
 * @returns whether every state was visited: then there is no text but those that came out.
 * @throws when RE2 does not accept a regex.
 */
export function* candidates({ all, not }: Search): Generator<string, boolean> {
  // Too many texts rather than too few: what is refused by mistake would be lost.
  const wanted = all.map((regex) => new Automaton(regex, "hold"));
  const refused = not === undefined ? undefined : new Automaton(not, "fail");
  const runes = alphabet([...wanted, ...(refused ? [refused] : [])]);
  const first: State = { text: "", wanted: wanted.map((each) => each.start()), refused: refused?.start() ?? [] };
  const seen = new Set([keyOf(first)]);
  const queue = [first];
  for (let at = 0; at < queue.length; at++) {
    const state = queue[at];
    if (!state) break;
    const fits = wanted.every((each, index) => each.accepts(state.wanted[index] ?? []));
    if (fits && !refused?.accepts(state.refused)) yield state.text;
    for (const rune of runes) {
      const next: State = {
        text: state.text + String.fromCodePoint(rune),
        wanted: wanted.map((each, index) => each.step(state.wanted[index] ?? [], rune)),
        refused: refused?.step(state.refused, rune) ?? [],
      };
      if (next.wanted.some((places) => places.length === 0) || seen.has(keyOf(next))) continue;
      if (seen.size >= mostStates) return false;
      seen.add(keyOf(next));
      queue.push(next);
    }
  }
  return true;
}

interface State {
  readonly text: string;
  readonly wanted: readonly Places[];
  readonly refused: Places;
}

function keyOf({ wanted, refused }: State): string {
  return [...wanted, refused].map((places) => places.join(",")).join(";");
}

/** One character of each kind that the automata tell apart, the plainest of its kind. */
function alphabet(automata: readonly Automaton[]): number[] {
  const runes = [...codePoints(`${plain}${letters(" ", "~")}\t`), ...automata.flatMap((each) => each.boundaries())];
  const byKind = new Map<string, number>();
  for (const rune of runes.filter(isInHttp)) {
    const kind = automata.map((each) => each.signature(rune)).join(";");
    if (!byKind.has(kind)) byKind.set(kind, rune);
  }
  return [...byKind.values()];
}

/** No request line and no header holds a line break or another control character (RFC 9110, 5.5). */
function isInHttp(rune: number): boolean {
  const isSurrogate = rune >= 0xd800 && rune <= 0xdfff;
  return rune === 0x09 || (rune >= 0x20 && rune !== 0x7f && rune <= 0x10ffff && !isSurrogate);
}

function codePoints(text: string): number[] {
  return [...text].flatMap((sign) => sign.codePointAt(0) ?? []);
}

function letters(from: string, to: string): string {
  const [first, last] = [from.charCodeAt(0), to.charCodeAt(0)];
  return String.fromCharCode(...Array.from({ length: last - first + 1 }, (_, index) => first + index));
}
