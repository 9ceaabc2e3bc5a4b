import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { socketTargets } from '../../src/convert/socket-targets.js';

test('where a loaded dialplan leads', () => {
  const reply = readFileSync(new URL('../captures/xml_locate.txt', import.meta.url), 'utf8');
  expect(socketTargets(reply.slice(reply.indexOf('<')))).toEqual([
    { context: 'default', host: '127.0.0.1', port: 8084 },
    { context: 'public', host: '10.0.0.7', port: 8184 },
    { context: 'public', host: '10.0.0.8', port: 8184 },
    { context: 'public', host: '10.0.0.9', port: 8084 },
  ]);
});

test.each([
  ['[::1]:8184/default?x full', [{ context: 'c', host: '[::1]', port: 8184 }]],
  [
    'a:1|b async',
    [
      { context: 'c', host: 'a', port: 1 },
      { context: 'c', host: 'b', port: 1 },
    ],
  ],
  ['${controller}:8184', [{ context: 'c', host: '${controller}', port: 8184 }]],
  ['', []],
])('%j', (data, targets) => {
  const action = `<action application="socket" data="${data}"/><action application="log" data="127.0.0.1:8084"/>`;
  expect(socketTargets(`<context name="c">${action}</context>`)).toEqual(targets);
});
