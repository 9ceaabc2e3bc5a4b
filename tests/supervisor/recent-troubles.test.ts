import { expect, test } from '@jest/globals';
import { createLogger } from 'winston';
import { RecentTroubles } from '../../src/supervisor/recent-troubles.js';
import { TestDaemon } from '../support/test-daemon.js';

const NO_ROUTE = { other: { condition: { field: 'caller_id_name', expression: '^$' } } };

test('of a call that went wrong its end is a trouble, not its trace, whatever a caller put into it', async () => {
  const troubles = new RecentTroubles();
  const logger = createLogger({ level: 'debug', transports: [troubles] });
  const daemon = await TestDaemon.start({ extensions: NO_ROUTE, logger });
  await daemon.play({ headers: { 'Caller-Caller-ID-Name': 'an %s, a %d and an %o' } });
  await daemon.stop();
  expect(troubles.newestFirst()).toEqual([
    expect.objectContaining({ level: 'warn', message: expect.stringMatching(/ no route /) as unknown }),
  ]);
});

test('warnings and errors are, and nothing of lower levels; the last hundred', () => {
  const troubles = new RecentTroubles();
  const logger = createLogger({ level: 'debug', transports: [troubles] });
  for (const level of ['debug', 'info', 'verbose']) logger.log(level, 'fine');
  for (let index = 0; index < 101; index += 1) logger.warn(`warning ${index}\nand its second line`);
  logger.error(`\x1b[31m${'x'.repeat(600)}`);
  const [newest, ...others] = troubles.newestFirst();
  expect(newest).toMatchObject({ level: 'error', message: `\\x1b[31m${'x'.repeat(495)}…` });
  expect(others.map(({ message }) => message)).toEqual(
    Array.from({ length: 99 }, (_, index) => `warning ${100 - index}`),
  );
});
