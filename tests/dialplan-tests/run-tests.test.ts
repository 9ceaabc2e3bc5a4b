import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { UnusableYamlError } from '../../src/dialplan/yaml-file.js';
import { parseTests } from '../../src/dialplan-tests/read-tests.js';
import type { CaseResult } from '../../src/dialplan-tests/run-case.js';
import { runTests } from '../../src/dialplan-tests/run-tests.js';
import { PLAIN } from '../../src/report/style.js';
import { caseLines } from '../../src/report/test-lines.js';
import { DialplanStore } from '../../src/routes/store.js';
import { dialplanDocuments } from '../support/dialplan-documents.js';

const documents = dialplanDocuments({
  'd.example': {
    contexts: {
      default: ['record', 'colleague', 'clock', 'hash', 'out'],
      public: ['reception'],
      vip: ['colleague'],
      menu: ['menu', 'reception'],
    },
    routes: { extension: { '1001': 'vip' }, profile: { internal: 'default', external: 'public' } },
    extensions: {
      record: {
        continue: true,
        condition: {
          field: '${recording}',
          expression: 'yes',
          action: { application: 'set', data: 'recorded=${uuid}', inline: true },
        },
      },
      colleague: {
        condition: {
          field: 'destination_number',
          expression: '^(10\\d\\d)$',
          action: [
            { application: 'set', data: 'call_timeout=30' },
            { application: 'bridge', data: 'user/$1' },
          ],
        },
      },
      clock: {
        condition: [
          { field: 'destination_number', expression: '^2$' },
          {
            hour: '9-17',
            action: { application: 'answer' },
            'anti-action': { application: 'hangup', data: 'USER_BUSY' },
          },
        ],
      },
      hash: {
        condition: [
          { field: 'destination_number', expression: '^3$' },
          { field: '${hash(select/a/b)}', expression: '^gold$', action: { application: 'answer' } },
        ],
      },
      out: {
        condition: {
          field: 'destination_number',
          expression: '^0(\\d+)$',
          action: { application: 'bridge', data: 'sofia/gateway/g/$1' },
        },
      },
      menu: {
        condition: [
          {
            field: 'destination_number',
            expression: '^(\\d)(\\d*)$',
            action: [
              { application: 'set', data: 'tier=${hash(select/a/b)}' },
              { application: 'set', data: 'digits=0$2' },
              { application: 'execute_extension', data: '10$1$1 XML vip' },
            ],
          },
          {
            field: 'destination_number',
            expression: '^9',
            break: 'never',
            action: { application: 'transfer', data: '${digits} XML default' },
          },
          {
            field: 'destination_number',
            expression: '^8',
            break: 'never',
            action: { application: 'transfer', data: '${digits} XML ${tier}' },
          },
          { field: 'destination_number', expression: '^5', action: { application: 'transfer', data: '5 XML menu' } },
        ],
      },
      reception: { condition: { action: { application: 'bridge', data: 'user/1000' } } },
    },
  },
});

async function run(yaml: string, isWanted = (): boolean => true): Promise<CaseResult[]> {
  const store = new DialplanStore();
  store.update(documents);
  // Beside the recorded channels, so that `dump: …` finds them.
  const file = fileURLToPath(new URL('../captures/tests.yaml', import.meta.url));
  const results: CaseResult[] = [];
  for await (const result of runTests(
    parseTests(file, yaml),
    { documents, snapshot: store.snapshot },
    {
      neutraliseCaptures: true,
      timezone: 'UTC',
      sources: [],
      isWanted,
    },
  )) {
    results.push(result);
  }
  return results;
}

async function runOne(yaml: string): Promise<CaseResult> {
  const [result, ...more] = await run(`tests:\n${yaml.replace(/^/gm, '  ')}`);
  expect(more).toEqual([]);
  return result as CaseResult;
}

