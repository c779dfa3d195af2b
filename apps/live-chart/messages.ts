import type { Bar } from "./bars";

/** What the server sends over the WebSocket, as JSON. Windows send nothing. */
export type ChartMessage =
  | {
      /** The first message of every socket, so that a window that comes back has missed nothing. */
      readonly type: "state";
      readonly bars: readonly Bar[];
      readonly version: string;
      readonly instance: string;
    }
  | { readonly type: "value"; readonly id: number; readonly value: number }
  | { readonly type: "windows"; readonly count: number };
