/** Which calls go elsewhere under another dialplan: for people, for a pull request, for programs. */
import type { MoveGroup, Parting } from '../corpus/compare-calls.js';
import type { Route } from '../corpus/route.js';
import { junitXml, type JUnitCase } from './junit.js';
import { cell, code, folded } from './markdown.js';
import { printableText } from './printable.js';

export interface DiffReport {
  /** Specs of the two dialplans. */
  readonly old: string;
  readonly new: string;
  readonly calls: number;
  readonly groups: readonly MoveGroup[];
  /** What decisions depend on and no recording tells, with how many calls do. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly uncertain: number;
  readonly unreadable: number;
  readonly complaints: readonly string[];
  /** `file:line` of a group's example. */
  readonly locate: (group: MoveGroup) => string;
}

const MOST_ACTIONS = 4;
const MOST_UNKNOWN = 10;
const HEADINGS = {
  moved: 'go elsewhere',
  expected: 'go elsewhere as expected',
  renamed: 'do the same by other contexts or extensions',
} as const;
const SINGULAR = {
  moved: 'goes elsewhere',
  expected: 'goes elsewhere as expected',
  renamed: 'does the same by another context or extension',
} as const;
const KINDS = ['moved', 'expected', 'renamed'] as const;

/** Many calls first. */
export function sortGroups(groups: Iterable<MoveGroup>): MoveGroup[] {
  return [...groups].sort((one, other) => other.count - one.count);
}

export function countOf({ groups }: Pick<DiffReport, 'groups'>, kind: MoveGroup['kind']): number {
  return groups.filter((group) => group.kind === kind).reduce((sum, { count }) => sum + count, 0);
}

export function diffLines(report: DiffReport): string[] {
  return [
    summary(report),
    ...KINDS.flatMap((kind) => {
      const groups = report.groups.filter((group) => group.kind === kind);
      if (groups.length === 0) return [];
      return [
        '',
        `${number(countOf(report, kind))} ${HEADINGS[kind]}:`,
        ...groups.flatMap((group) => groupLines(group, report)),
      ];
    }),
    ...doubts(report).flatMap((line) => ['', line]),
    ...report.complaints.map((complaint) => `! ${printableText(complaint)}`),
  ];
}

function groupLines(group: MoveGroup, { locate }: DiffReport): string[] {
  const { example, reason } = group;
  const { common, old, new: latest } = example.parting;
  const shown = [
    '',
    `  ${many(group.count, 'call')}${reason === undefined ? '' : `, expected: ${reason}`}`,
    `    from  ${routeText(group.old)}`,
    `    to    ${routeText(group.new)}`,
    `    such as ${example.caller || 'anonymous'} → ${example.destination || 'no number'} (${locate(group)}):`,
    ...common.map((line) => `        ${line}`),
    ...old.map((line) => `      - ${line}`),
    ...latest.map((line) => `      + ${line}`),
  ];
  return shown.map(printableText);
}

/** Fit for a pull request: a table, and what each row means folded behind it. */
export function diffMarkdown(report: DiffReport): string {
  const parts = [`### ${summary(report)}`, ''];
  const shown = report.groups.filter(({ kind }) => kind !== 'renamed');
  if (shown.length > 0) {
    parts.push('| calls | from | to | |', '| ---: | --- | --- | --- |');
    for (const { count, old, new: latest, kind, reason } of shown) {
      const remark = kind === 'expected' ? `expected: ${cell(reason ?? '')}` : '**moved**';
      parts.push(`| ${number(count)} | ${code(routeText(old))} | ${code(routeText(latest))} | ${remark} |`);
    }
    parts.push('', ...shown.flatMap((group) => exampleMarkdown(group, report)));
  }
  const renamed = countOf(report, 'renamed');
  if (renamed > 0) parts.push(`${number(renamed)} calls ${HEADINGS.renamed}.`, '');
  parts.push(...doubts(report).flatMap((line) => [cell(line), '']));
  return `${parts.join('\n').trimEnd()}\n`;
}

