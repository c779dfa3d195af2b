/*
 * The files of this repository that tests go through. A folder may hold a user's own stacks and scenarios beside them.
 */

export const stacks = ["dev", "staging", "prod"] as const;

export const scenarios = [
  "scenarios/s1-websocket.yaml",
  "scenarios/s3-live-chart.yaml",
  "scenarios/s4-otel.yaml",
  "scenarios/s4-permissive.yaml",
  "scenarios/s5-websocket-protocols.yaml",
] as const;
