import { describe, expect, test } from '@jest/globals';
import { compileScript } from '../../src/simulator/compile-script.js';
import { DEFAULT_BEHAVIOURS, type Script } from '../../src/simulator/script.js';
import { scriptProblems } from '../../src/simulator/script-problems.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';

const everything: Script = {
  applications: [
    { application: 'playback', data: '^/sounds/', lasts: 'forever', presses: { after: 300, digits: '4*2#A' } },
    { application: 'house_music', response: 'TIRED', set: { mood: 'grün' }, hangup: 'NO_PICKUP' },
    { application: 'bridge', data: 'busy$', peer: { ringsAfter: 1, failsAfter: 2, cause: 'USER_BUSY' } },
    {
      application: 'BRIDGE',
      peer: { earlyMediaAfter: 0, answersAfter: 1.5, lasts: 'forever', cause: 'NORMAL_CLEARING' },
    },
  ],
  api: [{ function: 'curl', arguments: 'http', answer: 'sales', lasts: 20 }],
  globals: { domain: 'example.com' },
  extensions: [{ destination: '^1$', context: 'default', actions: [{ application: 'answer' }] }],
  afterSocket: [{ application: 'playback', data: 'sorry.wav' }],
};

function messages(script: unknown): string[] {
  return scriptProblems(script).map(({ path, message }) => `${path}: ${message}`);
}

describe('a script', () => {
  test('that says all there is to say has no problems, nor has an empty one, nor have the defaults', () => {
    expect(scriptProblems(everything)).toEqual([]);
    expect(scriptProblems({})).toEqual([]);
    expect(scriptProblems({ applications: DEFAULT_BEHAVIOURS })).toEqual([]);
  });

  test.each([
    [null, ': expected an object, found null'],
    [[], ': expected an object, found []'],
    [{ application: [] }, '/application: unknown key "application", did you mean "applications"?'],
    [{ 'a/b~c': 1 }, '/a~1b~0c: unknown key "a/b~c"'],
    [{ toString: 1 }, '/toString: unknown key "toString"'],
    [{ applications: {} }, '/applications: expected an array, found {}'],
    [{ applications: [7] }, '/applications/0: expected an object, found 7'],
    [{ applications: [{}] }, '/applications/0: expected a key "application", found none'],
    [{ applications: [{ application: 7 }] }, '/applications/0/application: expected a string, found 7'],
    [
      { applications: [{ application: 'say', data: '(' }] },
      '/applications/0/data: not a regular expression: missing closing parenthesis at offset 1',
    ],
    [
      { applications: [{ application: 'say', lasts: -1 }] },
      '/applications/0/lasts: expected milliseconds or "forever", found -1',
    ],
    [
      { applications: [{ application: 'say', lasts: '2 s' }] },
      '/applications/0/lasts: expected milliseconds or "forever", found "2 s"',
    ],
    [{ applications: [{ application: 'say', set: { a: 1 } }] }, '/applications/0/set/a: expected a string, found 1'],
    [{ applications: [{ application: 'say', set: ['a'] }] }, '/applications/0/set: expected an object, found ["a"]'],
    [
      { applications: [{ application: 'say', hangup: 'BUSY' }] },
      '/applications/0/hangup: expected a hang-up cause such as USER_BUSY, found "BUSY"',
    ],
    [
      { applications: [{ application: 'read', presses: { after: 1, digits: 'x' } }] },
      '/applications/0/presses/digits: expected digits such as 42#, found "x"',
    ],
    [
      { applications: [{ application: 'say', peer: { answersAfter: 1, lasts: 1 } }] },
      '/applications/0/peer: only bridge has a peer',
    ],
    [
      { applications: [{ application: 'bridge', peer: { failsAfter: 1 } }] },
      '/applications/0/peer: expected a key "cause", found none',
    ],
    [
      { applications: [{ application: 'bridge', peer: { answersAfter: 1 } }] },
      '/applications/0/peer: expected a key "lasts", found none',
    ],
    [
      {
        applications: [
          { application: 'bridge', peer: { answersAfter: 1, lasts: 1, failsAfter: 1, cause: 'USER_BUSY' } },
        ],
      },
      [
        '/applications/0/peer/answersAfter: unknown key "answersAfter"',
        '/applications/0/peer/lasts: unknown key "lasts"',
      ],
    ],
    [
      { api: [{ arguments: '', lasts: 'forever' }] },
      [
        '/api/0: expected a key "function", found none',
        '/api/0: expected a key "answer", found none',
        '/api/0/lasts: expected milliseconds, 0 or more, found "forever"',
      ],
    ],
    [
      { extensions: [{ destination: '^1$' }, { actions: [{}] }] },
      [
        '/extensions/0: expected a key "actions", found none',
        '/extensions/1: expected a key "destination", found none',
        '/extensions/1/actions/0: expected a key "application", found none',
      ],
    ],
    [{ afterSocket: ['answer'] }, '/afterSocket/0: expected an object, found "answer"'],
  ])('%j is told what is wrong', (script, expected) => {
    expect(messages(script)).toEqual([expected].flat());
  });

  test('that has problems is not started', () => {
    const broken = { applications: [{ application: 'bridge', peer: { failsAfter: 1, cause: 'BUSY' } }] };
    expect(() => startFreeSwitch({ script: broken as never })).toThrow(
      'simulation script /applications/0/peer/cause: expected a hang-up cause such as USER_BUSY, found "BUSY"',
    );
  });

  test('decides by the first entry that matches, and leaves the rest to the defaults', () => {
    const script = compileScript(everything);
    expect(script.behaviour('bridge', 'user/busy')?.peer).toMatchObject({ cause: 'USER_BUSY' });
    expect(script.behaviour('Bridge', 'user/1')?.peer).toMatchObject({ answersAfter: 1.5 });
    expect(script.behaviour('playback', '/sounds/x.wav')?.lasts).toBe('forever');
    expect(script.behaviour('playback', 'x.wav')).toBeUndefined();
    expect(script.behaviour('house_music', '')?.set).toEqual([['mood', 'gr\xc3\xbcn']]);
    expect(script.behaviour('echo', '')?.lasts).toBe('forever');
    expect(script.extension('1', 'default')).toHaveLength(1);
    expect(script.extension('1', 'other')).toBeUndefined();
    expect(script.extension('2', 'default')).toBeUndefined();
    expect(script.apiAnswer('CURL', 'http://x')).toMatchObject({ answer: 'sales', lasts: 20 });
    expect(script.apiAnswer('curl', 'ftp://x')).toBeUndefined();
    expect([script.names('HOUSE_MUSIC'), script.names('echo')]).toEqual([true, false]);
  });
});
