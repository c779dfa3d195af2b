import { compileRe2 } from "./re2";

/** One instruction of the program that RE2 makes of a regex; the same as Go's `regexp/syntax.Inst`. */
interface Instruction {
  readonly op: number;
  readonly out: number;
  readonly arg: number;
  readonly runes: ArrayLike<number>;
  matchRune(rune: number): boolean;
}

interface Program {
  readonly inst: readonly Instruction[];
  readonly start: number;
}

const op = { alternative: 1, alternativeMatch: 2, capture: 3, emptyWidth: 4, fail: 5, match: 6, nothing: 7 } as const;
const runeOp = { runes: 8, rune: 9, any: 10, anyButLineBreak: 11 } as const;
const lineBreak = 10;

/** Bits of an assertion (`^`, `$`, `\b`): all that it names must hold. */
const assertion = { begin: 1 | 4, end: 2 | 8, all: -1 } as const;

/** Places in a program, sorted. */
export type Places = readonly number[];

/**
 * The texts that a regex matches as a whole, one character at a time.
 *
 * What stands around a character is not looked at, so an assertion in the middle of a text either always holds (the
 * automaton takes too many texts) or never (it takes too few). Whoever uses it has RE2 judge what comes out.
 */
export class Automaton {
  private readonly program: Program;
  private readonly middle: number;

  /** @throws when RE2 does not accept the regex. */
  public constructor(regex: string, assertions: "hold" | "fail") {
    this.program = compileRe2(regex).re2().prog;
    this.middle = assertions === "hold" ? assertion.all : 0;
  }

  public start(): Places {
    return this.closure([this.program.start], this.middle | assertion.begin);
  }

  public step(places: Places, rune: number): Places {
    const next = places.flatMap((place) => {
      const instruction = this.program.inst[place];
      return instruction && takes(instruction, rune) ? [instruction.out] : [];
    });
    return this.closure(next, this.middle);
  }

  /** Whether a text may end here. */
  public accepts(places: Places): boolean {
    const end = this.closure(places, this.middle | assertion.end);
    return end.some((place) => this.program.inst[place]?.op === op.match);
  }

  /** Where its character classes begin and end: between two of these, all characters are the same to it. */
  public boundaries(): number[] {
    return this.program.inst.flatMap(({ op: kind, runes }) => {
      if (kind !== runeOp.runes && kind !== runeOp.rune) return [];
      const ends = Array.from(runes);
      return ends.length === 1 ? ends : ends.map((rune, index) => (index % 2 === 0 ? rune : rune + 1));
    });
  }

  /** Which of its instructions take a character, as text: characters with the same text are the same to it. */
  public signature(rune: number): string {
    return this.program.inst.map((instruction) => (takes(instruction, rune) ? "1" : "0")).join("");
  }

  /** Everything that is reached without a character. An assertion that does not hold yet stays, for the end of the text. */
  private closure(from: readonly number[], holds: number): Places {
    const seen = new Set<number>();
    const kept = new Set<number>();
    const queue = [...from];
    for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
      const instruction = this.program.inst[place];
      if (!instruction || seen.has(place)) continue;
      seen.add(place);
      switch (instruction.op) {
        case op.alternative:
        case op.alternativeMatch:
          queue.push(instruction.out, instruction.arg);
          break;
        case op.capture:
        case op.nothing:
          queue.push(instruction.out);
          break;
        case op.emptyWidth:
          if ((instruction.arg & ~holds) === 0) queue.push(instruction.out);
          else kept.add(place);
          break;
        case op.fail:
          break;
        default:
          kept.add(place);
      }
    }
    return [...kept].sort((one, other) => one - other);
  }
}

function takes(instruction: Instruction, rune: number): boolean {
  switch (instruction.op) {
    case runeOp.runes:
    case runeOp.rune:
      return instruction.matchRune(rune);
    case runeOp.any:
      return true;
    case runeOp.anyButLineBreak:
      return rune !== lineBreak;
    default:
      return false;
  }
}
