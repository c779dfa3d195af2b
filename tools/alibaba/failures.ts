/*
 * What an account refuses, and what to do about it. Codes are those that the source of terraform-provider-alicloud looks for
 * (`alicloud/errors.go`, and the resources that stacks use) and that the error pages of the APIs name; a service has more of each
 * kind, so a pattern takes in its relatives.
 */

export interface FailureKind {
  readonly kind: string;
  /** What the code looks like. The first kind that fits counts. */
  readonly code: RegExp;
  /** Codes as they are met. */
  readonly examples: readonly string[];
  readonly expected: string;
  readonly fix: string;
}

export const failureKinds: readonly FailureKind[] = [
  {
    kind: "credential",
    code: /AccessKey|SecurityToken|Signature|Credential|^MissingParameter\.AccessKey/i,
    examples: [
      "InvalidAccessKeyId.NotFound",
      "InvalidSecurityToken.Expired",
      "SignatureDoesNotMatch",
      "InvalidCredentials",
    ],
    expected: "a credential that is valid",
    fix: "Renew the credential in the environment, and run it again. What is made so far is in the state.",
  },
  {
    kind: "money",
    code: /NotEnoughBalance|Arrear|Overdue|InsufficientBalance|AccountStatus/i,
    examples: ["InvalidAccountStatus.NotEnoughBalance", "Account.Arrearage"],
    expected: "an account that may buy by the hour",
    fix: "Settle the account's bill (Expenses in the console), then run it again.",
  },
  {
    kind: "activation",
    code: /NotActivated|NotOpen|Unopened|ServiceLinkedRole|ServiceRole|DKMSInstanceState|NotAuthorizedService/i,
    examples: ["Forbidden.DKMSInstanceStateInvalid", "ServiceNotActivated", "UserNotAuthorizedToServiceRole"],
    expected: "services that are activated and authorized: ACK, ASM, CLB, and a KMS instance that runs",
    fix: "Open the console of that service once and confirm what it asks for, or name a KMS instance that runs; then run it again.",
  },
  {
    kind: "protection",
    code: /DeletionProtect|DeleteProtect|ProtectionEnabled/i,
    examples: ["OperationDenied.DeleteProtectionIsOn", "DeletionProtectionEnabled"],
    expected: "a resource that may be deleted",
    fix: "Set cluster.ack.deletionProtection: false, apply it with pulumi up, and then destroy.",
  },
  {
    kind: "permission",
    code: /Forbidden|NoPermission|Unauthorized|AccessDenied|NotAuthorized/i,
    examples: ["Forbidden.RAM", "NoPermission", "StatusForbidden", "ForbiddenCreateCluster"],
    expected: "a call that the account allows",
    fix: "Grant the action to whoever runs this: the policies are under Permissions in docs/alibaba.md. Then run it again.",
  },
  {
    kind: "throttling",
    code: /Throttling|QPS ?Limit|TooManyRequests|FlowControl/i,
    examples: ["Throttling.User", "Throttling.Api", "Rejected.Throttling", "QPS Limit Exceeded"],
    expected: "fewer calls at a time than the API takes",
    fix: "Wait a few minutes and run it again; `--parallel 4` makes fewer calls at a time.",
  },
  {
    kind: "quota",
    code: /Quota|LimitExceed|OverLimit|ExceedLimit|MaxNumber|\.Limit$/i,
    examples: ["QuotaExceeded.Vpc", "QuotaExceed.VSwitch", "ErrorQuotaExceeded", "LimitExceeded.Role"],
    expected: "room in the account's quota",
    fix: "Raise the quota in Quota Center, or delete what is not needed; then run it again.",
  },
  {
    kind: "stock",
    code: /NoStock|NotOnSale|StockNotEnough|ResourceNotAvailable|InstanceType.*Not(Support|Available)|InvalidResourceType\.NotSupported|Zone\.Closed/i,
    examples: [
      "OperationDenied.NoStock",
      "Zone.NotOnSale",
      "InvalidInstanceType.NotSupported",
      "InvalidResourceType.NotSupported",
    ],
    expected: "an instance type that the zones have",
    fix: "Name more types in cluster.ack.nodes.types, or other zones; a new pool takes the first that can be had. Then run it again.",
  },
  {
    kind: "dependency",
    code: /DependencyViolation|DeleteConflict|NotEmpty|RelatedResource|InUse|HasAttached|ResourceInUsing/i,
    examples: [
      "DependencyViolation.VSwitch",
      "DeleteConflict.Role.Policy",
      "ErrorPermitted.ClustersNotEmpty",
      "RelatedResourceReused",
    ],
    expected: "nothing of others that uses it",
    fix: "See in the console what uses it: a load balancer or network interface of the cluster may take minutes to go. Then run it again.",
  },
  {
    kind: "name",
    code: /AlreadyExist|Duplicate|NameConflict|NameOccupied/i,
    examples: [
      "NameAlreadyExist",
      "EntityAlreadyExists.Role",
      "EntityAlreadyExists.Policy",
      "InvalidSecurityGroupName.Duplicate",
    ],
    expected: "names that are free in the account: the stack's begin with cluster.name",
    fix: "Choose another cluster.name, or bring the existing one into the state with pulumi import if it is the stack's own.",
  },
  {
    kind: "busy",
    code: /StillInitializing|InvalidActiveState|Incorrect\w*Status|TaskConflict|OperationConflict|SystemBusy|TokenProcessing|InvalidState|StateConflict/i,
    examples: [
      "StillInitializing",
      "InvalidActiveState.ACK",
      "IncorrectVpcStatus",
      "TaskConflict",
      "OperationConflict",
    ],
    expected: "a resource that is not being changed by somebody else",
    fix: "Wait until its page in the console says that it runs, then run it again.",
  },
  {
    kind: "gone",
    code: /NotFound|NotExist|ErrorClusterNotFound/i,
    examples: ["ServiceMesh.NotFound", "ErrorClusterNotFound", "InvalidVpcId.NotFound", "EntityNotExist.Role"],
    expected: "a resource that exists",
    fix: "It was deleted elsewhere: pulumi refresh --run-program takes it out of the state, and the next update makes it.",
  },
  {
    kind: "service",
    code: /InternalError|ServiceUnavailable|ServiceFailure|UnknownError/i,
    examples: ["InternalError", "ServiceUnavailable", "UnknownError"],
    expected: "a service that works",
    fix: "Wait and run it again; if it stays, give the request id to Alibaba Cloud's support.",
  },
  {
    kind: "network",
    code: /^(NoAnswer|AliyunGoClientFailure)$/,
    examples: ["NoAnswer", "AliyunGoClientFailure"],
    expected: "an answer",
    fix: "Check the way to the internet, HTTPS_PROXY included, and run it again.",
  },
];