function exampleMarkdown(group: MoveGroup, { locate }: DiffReport): string[] {
  const { example, count } = group;
  const title = `${number(count)}: ${example.caller || 'anonymous'} → ${example.destination || 'no number'}, ${locate(group)}`;
  return [...folded(title, partingLines(example.parting), 'diff'), ''];
}

function partingLines({ common, old, new: latest }: Parting): string[] {
  return [
    ...common.map((line) => `  ${line}`),
    ...old.map((line) => `- ${line}`),
    ...latest.map((line) => `+ ${line}`),
  ].map(printableText);
}

/** One object a group, one for the whole. */
export function diffJson(report: DiffReport): string[] {
  const { groups, locate, calls, unreadable, uncertain, unknown } = report;
  return [
    ...groups.map((group) => JSON.stringify({ ...group, example: { ...group.example, place: locate(group) } })),
    JSON.stringify({
      summary: {
        old: report.old,
        new: report.new,
        calls,
        moved: countOf(report, 'moved'),
        expected: countOf(report, 'expected'),
        renamed: countOf(report, 'renamed'),
        uncertain,
        unknown: Object.fromEntries(unknown),
        unreadable,
      },
    }),
  ];
}

/** A case for each way calls go elsewhere, a failure where that was not expected; one that passes where none does. */
export function diffJunit(report: DiffReport): string {
  const { groups, locate } = report;
  const suite = summary(report);
  const cases = groups.map((group): JUnitCase => {
    const { kind, count, reason, example } = group;
    const said = [`from ${routeText(group.old)}`, `to ${routeText(group.new)}`, `such as ${locate(group)}:`];
    return {
      name: `${many(count, 'call')} ${count === 1 ? SINGULAR[kind] : HEADINGS[kind]}: ${routeText(group.new)}`,
      group: suite,
      seconds: 0,
      outcome: kind === 'moved' ? 'fail' : 'pass',
      message: `${routeText(group.old)} becomes ${routeText(group.new)}`,
      details: [...said, ...partingLines(example.parting), ...(reason === undefined ? [] : [`expected: ${reason}`])]
        .map(printableText)
        .join('\n'),
    };
  });
  const none: JUnitCase = { name: 'no call goes elsewhere', group: suite, seconds: 0, outcome: 'pass' };
  return junitXml('parkway diff', cases.length === 0 ? [none] : cases);
}

function summary(report: DiffReport): string {
  const { calls } = report;
  const moved = countOf(report, 'moved');
  const expected = countOf(report, 'expected');
  const share = calls === 0 ? '' : ` (${((100 * moved) / calls).toFixed(moved * 1000 < calls && moved > 0 ? 3 : 1)} %)`;
  return (
    `${number(moved)} of ${number(calls)} calls go elsewhere${share}` +
    `${expected > 0 ? `, ${number(expected)} more as expected` : ''}: ${report.old} → ${report.new}`
  );
}

function doubts({ uncertain, unknown, unreadable }: DiffReport): string[] {
  const names = [...unknown].sort(([, one], [, other]) => other - one).slice(0, MOST_UNKNOWN);
  return [
    ...(uncertain === 0
      ? []
      : [
          `${many(uncertain, 'call')} depended on what no recording tells, and went on as if there were no such ` +
            `thing: ${names.map(([text, count]) => `${text} (${number(count)})`).join(', ')}. --answers tells it.`,
        ]),
    ...(unreadable === 0 ? [] : [`${many(unreadable, 'recording')} could not be read.`]),
  ].map(printableText);
}

/** `default: record, outbound → set a=b; bridge user/1000` */
export function routeText({ context, extensions, actions }: Route): string {
  const way = `${context}: ${extensions.join(', ') || 'no extension'}`;
  if (actions === undefined) return `${way} → no route`;
  const left = actions.length - MOST_ACTIONS;
  const shown = left > 1 ? [`… ${left} more`, ...actions.slice(-MOST_ACTIONS)] : actions;
  return `${way} → ${shown.join('; ') || 'nothing to execute'}`;
}

function many(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? '' : 's'}`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
