/** The chance that a step of a rollout is called worse though the canary is as good: one of 200. */
export const falseAlarms = 1 / 200;

/**
 * What of it one look may spend. Looking again and again at the same counts would find something in the end, so all looks
 * share it: half is for the one at the end of the step's time, the other half for the looks before and after, of which the
 * first gets the most (1/2 + 1/6 + 1/12 + ... = 1). So a canary that fails badly is seen within seconds, and however many looks
 * there are, they come to no more.
 *
 * @param look the number of the look, from 1; undefined: the one at the end of the time.
 */
export function alphaOf(look: number | undefined): number {
  return look === undefined ? falseAlarms / 2 : falseAlarms / 2 / (look * (look + 1));
}
