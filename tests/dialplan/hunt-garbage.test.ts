/** What a hunt leaves behind: nothing but its result, for there are hundreds a second. */
import { expect, test } from '@jest/globals';
import { compileExtension } from '../../src/dialplan/compile-extension.js';
import { ExpressionCompiler } from '../../src/dialplan/expression.js';
import { hunt } from '../../src/dialplan/hunt.js';
import { leftBehind } from '../support/collect-garbage.js';

const MIB = 2 ** 20;

test('a decision that nobody holds is collected with the young, and the channel data with it', () => {
  const compiler = new ExpressionCompiler();
  const extension = compileExtension(
    'e',
    { condition: { field: 'destination_number', expression: '^(1)', action: { application: 'answer' } } },
    compiler,
  );
  const left = leftBehind(2_000, (turn) => {
    const data = new Map(Array.from({ length: 100 }, (_, index) => [`variable_${index}`, `${turn} ${index}`]));
    data.set('Caller-Destination-Number', '1234');
    const step = hunt({
      data,
      context: 'default',
      extensions: [extension],
      compiler,
      moment: { epochMs: 0, serverZone: 'UTC' },
      neutraliseCaptures: true,
    }).next();
    if (step.done !== true || step.value.changes.length !== 1) throw new Error('hunted otherwise than expected');
  });
  expect(left).toBeLessThan(4 * MIB);
});
