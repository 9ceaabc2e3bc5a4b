/** A call of a corpus: what it takes to decide it again, and to name it. */
import type { AnswerSource, KnownAnswer } from '../replay/answer-source.js';
import type { AskApi } from '../dialplan/effect.js';
import type { Moment } from '../dialplan/date-time.js';
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
    answers: firstAnswer([answers, ...known.sources]),
    moment: { epochMs: time?.epochMs ?? known.now, serverZone: timezone ?? known.timezone },
  };
}

/** The first that knows answers. */
export function firstAnswer(sources: readonly AnswerSource[]): AnswerSource {
  const [only] = sources;
  if (sources.length === 1 && only !== undefined) return only;
  return {
    global: (name) => firstKnown(sources, (source) => source.global(name)),
    api: (question: AskApi, moment: Moment) => firstKnown(sources, (source) => source.api(question, moment)),
  };
}

function firstKnown(sources: readonly AnswerSource[], ask: (source: AnswerSource) => KnownAnswer): KnownAnswer {
  for (const source of sources) {
    const known = ask(source);
    if (known !== undefined) return known;
  }
  return undefined;
}
