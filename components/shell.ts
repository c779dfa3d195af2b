/*
 * Commands that are printed for people to run. Whatever a name or a value holds, the shell must read it as one word.
 */

/** Needs no quotes in any POSIX shell. */
const plainWord = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** One word of a POSIX shell: as it is where that is safe, else in single quotes. */
export function shellWord(text: string): string {
  return plainWord.test(text) ? text : shellQuoted(text);
}

/** A text in single quotes, which a shell takes as it is; a quote within it is written outside of them. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command line of these words. */
export function shellCommand(...words: readonly string[]): string {
  return words.map(shellWord).join(" ");
}
