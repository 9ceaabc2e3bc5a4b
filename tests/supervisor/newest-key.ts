import type { CallPage } from '../../src/supervisor/schemas/calls.js';
import type { TestDaemon } from '../support/test-daemon.js';

/** The key of the call that ended last. */
export async function newestKey({ origin }: TestDaemon): Promise<string> {
  const { calls } = (await (await fetch(`${origin}/api/v1/calls?limit=1`)).json()) as CallPage;
  return calls[0]?.key ?? '';
}
