/** From FreeSWITCH's XML and dumps to the same decisions, by the commands a user has: convert, lint, replay, diff. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runInProcess } from '../support/run-in-process.js';

const here = import.meta.dirname;
const conf = path.join(here, 'conf');

interface Hunt {
  readonly call: string;
  readonly context: string;
  readonly trace: readonly string[];
  readonly inline: readonly (readonly [string, string])[];
  readonly executed: readonly (readonly [string, string])[];
}

interface Action {
  readonly application: string;
  readonly data: string;
  readonly executed?: string;
}

interface Replayed extends Omit<Hunt, 'inline' | 'executed'> {
  readonly certain: boolean;
  readonly actions: readonly Action[];
  readonly inline: readonly Action[];
}

const expected = new Map(
  (await readFile(path.join(here, 'expected.jsonl'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Hunt)
    .map((hunt) => [hunt.call, hunt]),
);
const change = JSON.parse(await readFile(path.join(here, 'changed.json'), 'utf8')) as {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly moved: readonly string[];
};

let directory: string;
let store: string;

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-recorded-'));
  store = path.join(directory, 'dialplan');
  await convert(conf, store);
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

async function convert(from: string, to: string): Promise<void> {
  const { code, stderr } = await runInProcess(['convert', from, '--out', to, '--domain', 'office.example']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('; 0 losses, 0 warnings\n') });
}

async function replay(dialplan: string, dump: string, ...flags: readonly string[]): Promise<Replayed[]> {
  const globals = path.join(conf, 'vars.xml');
  const args = ['replay', path.join(here, dump), '--store', dialplan, '--globals', globals, '--timezone', 'Etc/UTC'];
  const { stdout, stderr } = await runInProcess([...args, '--explain', 'full', '--format', 'json', ...flags]);
  expect(stderr).toBe('');
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Replayed);
}

/** What can be compared with a recording: data with references is expanded only when it is executed. */
function decisionOf({ context, trace, inline, actions }: Replayed): object {
  return {
    context,
    trace: trace.map((line) => line.trimEnd()),
    inline: inline.map(({ application, data, executed = data }) => [application, executed]),
    executed: actions.map(({ application, data }) => [application, data.includes('$') ? undefined : data]),
  };
}

/** A list that ended early, with the call, is compared as far as it was executed. */
function asRecorded({ call }: Replayed, { executed }: { readonly executed: readonly unknown[] }): object {
  const { context, trace, inline, executed: all } = expected.get(call) as Hunt;
  const comparable = all.map(([application, data], index) => {
    const [, mine] = (executed[index] ?? []) as readonly (string | undefined)[];
    return [application, mine === undefined ? undefined : data];
  });
  return { context, trace, inline, executed: [...comparable, ...executed.slice(all.length)] };
}

function compare(calls: readonly Replayed[]): void {
  for (const call of calls) {
    const decision = decisionOf(call);
    expect({ call: call.call, certain: call.certain, ...decision }).toEqual({
      call: call.call,
      certain: true,
      ...asRecorded(call, decision as { executed: unknown[] }),
    });
  }
}

describe('a configuration that FreeSWITCH had loaded', () => {
  test('is converted without a loss, routes and all, and is clean', async () => {
    expect(JSON.parse(await readFile(path.join(store, 'office.example/routes.json'), 'utf8'))).toEqual({
      extension: { '101': 'default', '102': 'lobby' },
      gateway: { lab: 'public' },
      profile: { external: 'public', internal: 'public' },
    });
    const { code, stdout } = await runInProcess(['lint', store, '--fail-severity', 'info']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing found in domain office.example\n' });
  });

  test.each([
    ['uuid_dump.plain.txt', 20],
    ['uuid_dump.json.txt', 10],
    ['uuid_dump.xml.txt', 10],
    ['info.log.txt', 7],
  ])('hunts the calls of %s as that FreeSWITCH did', async (dump, count) => {
    const calls = await replay(store, dump, '--caller-context');
    expect(calls).toHaveLength(count);
    compare(calls);
  });

  test('routes SIP calls into the contexts FreeSWITCH chose, by profile, gateway and user', async () => {
    const calls = await replay(store, 'sip-events.txt');
    const first = calls.filter(({ call }, index) => calls.findIndex((other) => other.call === call) === index);
    expect(first).toHaveLength(6);
    compare(first);
  });

  test('tells what kept a call from an extension: one that matched before it', async () => {
    const [dump = ''] = (await readFile(path.join(here, 'uuid_dump.xml.txt'), 'latin1')).split(/(?<=<\/event>)/);
    const file = path.join(directory, 'one.xml');
    await writeFile(file, dump, 'latin1');
    const args = ['why-not', file, 'no such number', '--store', store];
    const { stdout } = await runInProcess([...args, '--caller-context', '--format', 'json']);
    const answer = JSON.parse(stdout) as { readonly reason: { readonly tests: readonly string[] } };
    expect(answer).toMatchObject({
      matched: ['who is it', 'a colleague'],
      reason: { kind: 'before', extension: 'a colleague' },
    });
    expect(answer.reason.tests[0]).toMatch(/^destination_number "1\d\d" matches \^\(1\\d\{2\}\)\$$/);
  });

  test('is hunted the same after a way to JSON, to XML and back', async () => {
    const xml = path.join(directory, 'xml');
    const back = await runInProcess(['convert', store, '--out', xml]);
    expect(back.stderr).toContain('3 contexts; 1 loss, 0 warnings');
    expect(back.stderr).toContain('routes are not part of an XML dialplan');
    await convert(xml, path.join(directory, 'again'));
    compare(await replay(path.join(directory, 'again'), 'uuid_dump.plain.txt', '--caller-context'));
  });

  test('is compared with a changed one: those calls move that FreeSWITCH gave other applications', async () => {
    const changed = path.join(directory, 'changed');
    await cp(conf, path.join(directory, 'changed-conf'), { recursive: true });
    const file = path.join(directory, 'changed-conf', change.file);
    await writeFile(
      file,
      (await readFile(file, 'utf8')).replace(change.from, () => change.to),
    );
    await convert(path.join(directory, 'changed-conf'), changed);
    const args = ['--calls', path.join(here, 'uuid_dump.plain.txt'), '--caller-context', '--format', 'json'];
    const same = await runInProcess(['diff', store, store, ...args]);
    expect({ code: same.code, stdout: same.stdout }).toEqual({ code: 0, stdout: expect.stringContaining('"moved":0') });
    const moved = await runInProcess(['diff', store, changed, ...args]);
    expect({ code: moved.code, stdout: moved.stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining(`"calls":20,"moved":${change.moved.length}`),
    });
    const [call] = change.moved;
    expect(moved.stdout).toContain(`"uuid":"${String(call)}"`);
  });
});
