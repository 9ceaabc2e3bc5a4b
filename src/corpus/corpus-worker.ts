/** A thread that reads parts of a corpus, as it is told, and tells what they came to. */
import { parentPort, workerData } from 'node:worker_threads';
import { CorpusWork, type CorpusJob, type CorpusResult, type Progress, type Reading } from './corpus-job.js';
import type { CorpusPart } from './corpus-parts.js';

export type ToWorker =
  { readonly kind: 'read'; readonly number: number; readonly part: CorpusPart } | { readonly kind: 'finish' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | ({ readonly kind: 'progress' } & Progress)
  | { readonly kind: 'done'; readonly result: CorpusResult; readonly reading: Reading };

function tell(message: FromWorker): void {
  parentPort?.postMessage(message);
}

const work = new CorpusWork(workerData as CorpusJob, (progress) => {
  tell({ kind: 'progress', ...progress });
});

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'finish') {
    tell({ kind: 'done', result: work.result, reading: work.reading });
    return;
  }
  work.read(message.part, message.number).then(
    () => {
      tell({ kind: 'ready' });
    },
    (error: unknown) => {
      throw error;
    },
  );
});
tell({ kind: 'ready' });
