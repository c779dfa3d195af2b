import assert from "node:assert/strict";
import { assignTracks } from "../../../../../components/lanes/topology/tracks";

const call = (from: number, to: number) => ({ from, to });

describe("assignTracks", () => {
  const cases = [
    {
      title: "draws a chain straight",
      calls: [call(-1, 0), call(0, 1)],
      expected: { straight: [call(-1, 0), call(0, 1)], tracked: [], tracks: 0 },
    },
    {
      title: "takes one track for calls that do not meet",
      calls: [call(0, 2), call(3, 5)],
      expected: {
        straight: [],
        tracked: [
          { ...call(0, 2), track: 0 },
          { ...call(3, 5), track: 0 },
        ],
        tracks: 1,
      },
    },
    {
      title: "puts a long call below a short one",
      calls: [call(3, 0), call(1, 1), call(0, 2)],
      expected: {
        straight: [],
        tracked: [
          { ...call(1, 1), track: 0 },
          { ...call(0, 2), track: 1 },
          { ...call(3, 0), track: 2 },
        ],
        tracks: 3,
      },
    },
  ];
  for (const { title, calls, expected } of cases) it(title, () => assert.deepEqual(assignTracks(calls), expected));
});
