import { plainValue, type StateDeployment } from "./pending";

/** Kubeconfigs of all clusters that a state has objects in, each once. */
export function kubeconfigsOf({ resources = [] }: StateDeployment): string[] {
  const texts = resources.flatMap(({ type, inputs }) => {
    const text = type === "pulumi:providers:kubernetes" ? plainValue(inputs?.kubeconfig) : undefined;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
  return [...new Set(texts)];
}
