import { expect, test } from '@jest/globals';
import { readParkTimeout } from '../../src/esl/park-timeout.js';

test.each([
  [undefined, undefined],
  ['', undefined],
  ['-1', undefined],
  ['20', { ms: 20_000, cause: 'NORMAL_CLEARING' }],
  ['20:USER_BUSY', { ms: 20_000, cause: 'USER_BUSY' }],
  ['20:no cause', { ms: 20_000, cause: 'NORMAL_CLEARING' }],
  ['soon', { ms: 0, cause: 'NORMAL_CLEARING' }],
  ['99999999999', { ms: 2 ** 31 - 1, cause: 'NORMAL_CLEARING' }],
])('park_timeout %j', (variable, expected) => {
  expect(readParkTimeout(variable)).toEqual(expected);
});
