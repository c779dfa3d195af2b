type Labels = Readonly<Record<string, string>>;

/** See https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.34/#labelselector-v1-meta */
export interface LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
    readonly values?: readonly string[];
  }[];
}

/** An entry of a MutatingWebhookConfiguration, as far as it says which pods it gets. */
export interface MutatingWebhook {
  readonly name: string;
  readonly rules?: readonly { readonly operations?: readonly string[]; readonly resources?: readonly string[] }[];
  readonly namespaceSelector?: LabelSelector;
  readonly objectSelector?: LabelSelector;
}

/**
 * Whether a webhook is a sidecar injector for pods of namespaces with these labels. A managed mesh may call its own as it
 * likes: one is known by the word in its name, and by the pods that it gets.
 */
export function injects(
  { name, rules = [], namespaceSelector, objectSelector }: MutatingWebhook,
  labels: Labels,
): boolean {
  const pods = rules.some(
    ({ operations = [], resources = [] }) =>
      operations.some((operation) => operation === "CREATE" || operation === "*") &&
      resources.some((resource) => resource === "pods" || resource === "*"),
  );
  return /inject/i.test(name) && pods && selects(namespaceSelector, labels) && selects(objectSelector, {});
}

/** As Kubernetes judges it: what is left out selects all. */
export function selects({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          return operator satisfies never;
      }
    })
  );
}
