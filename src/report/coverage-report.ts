/** What of a dialplan calls reach, as text and as a page. */
import { textOf } from '../bytes.js';
import type { Hit } from '../corpus/call-coverage.js';
import type { Action, Condition, Extension, Test } from '../dialplan/extension.js';
import type { Snapshot } from '../routes/snapshot.js';
import { cell, code } from './markdown.js';
import { printableText } from './printable.js';

export interface CoverageRow {
  readonly depth: number;
  readonly text: string;
  /** How often what is there was reached, such as `passed 12, never failed`. */
  readonly counts: string;
  readonly isReached: boolean;
}

/** Extensions in the order of contexts, their conditions and actions beneath them. */
export function coverageRows(
  snapshot: Snapshot,
  callsOf: (domain: string, extension: string, pointer: string, hit: Hit) => number,
): CoverageRow[] {
  return [...snapshot.domains.values()].flatMap(({ name, contexts }) => {
    const extensions = new Set([...contexts.values()].flatMap((context) => context.extensions));
    return [...extensions].flatMap((extension) => {
      const of = (pointer: string, hit: Hit): number => callsOf(name, textOf(extension.name), pointer, hit);
      return extensionRows(name, extension, of);
    });
  });
}

type Count = (pointer: string, hit: Hit) => number;

function extensionRows(domain: string, extension: Extension, count: Count): CoverageRow[] {
  return [
    row(0, `${domain} ${textOf(extension.name)}`, '', ['tried', 'matched'], count),
    ...extension.conditions.flatMap((condition) => conditionRows(condition, 1, count)),
  ];
}

function conditionRows(condition: Condition, depth: number, count: Count): CoverageRow[] {
  const { rule, actions, antiActions, nested } = condition;
  const isAbsolute = rule === undefined && condition.field === undefined && condition.time === undefined;
  const outcomes: readonly Hit[] = isAbsolute ? ['passed'] : ['passed', 'failed'];
  return [
    row(
      depth,
      rule === undefined ? testText(condition) : `regex ${rule.kind}`,
      condition.place.pointer,
      outcomes,
      count,
    ),
    ...(rule?.children ?? []).map((child) =>
      row(depth + 1, testText(child), child.place.pointer, ['passed', 'failed'], count),
    ),
    ...actions.map((action) => actionRow(action, 'action', depth + 1, count)),
    ...antiActions.map((action) => actionRow(action, 'anti-action', depth + 1, count)),
    ...nested.flatMap((inner) => conditionRows(inner, depth + 1, count)),
  ];
}

function actionRow({ application, data, pointer }: Action, what: string, depth: number, count: Count): CoverageRow {
  return row(depth, `${what} ${textOf(application)} ${textOf(data)}`.trimEnd(), pointer, ['taken'], count);
}

function row(depth: number, text: string, pointer: string, hits: readonly Hit[], count: Count): CoverageRow {
  const counts = hits.map((hit) => ({ hit, calls: count(pointer, hit) }));
  const shown = counts.map(({ hit, calls }) => (calls === 0 ? `never ${hit}` : `${hit} ${calls.toLocaleString('en')}`));
  return { depth, text, counts: shown.join(', '), isReached: counts.every(({ calls }) => calls > 0) };
}

function testText({ field, expression, time }: Test): string {
  const times = Object.entries(time ?? {}).map(([name, value]) => `${name}=${textOf(value)}`);
  const match = field === undefined ? [] : [`${textOf(field.text)} =~ ${textOf(expression.text)}`];
  return [...times, ...match].join(' ') || 'no test';
}

/** `calls reach 12 of 20 extensions, conditions and actions every way there is` */
export function coverageSummary(rows: readonly CoverageRow[], calls: number): string {
  const reached = rows.filter(({ isReached }) => isReached).length;
  const reach = calls === 1 ? '1 call reaches' : `${calls.toLocaleString('en')} calls reach`;
  return `${reach} ${reached} of ${rows.length} extensions, conditions and actions every way there is`;
}

export function coverageLines(rows: readonly CoverageRow[], calls: number): string[] {
  const lines = rows.map(
    ({ depth, text, counts, isReached }) =>
      `${isReached ? ' ' : '✗'} ${'  '.repeat(depth)}${printableText(text)}  (${counts})`,
  );
  return [...lines, '', coverageSummary(rows, calls)];
}

/** What no call ever reached, as a table. */
export function coverageMarkdown(rows: readonly CoverageRow[], calls: number): string {
  const lines = [`#### ${cell(coverageSummary(rows, calls))}`, ''];
  const missed = rows.flatMap(({ depth, text, counts, isReached }, index) => {
    if (isReached) return [];
    const extension = rows.slice(0, index + 1).findLast((row) => row.depth === 0);
    return `| ${cell(extension?.text ?? '')} | ${depth === 0 ? '' : code(text)} | ${cell(counts)} |`;
  });
  if (missed.length > 0) lines.push('| extension | what | how often |', '| --- | --- | --- |', ...missed);
  return `${lines.join('\n').trimEnd()}\n`;
}

/** A page that stands by itself, light or dark as the reader's system is. */
export function coverageHtml(rows: readonly CoverageRow[], calls: number): string {
  const lines = rows.map(({ depth, text, counts, isReached }) => {
    const cell = `<t${depth === 0 ? 'h scope="row"' : 'd'} style="padding-left:${depth * 2}em">`;
    const mark = isReached ? '' : '✗';
    return (
      `<tr${isReached ? '' : ' class="never"'}><td>${mark}</td>` +
      `${cell}${escape(text)}</t${depth === 0 ? 'h' : 'd'}><td class="counts">${escape(counts)}</td></tr>`
    );
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>Dialplan coverage</title><style>${PAGE_STYLE}</style></head><body>`,
    `<h1>${escape(coverageSummary(rows, calls))}</h1>`,
    '<p>✗ marks what no call reached, or a condition that only ever went one way.</p>',
    '<table>',
    ...lines,
    '</table></body></html>',
    '',
  ].join('\n');
}

const PAGE_STYLE = [
  ':root{color-scheme:light dark;--never:#fde3e3}',
  '@media(prefers-color-scheme:dark){:root{--never:#4a1c1c}}',
  'body{font:14px/1.5 system-ui,sans-serif;margin:1.5rem}',
  'h1{font-size:1.25rem}',
  'table{border-collapse:collapse}',
  'th,td{padding:.1em 1em .1em 0;text-align:left;vertical-align:baseline;overflow-wrap:anywhere}',
  'td{font-family:ui-monospace,monospace}',
  'th{padding-top:.8em}',
  '.counts{white-space:nowrap}',
  '.never{background:var(--never)}',
].join('');

function escape(text: string): string {
  return printableText(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
