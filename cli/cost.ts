import Table from "cli-table3";
import { type CostItem, costItems } from "./cost/items";
import { hourlySum, type Prices, readPrices, type Sum } from "./cost/prices";
import { readStack } from "./stack/read";

export interface CostOptions {
  readonly stack: string;
  /** Path of a file with prices. */
  readonly prices?: string;
  readonly json: boolean;
}

/** `lanes cost`: what a stack makes in an account that is billed, and why, from config alone. */
export function cost({ stack, prices: file, json }: CostOptions): string {
  const items = costItems(readStack(stack));
  const prices = file === undefined ? undefined : readPrices(file, items);
  const sum = prices && hourlySum(items, prices);
  if (json) return JSON.stringify({ format: "mesh-lanes/cost/1", items, ...(prices && { ...prices, sum }) }, null, 2);
  if (items.length === 0) return `stack ${stack} makes nothing in an account, so nothing of it is billed there`;
  const table = new Table({
    head: ["KEY", "AN HOUR", "WHAT", "BECAUSE OF"],
    style: { head: [], border: [], compact: true },
  });
  for (const item of items) table.push([item.key, amountText(item), item.what, item.because]);
  const lines = [table.toString(), "Prices depend on region and contract, so none are in this list: see --prices."];
  return prices && sum ? [table.toString(), sumText(sum, prices)].join("\n") : lines.join("\n");
}

function amountText({ amount, unit }: CostItem): string {
  if (!amount) return `by ${unit}`;
  const { least, most } = amount;
  const count = least === most ? `${least}` : `${least} to ${most}`;
  return unit === "hour" ? count : `${count} ${unit.replace("-hour", "")}`;
}

function sumText({ least, most, unpriced }: Sum, { currency }: Prices): string {
  const range = least === most ? money(least) : `${money(least)} to ${money(most)}`;
  const missing = unpriced.length > 0 ? `; no price: ${unpriced.join(", ")}` : "";
  return `${range} ${currency} an hour, and what depends on the traffic${missing}`;
}

function money(amount: number): string {
  return amount.toFixed(2);
}
