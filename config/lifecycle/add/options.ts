/** What `lanes add` is asked for. */
export interface AddOptions {
  /** @default the lane's name */
  readonly version?: string;
  /** The lane to be like: its services, and what is written for its versions. @default the baseline, else the last lane */
  readonly from?: string;
  /** Services that the new lane has of its own. @default those of `from` */
  readonly services?: readonly string[];
  /** Conditions by which requests enter it. */
  readonly match?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Percent of the requests that name no lane. @default 0 in a group with weights that nobody enters by header */
  readonly weight?: number;
  /** Service -> image of the new version. */
  readonly images: Readonly<Record<string, string>>;
  /** Service -> labels of the new version's pods, of services with `versionLabels`. @default none */
  readonly labels?: Readonly<Record<string, Labels>>;
}

/** Key -> value. */
export type Labels = Readonly<Record<string, string>>;
