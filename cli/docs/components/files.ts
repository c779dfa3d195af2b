/** `LaneGroup` -> `lane-group`, as its page and its example are called. */
export function fileName(component: string): string {
  return component.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

/** The program that shows how a component is made; path from the root. */
export function exampleOf(component: string): string {
  return `examples/components/${fileName(component)}.ts`;
}

/** Its page of docs/; path from the root. */
export function pageOf(component: string): string {
  return `docs/components/${fileName(component)}.md`;
}
