import { asRecord } from "../../tools/values";
import { isIstio, list, objectName, type ResourceRule, text } from "../resource";

/** Weights of a route are percent. Istio takes any sum as the whole, which is seldom what was meant. */
export const weightsSum: ResourceRule = (resource) => {
  if (!isIstio(resource, "VirtualService")) return [];
  const spec = asRecord(resource.props.spec);
  return [...list(spec.http), ...list(spec.tcp), ...list(spec.tls)].flatMap((item, index) => {
    const { name, route } = asRecord(item);
    const weights = list(route).map((destination) => asRecord(destination).weight);
    // One destination takes all, with or without a weight.
    if (weights.length < 2) return [];
    const sum = weights.reduce<number>((total, weight) => total + (typeof weight === "number" ? weight : 0), 0);
    if (sum === 100) return [];
    const terms = weights.map((weight) => text(weight, "none")).join(" + ");
    return [
      `Route ${text(name, String(index))} of VirtualService ${objectName(resource)} has weights ${terms} = ${sum}. ` +
        "Change the lanes' weights so that they add up to 100.",
    ];
  });
};
