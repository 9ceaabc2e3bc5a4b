/** Finds texts in a language: the shortest ones, or the one that is nearest to another text. */
import type { Bytes } from '../bytes.js';
import { likedByte } from './byte-set.js';
import type { Language, Languages } from './language.js';

/** More was to be looked at than is allowed. */
export class SearchLimitError extends Error {
  constructor() {
    super('the search for a text became too large');
    this.name = 'SearchLimitError';
  }
}

/** A text on its way: its last byte, and what comes before. */
interface Place {
  readonly language: Language;
  readonly byte: number | undefined;
  readonly before: Place | undefined;
}

interface NearPlace extends Place {
  /** How many bytes of the text that is to be near are used up. */
  readonly used: number;
}

const MOST_PLACES = 20_000;
/** A language is gone on from so many times, so that more than one way through a loop is seen. */
const MOST_VISITS = 12;
/** Of bytes that are alike so many are tried: a back reference may tell them apart. */
const BYTES_FOR_ALL = 2;

/**
 * Texts of a language, the shortest first; of bytes that are alike readable ones stand for all. Ends without a text
 * only if the language is empty. @throws SearchLimitError
 */
export function* shortestTexts(start: Language, languages: Languages): Generator<Bytes> {
  const visits = new Map<Language, number>();
  let places: Place[] = [{ language: start, byte: undefined, before: undefined }];
  let left = MOST_PLACES;
  while (places.length > 0) {
    const next: Place[] = [];
    for (const place of places) {
      if (place.language.nullable) yield textOf(place);
      for (const { set, language } of languages.continuations(place.language)) {
        if (language === languages.none) continue;
        for (let turn = 0; turn < BYTES_FOR_ALL; turn += 1) {
          const visited = visits.get(language) ?? 0;
          if (visited >= MOST_VISITS) break;
          visits.set(language, visited + 1);
          left -= 1;
          if (left < 0) throw new SearchLimitError();
          next.push({ language, byte: likedByte(set, visited), before: place });
        }
      }
    }
    places = next;
  }
}

/** The text of a language that takes the fewest bytes changed, added or left out; undefined if the language is empty. @throws SearchLimitError */
export function nearestText(start: Language, wanted: Bytes, languages: Languages): Bytes | undefined {
  const seen = new Set<string>();
  let left = MOST_PLACES;
  // Places that cost as much as the one at hand, and those that cost one more.
  let places: NearPlace[] = [{ language: start, byte: undefined, before: undefined, used: 0 }];
  while (places.length > 0) {
    const dearer: NearPlace[] = [];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const key = `${place.language.id},${place.used}`;
      if (seen.has(key)) continue;
      seen.add(key);
      left -= 1;
      if (left < 0) throw new SearchLimitError();
      const byte = place.used < wanted.length ? wanted.charCodeAt(place.used) : undefined;
      if (byte === undefined && place.language.nullable) return textOf(place);
      for (const { set, language } of languages.continuations(place.language)) {
        if (language === languages.none) continue;
        const chosen = { language, byte: likedByte(set), before: place };
        if (byte !== undefined) dearer.push({ ...chosen, used: place.used + 1 });
        dearer.push({ ...chosen, used: place.used });
      }
      if (byte === undefined) continue;
      dearer.push({ ...place, used: place.used + 1 });
      const kept = languages.derive(place.language, byte);
      if (kept !== languages.none) places.push({ language: kept, byte, before: place, used: place.used + 1 });
    }
    // The last is taken first; of what costs alike, a changed byte is better than an added one or one left out.
    places = dearer.reverse();
  }
  return undefined;
}

function textOf(place: Place): Bytes {
  const bytes: number[] = [];
  for (let at: Place | undefined = place; at?.byte !== undefined; at = at.before) bytes.push(at.byte);
  return String.fromCharCode(...bytes.reverse());
}
