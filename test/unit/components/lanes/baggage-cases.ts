/** One request's baggage, and what is to be made of the member `version`. */
export interface BaggageCase {
  readonly title: string;
  readonly lines: readonly string[];
  /** Undefined: no lane. */
  readonly lane: string | undefined;
  /** The lines that the gateway lets through. */
  readonly cleaned: readonly string[];
}

/** The same table is run against the TypeScript and, where a Lua is at hand, the Lua text of the filters. */
export const baggageCases: readonly BaggageCase[] = [
  { title: "no baggage", lines: [], lane: undefined, cleaned: [] },
  { title: "an empty line", lines: [""], lane: undefined, cleaned: [""] },
  { title: "one member", lines: ["version=v2"], lane: "v2", cleaned: [] },
  { title: "among others", lines: ["a=1,version=v2,b=2"], lane: "v2", cleaned: ["a=1,b=2"] },
  { title: "in the second line", lines: ["a=1", "b=2, version=v2"], lane: "v2", cleaned: ["a=1", "b=2"] },
  { title: "spaces and tabs around", lines: [" a=1 ,\tversion \t=  v2 ; p=1"], lane: "v2", cleaned: [" a=1 "] },
  { title: "a longer value", lines: ["version=v20"], lane: "v20", cleaned: [] },
  { title: "a key that ends with it", lines: ["xversion=v2"], lane: undefined, cleaned: ["xversion=v2"] },
  { title: "a key that begins with it", lines: ["version2=v2"], lane: undefined, cleaned: ["version2=v2"] },
  { title: "another letter case", lines: ["Version=v2"], lane: undefined, cleaned: ["Version=v2"] },
  { title: "a property of another member", lines: ["a=1;version=v2"], lane: undefined, cleaned: ["a=1;version=v2"] },
  { title: "in another member's value", lines: ["a=version=v2"], lane: undefined, cleaned: ["a=version=v2"] },
  { title: "properties of its own", lines: ["version=v2;version=v3;x"], lane: "v2", cleaned: [] },
  { title: "a percent-encoded value", lines: ["version=v%32"], lane: "v2", cleaned: [] },
  {
    title: "a percent-encoded value with blanks around",
    lines: ["a=1, version=\tv%32 \t,b=2"],
    lane: "v2",
    cleaned: ["a=1,b=2"],
  },
  { title: "a percent-encoded value with properties", lines: ["version=v%32 ;version=v3"], lane: "v2", cleaned: [] },
  { title: "a blank within a percent-encoded value", lines: ["version=v%32 x"], lane: undefined, cleaned: [] },
  { title: "a blank within the value", lines: ["version=v 2"], lane: undefined, cleaned: [] },
  { title: "a tab within the value, then another", lines: ["version=v\t2,version=v3"], lane: undefined, cleaned: [] },
  { title: "nothing but blanks", lines: ["version= \t ,version=v2"], lane: undefined, cleaned: [] },
  { title: "lower-case hex", lines: ["version=%6c1"], lane: "l1", cleaned: [] },
  { title: "a percent sign that encodes nothing", lines: ["version=v%zz%2"], lane: "v%zz%2", cleaned: [] },
  { title: "decoded once only", lines: ["version=v%2532"], lane: "v%32", cleaned: [] },
  { title: "an encoded key", lines: ["%76ersion=v2"], lane: undefined, cleaned: ["%76ersion=v2"] },
  { title: "two of them", lines: ["version=v2,version=v3"], lane: "v2", cleaned: [] },
  { title: "two in two lines", lines: ["version=v3", "a=1,version=v2"], lane: "v3", cleaned: ["a=1"] },
  { title: "an empty value", lines: ["version=,version=v2"], lane: undefined, cleaned: [] },
  { title: "no value, then one", lines: ["version,version=v2"], lane: "v2", cleaned: [] },
  { title: "an equals sign in the value", lines: ["version=v2=x"], lane: "v2=x", cleaned: [] },
  { title: "an encoded line break", lines: ["version=v2%0d%0ax-admin: 1"], lane: undefined, cleaned: [] },
  { title: "an encoded zero byte", lines: ["version=v2%00"], lane: undefined, cleaned: [] },
  { title: "an encoded space", lines: ["version=v%202"], lane: undefined, cleaned: [] },
  { title: "an encoded comma", lines: ["version=v2%2Cv3"], lane: "v2,v3", cleaned: [] },
  { title: "bytes beyond ASCII", lines: ["version=%C3%A4"], lane: undefined, cleaned: [] },
  { title: "stray commas", lines: [",,version=v2,,"], lane: "v2", cleaned: [",,,"] },
  { title: "only a semicolon", lines: [";version=v2"], lane: undefined, cleaned: [";version=v2"] },
  { title: "Lua pattern signs", lines: ["v.rsion=v2,version=%25d+"], lane: "%d+", cleaned: ["v.rsion=v2"] },
  { title: "many spaces", lines: [`version=${" ".repeat(20_000)}v2`], lane: "v2", cleaned: [] },
  { title: "many blanks and no value", lines: [`version${" ".repeat(60_000)}`], lane: undefined, cleaned: [] },
  {
    title: "many blanks within an encoded value",
    lines: [`version=v%32${" x".repeat(30_000)}`],
    lane: undefined,
    cleaned: [],
  },
  {
    title: "many blanks between commas",
    lines: [`${`,${" ".repeat(600)}`.repeat(100)},version=v2`],
    lane: "v2",
    cleaned: [`,${" ".repeat(600)}`.repeat(100)],
  },
  {
    title: "many members",
    lines: [`${"a=1,".repeat(5_000)}version=v2`],
    lane: "v2",
    cleaned: ["a=1,".repeat(5_000).slice(0, -1)],
  },
];