describe('a test', () => {
  test.each([
    ['context, by the routes', 'call: { variables: { user_name: 1001 } }', 'context: vip'],
    ['domain', '', 'domain: d.example'],
    ['a matching extension', 'call: { variables: { recording: yes } }', 'extension: colleague'],
    ['exactly the matching extensions', '', 'extension: [colleague]'],
    ['the list', '', 'actions: [{ set: call_timeout=30 }, { bridge: user/1002 }]'],
    ['the list, without data', '', 'actions: [set, BRIDGE]'],
    ['what ran inline, as it ran', 'call: { variables: { recording: yes } }', 'inline: [{ set: recorded=u-1 }]'],
    ['what is reached', '', 'contains: [{ bridge: { matches: "^user/10" } }, set]'],
    ['what is not reached', '', 'not: [hangup, { bridge: { matches: gateway } }]'],
    ['a route', '', 'noRoute: false'],
    ['no hangup', '', 'hangup: false'],
  ])('expects %s', async (_what, call, expected) => {
    const result = await runOne(
      `- { name: t, inContext: ${call.includes('user_name') ? 'vip' : 'default'}, expect: { ${expected} }, call: { destination_number: 1002, uuid: u-1 } }`.replace(
        'uuid: u-1 }',
        `uuid: u-1, ${call === '' ? '' : (/variables: \{[^}]*\}/.exec(call)?.[0] ?? '')} }`,
      ),
    );
    expect(caseLines(result, PLAIN)).toEqual(['✓ t']);
  });

  test('fails with the condition that kept the call from the extension that was expected', async () => {
    const result = await runOne(
      '- { name: t, inContext: default, call: { destination_number: 0119 }, expect: { extension: clock } }',
    );
    expect(caseLines(result, PLAIN)).toEqual([
      expect.stringMatching(/^✗ t {2}\(.*tests\.yaml:2:5\)$/) as unknown as string,
      '    expected extension clock, found out',
      '    note: neither the call nor "globals" has recording, so it was taken as unset',
      '    because:',
      '      parsing [default->clock] continue=false',
      '      Regex (FAIL) [clock] destination_number(0119) =~ /^2$/ break=on-false',
      '                                              ^',
    ]);
  });

  test('shows the extension that ended the hunt where the one expected was not tried', async () => {
    const { trace } = await runOne(
      '- { name: t, inContext: default, call: { destination_number: 1001 }, expect: { extension: out } }',
    );
    expect(trace.map((entry) => ('extension' in entry ? entry.extension : entry.kind))).toEqual([
      'colleague',
      'colleague',
      'action',
      'action',
    ]);
  });

  test('shows how lists differ', async () => {
    const { messages } = await runOne(
      '- { name: t, inContext: vip, call: { destination_number: 1001 }, expect: { actions: [{ set: call_timeout=30 }, answer, { bridge: user/1001 }] } }',
    );
    expect(messages).toEqual([
      ['actions differ (- expected, + found):', '    set call_timeout=30', '  - answer', '    bridge user/1001'].join(
        '\n',
      ),
    ]);
  });

  test('says what chose another context than the one expected', async () => {
    const { messages } = await runOne(
      '- { name: t, call: { variables: { sofia_profile_name: external } }, expect: { context: default } }',
    );
    expect(messages[0]).toBe(
      'expected context default, found public (context public by profile external; domain d.example by default)',
    );
  });

  test.each([
    [
      '9123',
      '{ not: { bridge: { matches: ^sofia/ } } }',
      'fail',
      'expected no bridge matching /^sofia//, found bridge sofia/gateway/g/123 (by transfer 0123 XML default)',
    ],
    ['9123', '{ contains: [{ bridge: user/1099 }, { bridge: sofia/gateway/g/123 }] }', 'pass', undefined],
    // In a circle, from menu to menu.
    ['5123', '{ not: { bridge: { matches: ^sofia/ } } }', 'pass', undefined],
    [
      '8123',
      '{ not: bridge }',
      'error',
      'where transfer ${digits} XML ${tier} leads depends on what "answers" does not have',
    ],
    ['8123', '{ extension: menu }', 'pass', undefined],
  ])('follows a call to %s, expected %s, to where it is transferred: %s', async (number, expected, status, message) => {
    const { status: found, messages } = await runOne(
      `- { name: t, inContext: menu, call: { destination_number: "${number}" }, expect: ${expected} }`,
    );
    expect([found, messages[0]]).toEqual([status, message]);
  });

  test('reads the time in its zone, and is an error where time decides and there is none', async () => {
    const results = await run(`
timezone: Asia/Shanghai
tests:
  - name: clock {time}
    inContext: default
    call: { destination_number: "2" }
    table:
      - { time: 2026-11-25 17:59, expect: { contains: answer } }
      - { time: "2026-11-25T10:00:00Z", expect: { hangup: USER_BUSY } }
      - { expect: { hangup: true } }`);
    expect(results.map(({ test: { name }, status }) => [name, status])).toEqual([
      ['clock 2026-11-25 17:59', 'pass'],
      ['clock 2026-11-25T10:00:00Z', 'pass'],
      ['clock {time} [3]', 'error'],
    ]);
    expect(results[2]?.messages).toEqual([
      'the decision depends on the time: expected a "time", or a dump that tells it',
    ]);
  });

  test('is an error where an API function decides that nobody answers, never a guess', async () => {
    const results = await run(`
call: { destination_number: "3" }
tests:
  - { name: unknown, inContext: default, expect: { noRoute: true } }
  - { name: known, inContext: default, answers: { "\${hash(select/a/b)}": gold }, expect: { contains: answer } }`);
    expect(results.map(({ status }) => status)).toEqual(['error', 'pass']);
    expect(results[0]?.messages).toEqual([
      'the decision depends on ${hash(select/a/b)}, which "answers" does not have',
    ]);
  });

  test('begins with a dump, which what is written besides overrides', async () => {
    const results = await run(`
call: { variables: { recording: yes } }
tests:
  - { name: as it is, inContext: default, call: { dump: uuid_dump.plain.txt }, expect: { not: set } }
  - { name: other number, inContext: default, call: { dump: uuid_dump.plain.txt, destination_number: "1003" }, expect: { contains: { bridge: user/1003 } } }
  - { name: none, inContext: default, call: { dump: none.txt }, expect: { noRoute: true } }`);
    expect(results.map(({ status, messages }) => [status, messages])).toEqual([
      ['pass', []],
      ['pass', []],
      ['error', [expect.stringMatching(/^the dump cannot be used: .*none\.txt.*: there is no such file$/)]],
    ]);
  });

  test('is skipped with a reason, left out by its name, and an error where nothing is expected', async () => {
    const yaml = `
tests:
  - { name: later, skip: the trunk is not there yet, inContext: default, expect: { noRoute: true } }
  - { name: empty, inContext: default }
  - { name: nowhere, inContext: nowhere, domain: d.example, expect: { noRoute: true } }`;
    expect((await run(yaml)).map(({ status, messages }) => [status, messages])).toEqual([
      ['skip', ['the trunk is not there yet']],
      ['error', ['nothing is expected: there is no "expect"']],
      ['error', ['there is no context nowhere in domain d.example']],
    ]);
    expect(await run(yaml, () => false)).toEqual([]);
  });
});

