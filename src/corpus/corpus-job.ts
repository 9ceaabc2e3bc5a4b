/** What is to be found out of a corpus, as data that can be handed to a thread, and what finds it out of one call after another. */
import type { Bytes } from '../bytes.js';
import { setMatchLimit } from '../dialplan/pcre2.js';
import { answersFromTexts, type AnswerSource, type AnswerTexts } from '../replay/answer-source.js';
import { BUILT_INS } from '../replay/built-in-answers.js';
import { answersFromGlobals } from '../replay/global-answers.js';
import type { DocumentText } from '../routes/document.js';
import type { Snapshot } from '../routes/snapshot.js';
import { DialplanStore } from '../routes/store.js';
import { CallCoverage, type Coverage } from './call-coverage.js';
import { CallComparison, type Comparison } from './compare-calls.js';
import type { ContextOptions } from './context-chooser.js';
import type { CorpusCall } from './corpus-call.js';
import type { CorpusPart } from './corpus-parts.js';
import { ExpectedMoves, type ExpectedMove } from './expected-moves.js';
import { readPart } from './read-part.js';

export type Documents = ReadonlyMap<string, DocumentText>;

export interface CorpusOptions extends ContextOptions {
  readonly neutraliseCaptures: boolean;
  /** Steps PCRE2 may take for one match, on every thread. */
  readonly matchLimit: number;
  /** The server's zone where a recording does not tell it. */
  readonly timezone: string;
  /** The time of calls whose recording does not tell it, epoch milliseconds. */
  readonly now: number;
  /** What is known besides the recordings. */
  readonly answers: AnswerTexts;
  /** FreeSWITCH's `vars.xml`, or what `global_getvar` prints; undefined without either. */
  readonly globals?: { readonly file: string; readonly text: Bytes } | undefined;
}

export interface ComparisonJob extends CorpusOptions {
  readonly kind: 'compare';
  readonly old: Documents;
  readonly new: Documents;
  readonly expected: readonly ExpectedMove[];
  /** `2026-11-25`: expectations of before are no more in force. */
  readonly today: string;
}

export interface CoverageJob extends CorpusOptions {
  readonly kind: 'coverage';
  readonly dialplan: Documents;
}

export type CorpusJob = ComparisonJob | CoverageJob;
export type CorpusResult = Comparison | Coverage;
export type ResultOf<Job extends CorpusJob> = Job extends ComparisonJob ? Comparison : Coverage;

export interface UnreadableCall {
  readonly part: number;
  readonly line: number;
  readonly message: string;
}

/** What reading parts of a corpus came to, besides the result. */
export interface Reading {
  /** Lines of each part that was read. */
  readonly lines: Map<number, number>;
  unreadable: number;
  /** The first of them. */
  readonly complaints: UnreadableCall[];
}

export interface Progress {
  readonly bytes: number;
  readonly calls: number;
}

const MOST_COMPLAINTS = 20;
const PROGRESS_CALLS = 20_000;

/** Does a job, part by part. */
export class CorpusWork {
  readonly reading: Reading = { lines: new Map(), unreadable: 0, complaints: [] };
  private readonly tally: { take(call: CorpusCall): void; readonly result: CorpusResult };
  private readonly sources: readonly AnswerSource[];
  private bytes = 0;
  private calls = 0;

  constructor(
    private readonly job: CorpusJob,
    private readonly onProgress: (progress: Progress) => void,
  ) {
    setMatchLimit(job.matchLimit);
    this.tally = tallyOf(job);
    this.sources = sourcesOf(job);
  }

  get result(): CorpusResult {
    return this.tally.result;
  }

  async read(part: CorpusPart, number: number): Promise<void> {
    const { reading, tally, job } = this;
    const lines = await readPart(part, number, {
      sources: this.sources,
      timezone: job.timezone,
      now: job.now,
      onCall: (call) => {
        tally.take(call);
        this.calls += 1;
        if (this.calls >= PROGRESS_CALLS) this.tellProgress();
      },
      onUnreadable: (line, message) => {
        reading.unreadable += 1;
        if (reading.complaints.length < MOST_COMPLAINTS) reading.complaints.push({ part: number, line, message });
      },
      onBytes: (bytes) => {
        this.bytes += bytes;
      },
    });
    reading.lines.set(number, lines);
    this.tellProgress();
  }

  private tellProgress(): void {
    this.onProgress({ bytes: this.bytes, calls: this.calls });
    this.bytes = 0;
    this.calls = 0;
  }
}

/** What is known besides the recordings, the first that is asked first. */
function sourcesOf({ answers, globals }: CorpusOptions): readonly AnswerSource[] {
  const told = globals === undefined ? [] : [answersFromGlobals(globals.file, globals.text)];
  return [answersFromTexts(answers), ...told, BUILT_INS];
}

function tallyOf(job: CorpusJob): CallComparison | CallCoverage {
  const { domain, callerContext, neutraliseCaptures } = job;
  const options = { domain, callerContext, neutraliseCaptures };
  if (job.kind === 'coverage') return new CallCoverage(snapshotOf(job.dialplan), options);
  const expected = new ExpectedMoves(job.expected, job.today);
  return new CallComparison(snapshotOf(job.old), snapshotOf(job.new), { ...options, expected });
}

function snapshotOf(documents: Documents): Snapshot {
  const store = new DialplanStore();
  store.update(documents);
  return store.snapshot;
}
