import { describe, expect, test } from '@jest/globals';
import { compileExtension } from '../../src/dialplan/compile-extension.js';
import { ExpressionCompiler } from '../../src/dialplan/expression.js';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import type { LintedRoutes } from '../../src/lint/linted-domain.js';
import { lint } from '../../src/lint/lint.js';
import type { LintFinding } from '../../src/lint/finding.js';
import { DEFAULT_SETTINGS } from '../../src/lint/settings.js';

const ROUTES: LintedRoutes = {
  location: 'routes',
  table: { extension: new Map(), gateway: new Map(), profile: new Map([['external', 'default']]) },
};

/** Lints a domain whose external profile comes in by its one context. */
function lintExtensions(
  extensions: Readonly<Record<string, ExtensionDocument>>,
  {
    routes = ROUTES,
    today = '2026-11-25',
    ...bound
  }: { routes?: LintedRoutes | 'none'; today?: string; mostWork?: number } = {},
): LintFinding[] {
  const compiler = new ExpressionCompiler();
  return lint(
    {
      name: 'd',
      compiler,
      problems: [],
      refused: new Set(),
      extensions: Object.entries(extensions).map(([name, document]) => ({
        name,
        location: name,
        document,
        extension: compileExtension(name, document, compiler),
      })),
      contexts: { location: 'contexts', lists: new Map([['default', Object.keys(extensions)]]) },
      routes: routes === 'none' ? undefined : routes,
    },
    { settings: DEFAULT_SETTINGS, today, ...bound },
  );
}

const out = { application: 'bridge', data: 'sofia/gateway/g/1' };

function codes(findings: readonly LintFinding[]): string[] {
  return findings.map(({ code }) => code).filter((code) => code.startsWith('toll') || code.startsWith('extension-'));
}

describe('calls from outside that call out', () => {
  test('the time at which it works is part of the witness', () => {
    const [finding] = lintExtensions({ e: { condition: [{ wday: 'sun', hour: '3' }, { action: out }] } });
    expect(finding?.code).toBe('toll-fraud');
    expect(finding?.witness?.call['time']).toBe('2026-11-29T03:00:00.000Z');
  });

  test('however short the time is, with a number to dial where any will do', () => {
    const [finding] = lintExtensions({
      e: { condition: { wday: 'tue', 'time-of-day': '03:10:05-03:10:09', action: out } },
    });
    expect(finding?.witness?.call).toEqual({ destination_number: '1000', time: '2026-12-01T03:10:05.000Z' });
  });

  test('a time that never comes is no way out, and is told', () => {
    const findings = lintExtensions({ e: { condition: { mon: '2', mday: '30', action: out } } });
    expect(codes(findings)).toEqual(['extension-never-matches']);
    expect(findings.filter(({ code }) => code === 'time-never')).toMatchObject([
      { path: '/condition', message: 'there is no moment with mon "2" and mday "30"' },
    ]);
    const leapDay = lintExtensions({ e: { condition: { mon: '2', mday: '29', action: { application: 'answer' } } } });
    expect(leapDay.filter(({ code }) => code === 'time-never')).toEqual([]);
  });

  test('where there are no routes at all, calls from outside come to default', () => {
    const [finding] = lintExtensions({ e: { condition: { action: out } } }, { routes: 'none' });
    expect(finding).toMatchObject({ code: 'toll-fraud', witness: { call: { destination_number: '1000' } } });
  });

  test('nested conditions, continue, rules and anti-actions are gone through', () => {
    const findings = lintExtensions({
      first: { continue: true, condition: { field: 'destination_number', expression: '^(\\d)(\\d+)$' } },
      e: {
        condition: {
          regex: 'xor',
          regexes: [
            { field: 'destination_number', expression: '^5' },
            { field: 'destination_number', expression: '5$' },
          ],
          break: 'never',
          condition: [
            { field: 'caller_id_number', expression: '^4[24]$', break: 'on-true' },
            { field: 'caller_id_number', expression: '^(?!4)\\d{3}', 'anti-action': out },
          ],
        },
      },
    });
    expect(codes(findings)).toEqual(['toll-fraud']);
    const { witness } = findings.find(({ code }) => code === 'toll-fraud') ?? {};
    expect(witness?.call['destination_number']).toMatch(/^5.*[^5]$|^[^5].*5$/);
  });

  test('a hole that does not exist is none: what stands before takes every number', () => {
    const taken: ExtensionDocument = {
      condition: { field: 'destination_number', expression: '^[0-9*#]', action: { application: 'answer' } },
    };
    const e: ExtensionDocument = { condition: { field: 'destination_number', expression: '^\\d{3,}$', action: out } };
    expect(codes(lintExtensions({ taken, e }))).toEqual(['extension-unreachable']);
  });

  test('a call the first leg of which is not out, but a later one', () => {
    const data = '{a=b,c=d}user/1000,[x=y]sofia/gateway/g/1';
    const findings = lintExtensions({ e: { condition: { action: { application: 'bridge', data } } } });
    expect(codes(findings)).toEqual(['toll-fraud']);
  });

  test.each<[string, ExtensionDocument]>([
    ['behind a hangup', { condition: { action: [{ application: 'hangup' }, out] } }],
    ['on the other leg', { condition: { action: { application: 'transfer', data: '-bleg 1000 XML default' } } }],
    ['never taken', { condition: { action: { ...out, loop: 0 } } }],
    ['inside', { condition: { action: { application: 'bridge', data: 'user/${destination_number}@${domain_name}' } } }],
  ])('%s: none', (_where, e) => {
    expect(codes(lintExtensions({ e }))).toEqual([]);
  });

  test('what an inline script changes is not known', () => {
    const findings = lintExtensions({
      e: {
        condition: [
          { action: { application: 'lua', data: 'look-up.lua', inline: true } },
          { field: '${customer}', expression: '^gold$', action: out },
        ],
      },
    });
    expect(codes(findings)).toEqual(['toll-fraud-unknown']);
    expect(findings[0]?.message).toContain('lua changes nothing that counts');
  });

  test('what is not looked for any more is unknown, never safe: a hole, and whether an extension is reached', () => {
    const extensions: Record<string, ExtensionDocument> = {
      taken: { condition: { field: 'destination_number', expression: '^[1-9]', action: { application: 'answer' } } },
      never: { condition: { field: 'destination_number', expression: '^5$', action: { application: 'answer' } } },
      e: { condition: { field: 'destination_number', expression: '^00\\d+$', action: out } },
    };
    expect(codes(lintExtensions(extensions))).toEqual(['extension-unreachable', 'toll-fraud']);
    const findings = lintExtensions(extensions, { mostWork: 0 });
    expect(codes(findings)).toEqual(['toll-fraud-unknown']);
    const [unknown] = findings.filter(({ code }) => code === 'toll-fraud-unknown');
    expect(unknown?.message).toContain('more than can be looked for in a reasonable time');
  });

  test('transfers in a circle come to an end', () => {
    const findings = lintExtensions({
      circle: {
        condition: {
          field: 'destination_number',
          expression: '^(\\d*)1$',
          action: { application: 'transfer', data: '$1 XML default' },
        },
      },
      e: { condition: { field: 'destination_number', expression: '^22$', action: out } },
    });
    expect(codes(findings)).toEqual(['toll-fraud']);
  });
});
