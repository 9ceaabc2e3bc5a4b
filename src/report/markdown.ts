/** Markdown that holds what callers sent: nothing of it is markup. */
import { printableText } from './printable.js';

/** A heading, where it comes from, and lines as they are. */
export function section(title: string, place: string, lines: readonly string[]): string {
  return [`#### ${cell(title)}`, '', code(place), '', ...fenced(lines), ''].join('\n');
}

/** Text in a line, in a table's cell or in HTML. */
export function cell(text: string): string {
  return printableText(text)
    .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/[\\|`*_[\]]/g, (character) => `\\${character}`);
}

export function code(text: string): string {
  return `<code>${printableText(text).replace(/[&<>|`*_[\]\\{}$~]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/** Folded behind a summary. */
export function folded(summary: string, lines: readonly string[], language = ''): string[] {
  return [`<details><summary>${cell(summary)}</summary>`, '', ...fenced(lines, language), '', '</details>'];
}

/** A block between more backticks than any line has, so that no caller's name ends it. */
export function fenced(lines: readonly string[], language = ''): string[] {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}
