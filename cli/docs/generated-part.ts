/**
 * A page that is written by hand, with one part out of code: what stands between `<!-- Generated from <source> …: from here -->`
 * and the next `<!-- to here -->` is put in the place of what stood there.
 */
export function withPart(page: string, source: string, part: string): string {
  const begin = `<!-- Generated from ${source} by \`npm run docs\`: from here -->`;
  const from = page.indexOf(begin);
  const to = page.indexOf("<!-- to here -->", from);
  if (from < 0 || to < 0) throw new Error(`the page has no "${begin}" with its end`);
  return `${page.slice(0, from + begin.length)}\n\n${part}\n\n${page.slice(to)}`;
}
