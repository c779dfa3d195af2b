/** A call between two columns; -1 is the lane's own card, where requests come in. */
export interface ColumnCall {
  readonly from: number;
  readonly to: number;
}

/** A call that cannot be drawn as a straight line to the next column: it runs below the row, on a track of its own. */
export interface TrackedCall extends ColumnCall {
  /** 0 is the nearest to the row. */
  readonly track: number;
}

/** Splits calls into straight ones and tracked ones; tracks are reused where calls do not meet. */
export function assignTracks(calls: readonly ColumnCall[]): {
  readonly straight: readonly ColumnCall[];
  readonly tracked: readonly TrackedCall[];
  readonly tracks: number;
} {
  const isStraight = (call: ColumnCall) => call.to === call.from + 1;
  const left = (call: ColumnCall) => Math.min(call.from, call.to);
  const right = (call: ColumnCall) => Math.max(call.from, call.to);
  // Short calls first: they lie inside long ones, which then run below them.
  const others = calls
    .filter((call) => !isStraight(call))
    .sort((a, b) => right(a) - left(a) - (right(b) - left(b)) || left(a) - left(b));
  const taken: ColumnCall[][] = [];
  const tracked = others.map((call) => {
    const free = taken.findIndex((others) =>
      others.every((other) => right(other) < left(call) || left(other) > right(call)),
    );
    const track = free < 0 ? taken.length : free;
    taken[track] = [...(taken[track] ?? []), call];
    return { ...call, track };
  });
  return { straight: calls.filter(isStraight), tracked, tracks: taken.length };
}