describe('an invariant', () => {
  test('holds for every number in every context it speaks of', async () => {
    const results = await run(`
time: 2026-11-25 10:00
invariants:
  - { name: nobody outside calls out, contexts: profile, numbers: ["0119", "1001"], expect: { not: { bridge: { matches: gateway } } } }
  - { name: extensions reach each other, contexts: extension, numbers: ["1001"], expect: { contains: bridge } }
  - { name: named, contexts: ["v*"], numbers: ["1001"], expect: { contains: bridge } }
  - { name: none, contexts: [nothing], numbers: ["1001"], expect: { contains: bridge } }`);
    expect(results.map(({ test: { name }, status }) => `${status} ${name}`)).toEqual([
      'fail nobody outside calls out [0119 in default]',
      'pass nobody outside calls out [1001 in default]',
      'pass nobody outside calls out [0119 in public]',
      'pass nobody outside calls out [1001 in public]',
      'pass extensions reach each other [1001 in vip]',
      'pass named [1001 in vip]',
      'skip none',
    ]);
  });
});

describe('a file that cannot be used', () => {
  test.each([
    ['tests: [', 'tests.yaml:1:9: no YAML: '],
    ['tests:\n  - expect: { noRoute: true }', 'tests.yaml:2:5: /tests/0: expected a key "name", found none'],
    [
      'tests:\n  - name: t\n    call:\n      destination: 1',
      'tests.yaml:4:7: /tests/0/call/destination: unknown key "destination"',
    ],
    ['tests:\n  - name: t\n    time: noon', 'tests.yaml:3:5: /tests/0/time: expected a time such as'],
    [
      'tests:\n  - name: t\n    expect:\n      not: [{ bridge: { matches: "(" } }]',
      'tests.yaml:4:25: /tests/0/expect/not/0/bridge/matches: not a regular expression: ',
    ],
    [
      'tests:\n  - name: t\n    expect:\n      not: [[answer]]',
      'tests.yaml:4:13: /tests/0/expect/not/0: expected an application (',
    ],
  ])('%j: says where, what was expected and what was found', (yaml, message) => {
    let problems: readonly string[] = [];
    try {
      parseTests('tests.yaml', yaml);
    } catch (error) {
      expect(error).toBeInstanceOf(UnusableYamlError);
      problems = (error as UnusableYamlError).problems;
    }
    expect(problems[0]?.slice(0, message.length)).toBe(message);
    expect(problems.length).toBe(1);
  });
});
