import type { PlanReason } from "../plan";
import type { FittedText } from "./text";

/** A point in pixels, from the top left corner of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** What a text is, which settles its size and weight. */
export type TextKind = "title" | "heading" | "name" | "small" | "warn";

export interface PlacedText extends FittedText {
  readonly kind: TextKind;
  readonly anchor: "start" | "middle" | "end";
  /** Of the baseline of the letters. */
  readonly at: Point;
}

/** One row of the plan: a lane's version of a service. */
export interface PlacedNode {
  readonly lane: string;
  readonly service: string;
  readonly reason: PlanReason;
  readonly box: Box;
  /** Said when a pointer rests on it. */
  readonly hint: string;
}

export interface PlacedLane {
  readonly lane: string;
  /** Index of the lane's colour. */
  readonly color: number;
  /** The stripe over the width of the picture. */
  readonly band: Box;
  readonly isBaseline: boolean;
  readonly card: Box;
}

/** A line with corners; it ends in an arrow. */
export interface PlacedEdge {
  readonly kind: "entry" | "call" | "fallback";
  readonly lane: string;
  readonly color: number;
  /** Calls: the caller, or `gateway`. Fallbacks: the service itself. */
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  /**
   * Where the arrow is. Fallbacks are drawn from their target, `start`, so that the dashes of those that share a line fall
   * on one another.
   */
  readonly arrow: "start" | "end";
  readonly hint: string;
}

/** A lane group with everything placed: plain data from which SVG text is written. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly description: string;
  readonly gateway: Box;
  readonly lanes: readonly PlacedLane[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly texts: readonly PlacedText[];
  /** Small samples beside the legend's texts. */
  readonly samples: readonly { readonly reason: PlanReason; readonly box: Box }[];
}

/** Font sizes in pixels. */
export const fontSizes: Readonly<Record<TextKind, number>> = { title: 18, heading: 13, name: 13, small: 11, warn: 11 };
