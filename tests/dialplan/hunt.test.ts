import { describe, expect, test } from '@jest/globals';
import { compileExtension } from '../../src/dialplan/compile-extension.js';
import type { Answer, Effect } from '../../src/dialplan/effect.js';
import { ExpressionCompiler } from '../../src/dialplan/expression.js';
import type { ExtensionDocument } from '../../src/dialplan/extension-document.js';
import { hunt, type Hunted } from '../../src/dialplan/hunt.js';
import { traceLines, traceProblems } from '../../src/report/trace-lines.js';

interface Options {
  readonly headers?: Readonly<Record<string, string>>;
  readonly neutraliseCaptures?: boolean;
  readonly answer?: (effect: Effect) => Answer;
}

function huntIn(extensions: Readonly<Record<string, ExtensionDocument>> | undefined, options: Options = {}): Hunted {
  const compiler = new ExpressionCompiler();
  const hunting = hunt({
    data: new Map(Object.entries({ 'Caller-Destination-Number': '1234', ...options.headers })),
    context: 'default',
    extensions:
      extensions && Object.entries(extensions).map(([name, document]) => compileExtension(name, document, compiler)),
    compiler,
    moment: { epochMs: Date.UTC(2026, 10, 22, 12), serverZone: 'UTC' },
    neutraliseCaptures: options.neutraliseCaptures ?? true,
  });
  let step = hunting.next();
  while (step.done !== true) step = hunting.next((options.answer ?? simulate)(step.value));
  return step.value;
}

function simulate(effect: Effect): Answer {
  return effect.kind === 'execute' ? { kind: 'simulate' } : undefined;
}

const always = (application: string, data: string, more: object = {}): ExtensionDocument => ({
  condition: { action: { application, data, ...more } },
});

