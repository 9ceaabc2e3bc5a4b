import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { createLogger } from '../../src/cli/create-logger.js';

test('pretty lines hold nothing a terminal acts on, whoever logged them', () => {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  const logger = createLogger({ level: 'info', format: 'pretty', stream: stream as never, environment: {} });
  logger.warn('cti_hash_get(\x1b]0;evil\x07 %s)\n    at \u202ehere', { event: 'hashGet' });
  expect(written).toMatch(/^[\d:.]{12} warn {2}cti_hash_get\(\\x1b\]0;evil\\x07 %s\)\n {4}at \\u202ehere\n$/);
});
