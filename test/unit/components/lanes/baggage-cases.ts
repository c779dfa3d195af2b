/** One request's baggage, and what is to be made of the member `version`. */
export interface BaggageCase {
  readonly title: string;
  readonly lines: readonly string[];
  /** Undefined: no lane. */
  readonly lane: string | undefined;
  /** The client's members that the gateway lets through. */
  readonly client: readonly string[];
}

const members = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}=v`);

/** Bytes that the longest lane leaves of 8192: `version=`, 63 letters and a comma. */
const lastByte = 8192 - 8 - 63 - 1;

/** The same table is run against the TypeScript and, where a Lua is at hand, the Lua text of the filters. */
export const baggageCases: readonly BaggageCase[] = [
  { title: "no baggage", lines: [], lane: undefined, client: [] },
  { title: "an empty line", lines: [""], lane: undefined, client: [] },
  { title: "one member", lines: ["version=v2"], lane: "v2", client: [] },
  { title: "among others", lines: ["a=1,version=v2,b=2"], lane: "v2", client: ["a=1", "b=2"] },
  { title: "in the second line", lines: ["a=1", "b=2, version=v2"], lane: "v2", client: ["a=1", "b=2"] },
  { title: "spaces and tabs around", lines: [" a=1 ,\tversion \t=  v2 ; p=1"], lane: "v2", client: ["a=1"] },
  { title: "a longer value", lines: ["version=v20"], lane: "v20", client: [] },
  { title: "a key that ends with it", lines: ["xversion=v2"], lane: undefined, client: ["xversion=v2"] },
  { title: "a key that begins with it", lines: ["version2=v2"], lane: undefined, client: ["version2=v2"] },
  { title: "another letter case", lines: ["Version=v2"], lane: undefined, client: ["Version=v2"] },
  { title: "a property of another member", lines: ["a=1;version=v2"], lane: undefined, client: ["a=1;version=v2"] },
  { title: "in another member's value", lines: ["a=version=v2"], lane: undefined, client: ["a=version=v2"] },
  { title: "properties of its own", lines: ["version=v2;version=v3;x"], lane: "v2", client: [] },
  { title: "a percent-encoded value", lines: ["version=v%32"], lane: "v2", client: [] },
  {
    title: "a percent-encoded value with blanks around",
    lines: ["a=1, version=\tv%32 \t,b=2"],
    lane: "v2",
    client: ["a=1", "b=2"],
  },
  { title: "a percent-encoded value with properties", lines: ["version=v%32 ;version=v3"], lane: "v2", client: [] },
  { title: "a blank within a percent-encoded value", lines: ["version=v%32 x"], lane: undefined, client: [] },
  { title: "a blank within the value", lines: ["version=v 2"], lane: undefined, client: [] },
  { title: "a tab within the value, then another", lines: ["version=v\t2,version=v3"], lane: undefined, client: [] },
  { title: "nothing but blanks", lines: ["version= \t ,version=v2"], lane: undefined, client: [] },
  { title: "lower-case hex", lines: ["version=%6c1"], lane: "l1", client: [] },
  { title: "a percent sign that encodes nothing", lines: ["version=v%zz%2"], lane: "v%zz%2", client: [] },
  { title: "decoded once only", lines: ["version=v%2532"], lane: "v%32", client: [] },
  { title: "an encoded key", lines: ["%76ersion=v2"], lane: undefined, client: ["%76ersion=v2"] },
  { title: "two of them", lines: ["version=v2,version=v3"], lane: "v2", client: [] },
  { title: "two in two lines", lines: ["version=v3", "a=1,version=v2"], lane: "v3", client: ["a=1"] },
  { title: "an empty value", lines: ["version=,version=v2"], lane: undefined, client: [] },
  { title: "no value, then one", lines: ["version,version=v2"], lane: "v2", client: [] },
  { title: "an equals sign in the value", lines: ["version=v2=x"], lane: "v2=x", client: [] },
  { title: "an encoded line break", lines: ["version=v2%0d%0ax-admin: 1"], lane: undefined, client: [] },
  { title: "an encoded zero byte", lines: ["version=v2%00"], lane: undefined, client: [] },
  { title: "an encoded space", lines: ["version=v%202"], lane: undefined, client: [] },
  { title: "an encoded comma", lines: ["version=v2%2Cv3"], lane: "v2,v3", client: [] },
  { title: "bytes beyond ASCII", lines: ["version=%C3%A4"], lane: undefined, client: [] },
  { title: "stray commas", lines: [",,version=v2,,"], lane: "v2", client: [] },
  { title: "only a semicolon", lines: [";version=v2"], lane: undefined, client: [";version=v2"] },
  { title: "Lua pattern signs", lines: ["v.rsion=v2,version=%25d+"], lane: "%d+", client: ["v.rsion=v2"] },
  { title: "many spaces", lines: [`version=${" ".repeat(20_000)}v2`], lane: "v2", client: [] },
  { title: "many blanks and no value", lines: [`version${" ".repeat(60_000)}`], lane: undefined, client: [] },
  {
    title: "many blanks within an encoded value",
    lines: [`version=v%32${" x".repeat(30_000)}`],
    lane: undefined,
    client: [],
  },
  {
    title: "many blanks between commas",
    lines: [`${`,${" ".repeat(600)}`.repeat(100)},version=v2`],
    lane: "v2",
    client: [],
  },
  {
    title: "many members",
    lines: [`${"a=1,".repeat(5_000)}version=v2`],
    lane: "v2",
    client: Array.from({ length: 63 }, () => "a=1"),
  },
  {
    title: "members of an error tracker, over two lines",
    lines: ["sentry-trace_id=771a43a4,sentry-sample_rate=0.1", "sentry-transaction=GET%20%2Fshop,version=v3"],
    lane: "v3",
    client: ["sentry-trace_id=771a43a4", "sentry-sample_rate=0.1", "sentry-transaction=GET%20%2Fshop"],
  },
  { title: "180 members", lines: [members(180).join(",")], lane: undefined, client: members(63) },
  {
    title: "a member that fills the line to the last byte",
    lines: [`a=1,${"b".repeat(lastByte - 4)}`],
    lane: undefined,
    client: ["a=1", "b".repeat(lastByte - 4)],
  },
  { title: "a byte more", lines: [`a=1,${"b".repeat(lastByte - 3)},c=1`], lane: undefined, client: ["a=1"] },
];
