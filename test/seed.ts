/**
 * What random tests start from. `MESH_LANES_SEED` is a number, or `random` to look for what nobody has found yet. Without
 * it each run tries the same cases, so that a change fails for what it did itself.
 */
export const seed = seedOf(process.env.MESH_LANES_SEED ?? "1");

function seedOf(text: string): number {
  const value = text === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw new Error(`MESH_LANES_SEED: got "${text}", expected a number or random`);
  if (text === "random") {
    // What child processes of this run draw is the same.
    process.env.MESH_LANES_SEED = String(value);
    process.stderr.write(`MESH_LANES_SEED=${value}\n`);
  }
  return value;
}