/** What a code means; undefined for one that is of no kind. */
export function failureOf(code: string): FailureKind | undefined {
  return failureKinds.find((each) => each.code.test(code));
}

/** What an error of the provider says, and what to do. */
export interface Advice {
  /** The code, or what was waited for. */
  readonly got: string;
  readonly expected: string;
  readonly fix: string;
}

/**
 * The advice on each failure that a text of the engine tells, each once, in the order of the text. The provider writes codes as
 * `Code: X` (tea.SDKError) or `ErrorCode: X` (errors.ServerError), and a wait that ended as `last state: 'X'`.
 */
export function adviceOn(text: string): Advice[] {
  const codes = [...text.matchAll(/\b(?:Error)?Code:\s+([A-Z][\w. ]*?)(?=\s*(?:[\n,;}\]]|$| Message:| Recommend:))/g)];
  const found = codes.flatMap(([, code = ""]): Advice[] => {
    const kind = failureOf(code);
    return kind ? [{ got: code, expected: kind.expected, fix: kind.fix }] : [];
  });
  const waits = [...text.matchAll(/timeout while waiting for state[^\n]*last state: '([^']*)'/g)].map(
    ([, state = ""]): Advice => ({
      got: `it stays in state ${state}`,
      expected: "a resource that comes to run in the time that it is given",
      fix: "See on its page in the console what it waits for; it is in the state, so the next pulumi up continues from here.",
    }),
  );
  const all = [...found, ...waits];
  return all.filter(({ got }, index) => all.findIndex((other) => other.got === got) === index);
}
