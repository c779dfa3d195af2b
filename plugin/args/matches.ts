/** One of the three. */
export interface TextMatchArgs {
  /** The whole text. */
  exact?: string;
  /** How the text begins. */
  prefix?: string;
  /** An RE2 expression that fits the whole text. */
  regex?: string;
}

/** Conditions of a lane at the entry; all must hold. */
export interface LaneMatchArgs {
  /** Header name in lower case -> condition. */
  headers?: { [name: string]: TextMatchArgs };
  /** Cookie name -> condition, exact or prefix. */
  cookies?: { [name: string]: TextMatchArgs };
  /** Query key -> condition on the value as written in the URL. */
  query?: { [name: string]: TextMatchArgs };
  /** Host names; `*.example.com` is allowed. */
  hosts?: string[];
  path?: TextMatchArgs;
  /** HTTP method, in capitals. */
  method?: TextMatchArgs;
}
