/** A call of a corpus: what it takes to decide it again, and to name it. */
import { firstOf, type AnswerSource } from '../replay/answer-source.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import type { CallToDecide } from './decision-memo.js';

/** Where a call stands: in which part of the corpus, and on which line of that, of which the first is 1. */
export interface Place {
  readonly part: number;
  readonly line: number;
}

export interface CorpusCall extends CallToDecide {
  readonly place: Place;
}

/** What is known besides the recordings. */
export interface KnownBesides {
  readonly sources: readonly AnswerSource[];
  /** The server's zone where a recording does not tell it. */
  readonly timezone: string;
  /** The time of calls whose recording does not tell it. */
  readonly now: number;
}

export function corpusCall(
  { data, answers, time, timezone }: RecordedCall,
  place: Place,
  known: KnownBesides,
): CorpusCall {
  return {
    place,
    data,
    answers: firstOf(answers, ...known.sources),
    moment: { epochMs: time?.epochMs ?? known.now, serverZone: timezone ?? known.timezone },
  };
}
