/** Does a job over all recordings of a corpus, on several threads where there are several parts to read. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { STANDARD_INPUT } from '../replay/open-recording.js';
import { partsOf, type CorpusPart, type WeighedPart } from './corpus-parts.js';
import {
  CorpusWork,
  type CorpusJob,
  type CorpusResult,
  type Progress,
  type Reading,
  type ResultOf,
} from './corpus-job.js';
import type { Place } from './corpus-call.js';
import type { FromWorker, ToWorker } from './corpus-worker.js';

export interface CorpusRun<Result extends CorpusResult> {
  /** One a thread. */
  readonly results: readonly Result[];
  readonly unreadable: number;
  /** The first recordings that could not be read: `file:line: why` */
  readonly complaints: readonly string[];
  /** `file:line` */
  locate(place: Place): string;
}

/** A thread has all modules to load and all code to compile anew, which takes as long as reading this much. */
const BYTES_WORTH_A_THREAD = 256 * 1024 * 1024;

interface Done {
  readonly result: CorpusResult;
  readonly reading: Reading;
}

/**
 * @param threads how many there may be; undefined: as many as there are processors, and are worth their start
 * @throws what a thread dies of
 */
export async function runCorpus<Job extends CorpusJob>(
  job: Job,
  files: readonly string[],
  threads: number | undefined,
  onProgress: (progress: Progress) => void,
): Promise<CorpusRun<ResultOf<Job>>> {
  const parts = await partsOf(files);
  const count = Math.min(threads ?? worthwhileThreads(parts), parts.length);
  // Only the first thread has standard input.
  const isOnItsOwn = count === 1 || files.includes(STANDARD_INPUT);
  const done = isOnItsOwn ? [await runHere(job, parts, onProgress)] : await runThreads(job, parts, count, onProgress);
  const locate = locator(parts, done);
  const complaints = done.flatMap(({ reading }) => reading.complaints).sort(byPlace);
  return {
    results: done.map(({ result }) => result as ResultOf<Job>),
    unreadable: done.reduce((sum, { reading }) => sum + reading.unreadable, 0),
    complaints: complaints.map((complaint) => `${locate(complaint)}: ${complaint.message}`),
    locate,
  };
}

function worthwhileThreads(parts: readonly WeighedPart[]): number {
  const weight = parts.reduce((sum, part) => sum + part.weight, 0);
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(weight / BYTES_WORTH_A_THREAD)));
}

async function runHere(
  job: CorpusJob,
  parts: readonly CorpusPart[],
  onProgress: (progress: Progress) => void,
): Promise<Done> {
  const work = new CorpusWork(job, onProgress);
  for (const [number, part] of parts.entries()) await work.read(part, number);
  return { result: work.result, reading: work.reading };
}

async function runThreads(
  job: CorpusJob,
  parts: readonly CorpusPart[],
  count: number,
  onProgress: (progress: Progress) => void,
): Promise<Done[]> {
  const waiting = [...parts.entries()];
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL('./corpus-worker.js', import.meta.url), { workerData: job }),
  );
  try {
    return await Promise.all(workers.map((worker) => serve(worker, waiting, onProgress)));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

/** Gives a thread part after part until none is left, then takes what it came to. */
function serve(
  worker: Worker,
  waiting: [number: number, part: CorpusPart][],
  onProgress: (progress: Progress) => void,
): Promise<Done> {
  return new Promise((resolve, reject) => {
    const send = (message: ToWorker): void => {
      worker.postMessage(message);
    };
    worker
      .on('message', (message: FromWorker) => {
        if (message.kind === 'progress') onProgress(message);
        else if (message.kind === 'done') resolve(message);
        else {
          const next = waiting.shift();
          send(next === undefined ? { kind: 'finish' } : { kind: 'read', number: next[0], part: next[1] });
        }
      })
      .once('error', reject)
      .once('exit', (code) => {
        reject(new Error(`a thread ended with status ${code}`));
      });
  });
}

/** Lines of a range of a file count from where the ranges before it end. */
function locator(parts: readonly CorpusPart[], done: readonly Done[]): (place: Place) => string {
  const lines = new Map(done.flatMap(({ reading }) => [...reading.lines]));
  const before: number[] = [];
  for (const [number, { file }] of parts.entries()) {
    const isSameFile = parts[number - 1]?.file === file;
    before.push(isSameFile ? (before[number - 1] ?? 0) + (lines.get(number - 1) ?? 0) : 0);
  }
  return ({ part, line }) => {
    const file = parts[part]?.file ?? '';
    const name = file === '-' ? 'standard input' : file;
    return line === 0 ? name : `${name}:${(before[part] ?? 0) + line}`;
  };
}

function byPlace(one: Place, other: Place): number {
  return one.part - other.part || one.line - other.line;
}