describe('hunting', () => {
  test('builds the list of the extensions that match, and stops at the first that does not continue', () => {
    const hunted = huntIn({
      first: { continue: true, condition: { action: { application: 'set', data: 'a=1' } } },
      second: {
        condition: { field: 'destination_number', expression: '^9', action: { application: 'set', data: 'b=2' } },
      },
      third: { condition: { field: 'destination_number', expression: '^1', action: { application: 'answer' } } },
      fourth: always('set', 'never=1'),
    });
    expect(hunted.route).toBe(true);
    expect(hunted.applications).toEqual([
      { application: 'set', data: 'a=1' },
      { application: 'answer', data: '' },
    ]);
    expect(hunted.matched).toEqual(['first', 'third']);
    expect(traceLines(hunted.trace)).toEqual([
      'parsing [default->first] continue=true',
      'Absolute Condition [first]',
      'Action set(a=1)',
      'parsing [default->second] continue=false',
      'Regex (FAIL) [second] destination_number(1234) =~ /^9/ break=on-false',
      'parsing [default->third] continue=false',
      'Regex (PASS) [third] destination_number(1234) =~ /^1/ break=on-false',
      'Action answer()',
    ]);
  });

  test('no context is no route, and says so', () => {
    const hunted = huntIn(undefined);
    expect(hunted.route).toBe(false);
    expect(traceProblems(hunted.trace)).toEqual(['Context default not found']);
  });

  test('an extension that matches without an action is no route', () => {
    expect(huntIn({ e: { condition: { field: 'destination_number', expression: '.' } } }).route).toBe(false);
  });

  test('an inline application that runs on the channel: what it changed is seen by later conditions', () => {
    const effects: Effect[] = [];
    const match = { name: 'DP_MATCH', value: 'ARRAY::1234|:1|:234' };
    const hunted = huntIn(
      {
        e: {
          condition: [
            {
              field: 'destination_number',
              expression: '^(\\d)(\\d+)$',
              action: { application: 'lua', data: 'lookup.lua $2', inline: true },
            },
            { field: '${customer}', expression: '^gold$', action: { application: 'set', data: 'queue=1' } },
          ],
        },
      },
      {
        answer(effect) {
          effects.push(effect);
          if (effect.kind !== 'execute') return undefined;
          return { kind: 'executed', data: new Map([['variable_customer', 'gold']]) };
        },
      },
    );
    expect(effects).toMatchObject([
      {
        kind: 'execute',
        application: 'lua',
        data: 'lookup.lua 234',
        changes: [{ name: 'DP_MATCH', variable: { ...match, elements: ['1234', '1', '234'] } }],
      },
    ]);
    expect(hunted.applications).toEqual([{ application: 'set', data: 'queue=1' }]);
  });

  test('asks FreeSWITCH only when a condition needs it, once, and anew after an inline application', () => {
    const asked: string[] = [];
    huntIn(
      {
        e: {
          condition: [
            { field: '${zone}', expression: '^x$', break: 'never' },
            { field: '${zone}', expression: '^y$', break: 'never' },
            { field: 'destination_number', expression: '^9', action: { application: 'set', data: '${unused}' } },
          ],
        },
        f: { condition: [{ action: { application: 'set', data: 'a=1', inline: true } }, { field: '${zone}' }] },
      },
      {
        answer(effect) {
          asked.push(effect.kind === 'global' ? effect.name : effect.kind);
          return effect.kind === 'execute' ? { kind: 'executed', data: new Map() } : '';
        },
      },
    );
    expect(asked).toEqual(['zone', 'execute', 'zone']);
  });

  test('auto_hunt asks for a global only where an extension is named like the destination', () => {
    const asked: Effect[] = [];
    const answer = (effect: Effect): Answer => {
      asked.push(effect);
      return 'true';
    };
    const headers = { 'Caller-Destination-Number': 'Sales' };
    huntIn({ first: always('set', 'a=1'), second: always('set', 'b=2') }, { headers, answer });
    expect(asked).toEqual([]);
    const hunted = huntIn({ first: always('set', 'a=1'), sales: always('set', 'b=2') }, { headers, answer });
    expect(asked).toEqual([{ kind: 'global', name: 'auto_hunt' }]);
    expect(hunted.applications).toEqual([{ application: 'set', data: 'b=2' }]);
  });

  test("a caller's reference does not become one of the dialplan's, unless that is asked for", () => {
    const extensions = {
      e: {
        condition: {
          field: 'caller_id_name',
          expression: '^(.*)$',
          action: { application: 'set', data: 'name=$1 of ${domain_name}' },
        },
      },
    };
    const headers = { 'Caller-Caller-ID-Name': '${system(reboot)}' };
    const safe = huntIn(extensions, { headers });
    expect(safe.applications[0]?.data).toBe('name=%{system(reboot)} of ${domain_name}');
    expect(safe.changes.map(({ variable }) => variable?.elements)).toEqual([
      ['%{system(reboot)}', '%{system(reboot)}'],
    ]);
    const native = huntIn(extensions, { headers, neutraliseCaptures: false });
    expect(native.applications[0]?.data).toBe('name=${system(reboot)} of ${domain_name}');
  });

  test('DP_REGEX_MATCH of an earlier hunt is removed by a rule', () => {
    const hunted = huntIn(
      { e: { condition: { regex: 'all', regexes: [], action: { application: 'answer' } } } },
      { headers: { variable_DP_REGEX_MATCH_1: 'ARRAY::old|:old' } },
    );
    expect(hunted.changes).toEqual([{ name: 'dp_regex_match_1', variable: null }]);
  });

  test('an array of one that the hunt set is one still after an inline application', () => {
    const hunted = huntIn(
      {
        e: {
          condition: [
            {
              field: 'destination_number',
              expression: '^(?:12)',
              action: { application: 'set', data: 'a=1', inline: true },
            },
            { field: '${DP_MATCH[0]}', expression: '^12$', action: { application: 'answer' } },
          ],
        },
      },
      {
        answer: (effect) =>
          effect.kind === 'execute' ? { kind: 'executed', data: new Map([['variable_DP_MATCH', '12']]) } : undefined,
      },
    );
    expect(hunted.applications).toEqual([{ application: 'answer', data: '' }]);
  });

  test('conditions nested too deep end, like in FreeSWITCH', () => {
    let document: ExtensionDocument = { condition: { action: { application: 'set', data: 'bottom=1' } } };
    for (let depth = 0; depth < 120; depth += 1) document = { condition: { ...document } };
    const hunted = huntIn({ e: document });
    expect(traceProblems(hunted.trace)).toEqual(['Recursion LIMIT!']);
    expect(hunted.applications).toEqual([]);
  });

  test('a pattern that gives up is no match, and says so', () => {
    const hunted = huntIn(
      { e: { condition: { field: 'destination_number', expression: '^(a+)+$' } } },
      { headers: { 'Caller-Destination-Number': `${'a'.repeat(40)}b` } },
    );
    expect(traceProblems(hunted.trace)).toEqual(['Regular expression gave up: match limit exceeded']);
  });

  test('what a caller sends never breaks a hunt', () => {
    const hostile = [
      '\x00',
      '\xff\xfe',
      '${',
      '$'.repeat(5_000),
      "\\'",
      '(',
      'ARRAY::',
      '%s%n',
      '\r\n\r\n',
      '['.repeat(99),
    ];
    for (const name of hostile) {
      const hunted = huntIn(
        {
          e: {
            condition: {
              field: 'x${caller_id_name}',
              expression: '^(.*)${caller_id_name}',
              action: { application: 'set', data: '$1', inline: true },
              'anti-action': { application: 'set', data: 'x=${caller_id_name}', inline: true },
            },
          },
        },
        { headers: { 'Caller-Caller-ID-Name': name } },
      );
      expect(hunted.route).toBe(true);
    }
  });
});

describe('a trace entry', () => {
  test('says where in the document its condition, child or action stands', () => {
    const { trace } = huntIn({
      e: {
        condition: [
          {
            field: 'destination_number',
            expression: '^1',
            'anti-action': { application: 'never' },
            condition: { action: [{ application: 'set', data: 'a=1' }], 'anti-action': [] },
          },
          {
            regex: 'xor',
            regexes: [{ field: 'destination_number', expression: '^2' }, { hour: '3' }],
            break: 'never',
            'anti-action': { application: 'log', data: 'neither' },
          },
          { field: 'destination_number', expression: '^1(.*)', action: [{ application: 'bridge', data: 'user/$1' }] },
        ],
      },
    });
    const places = trace.flatMap((entry) => {
      if (entry.kind === 'action') return [[entry.pointer, entry.anti, entry.written]];
      return 'place' in entry ? [[entry.kind, entry.place.pointer, entry.kind === 'absolute' || entry.passed]] : [];
    });
    expect(places).toEqual([
      ['regex', '/condition/0', true],
      ['absolute', '/condition/0/condition', true],
      ['/condition/0/condition/action/0', false, 'a=1'],
      ['regex', '/condition/1/regexes/0', false],
      ['time', '/condition/1/regexes/1', false],
      ['rule', '/condition/1', false],
      ['/condition/1/anti-action', true, 'neither'],
      ['regex', '/condition/2', true],
      ['/condition/2/action/0', false, 'user/$1'],
    ]);
  });
});
