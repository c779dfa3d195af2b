import type { StackConfig } from "../../config/stack";

/** A config and what it is called. */
export interface Source {
  readonly name: string;
  readonly config: StackConfig;
  /** See `RawStackConfig`; none where no file was read. */
  readonly ciphers?: ReadonlyMap<string, string>;
}
