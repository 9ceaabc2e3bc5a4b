/** JUnit's XML, as the reports of CI servers read it. */

export interface JUnitCase {
  readonly name: string;
  /** What groups cases: a file, a domain. */
  readonly group: string;
  /** What the case belongs to within its group; undefined: the group itself. */
  readonly of?: string;
  /** Where it stands. */
  readonly at?: { readonly file: string; readonly line: number | undefined };
  readonly seconds: number;
  readonly outcome: 'pass' | 'fail' | 'error' | 'skip';
  /** One line that says what is wrong. */
  readonly message?: string;
  /** All that is to say about it, also where it passes. */
  readonly details?: string;
}

const ELEMENTS = { fail: 'failure', error: 'error', skip: 'skipped' } as const;
/** What XML 1.0 has no way to write. */
const NOT_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

/** A whole document: one test suite for each group, in the order they come. */
export function junitXml(name: string, cases: readonly JUnitCase[]): string {
  const groups = [...new Set(cases.map(({ group }) => group))];
  const suites = groups.map((group) =>
    suiteXml(
      group,
      cases.filter((one) => one.group === group),
    ),
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escape(name)}"${totals(cases)}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function suiteXml(group: string, cases: readonly JUnitCase[]): string {
  const head = `  <testsuite name="${escape(group)}"${totals(cases)}>`;
  return [head, ...cases.flatMap(caseXml), '  </testsuite>'].join('\n');
}

function totals(cases: readonly JUnitCase[]): string {
  const count = (outcome: JUnitCase['outcome']): number => cases.filter((one) => one.outcome === outcome).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return (
    ` tests="${cases.length}" failures="${count('fail')}" errors="${count('error')}" skipped="${count('skip')}"` +
    ` time="${seconds.toFixed(3)}"`
  );
}

function caseXml({ name, group, of = group, at, seconds, outcome, message = '', details = '' }: JUnitCase): string[] {
  const file = at === undefined ? '' : ` file="${escape(at.file)}"`;
  const line = at?.line === undefined ? '' : ` line="${at.line}"`;
  const attributes = `name="${escape(name)}" classname="${escape(of)}"${file}${line} time="${seconds.toFixed(3)}"`;
  if (outcome === 'pass' && details === '') return [`    <testcase ${attributes}/>`];
  const said =
    outcome === 'pass'
      ? `<system-out>${escapeText(details)}</system-out>`
      : `<${ELEMENTS[outcome]} message="${escape(message)}">${escapeText(details)}</${ELEMENTS[outcome]}>`;
  return [`    <testcase ${attributes}>`, `      ${said}`, '    </testcase>'];
}

function escape(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>"\n\r\t]/g, (character) => ESCAPES[character] ?? '');
}

function escapeText(text: string): string {
  return text.replace(NOT_XML, '\ufffd').replace(/[&<>]/g, (character) => ESCAPES[character] ?? '');
}
