/** Known bytes held against the bytes of a line, eight at a time. */

/**
 * Stands behind known bytes: eight bytes of it make no number, which nothing is equal to, so that whatever a line holds, nothing is
 * compared beyond it. Wherever words begin, one of them lies within.
 */
export const BARRIER = Buffer.alloc(16, 0xff);

const WORD = 8;
const HALF = 4;

/**
 * How many bytes from two places on are the same. It may be fewer than there are, by less than a word, where words hold bytes that
 * no UTF-8 has.
 * @param known a {@link BARRIER} stands somewhere behind the place, and no line feed, no zero before it
 * @param view a line feed and a word stand somewhere behind the place
 */
export function firstDifference(known: DataView, start: number, view: DataView, at: number): number {
  const shift = at - start;
  let place = start;
  // As numbers two words are alike if their bytes are: without zeros there is no second zero, and what is no number is like nothing.
  // Four a turn take half as long as one a turn.
  for (;;) {
    if (view.getFloat64(place + shift, true) !== known.getFloat64(place, true)) break;
    place += WORD;
    if (view.getFloat64(place + shift, true) !== known.getFloat64(place, true)) break;
    place += WORD;
    if (view.getFloat64(place + shift, true) !== known.getFloat64(place, true)) break;
    place += WORD;
    if (view.getFloat64(place + shift, true) !== known.getFloat64(place, true)) break;
    place += WORD;
  }
  const low = view.getInt32(place + shift, true) ^ known.getInt32(place, true);
  if (low !== 0) return place - start + lowestByte(low);
  const high = view.getInt32(place + shift + HALF, true) ^ known.getInt32(place + HALF, true);
  return high === 0 ? place - start : place - start + HALF + lowestByte(high);
}

/** Which byte of a word has its lowest bit, the first of them being 0. */
export function lowestByte(word: number): number {
  return (31 - Math.clz32(word & -word)) >> 3;
}
