/** Text as a block of lines the corpus' reader looks at. */
import { LineBlock } from '../../src/corpus/line-block.js';

/** A block that is at the first line of what the bytes are. */
export function blockOf(bytes: Buffer): LineBlock {
  const block = new LineBlock(0);
  for (let taken = 0; taken < bytes.length;) {
    const from = taken;
    taken += block.fill((target, at, most) => bytes.copy(target, at, from, from + most));
  }
  if (!block.advance()) block.advanceToRest();
  return block;
}
