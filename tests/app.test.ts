/** The daemon in this process, calls played to it over TCP: what becomes of each, and what the log says of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startApp, type App } from '../src/app.js';
import { bytesOf } from '../src/bytes.js';
import type { CallObserver } from '../src/calls/call.js';
import { createLogger } from '../src/cli/create-logger.js';
import type { CallResult } from '../src/simulator/call-result.js';
import type { Script } from '../src/simulator/script.js';
import { simulateCall, type CallOptions, type SimulatedCall } from '../src/simulator/simulate-call.js';
import { startFreeSwitch } from '../src/simulator/start-free-switch.js';
import { ringingChannel } from './simulator/dump.js';
import { testConfiguration, writeDialplan } from './support/test-daemon.js';

const SHORT: NonNullable<Script['applications']> = [{ application: 'playback', lasts: 100 }];
/** Outlasts a stop, yet ends by itself where FreeSWITCH waits for it (synchronous mode). */
const LONG: NonNullable<Script['applications']> = [{ application: 'playback', lasts: 2_000 }];
const ENDLESS: NonNullable<Script['applications']> = [{ application: 'playback', lasts: 'forever' }];
const BUSY_BEHIND: NonNullable<Script['afterSocket']> = [{ application: 'hangup', data: 'USER_BUSY' }];
const MODES = [
  { mode: 'async full', asynchronous: true, full: true },
  { mode: 'full', asynchronous: false, full: true },
  { mode: 'async', asynchronous: true, full: false },
  { mode: 'neither', asynchronous: false, full: false },
] as const;

type LogEntry = Readonly<Record<string, unknown>> & { readonly message: string };

let directory: string;
let app: App | undefined;
let log: LogEntry[];
let lookAtLog: Set<() => void>;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'parkway-'));
  log = [];
  lookAtLog = new Set();
});

afterEach(async () => {
  await app?.stop();
  app = undefined;
  await rm(directory, { recursive: true });
});

async function start(settings: Readonly<Record<string, unknown>> = {}, observer?: CallObserver): Promise<App> {
  const configuration = testConfiguration({ 'store.url': directory, 'log.level': 'debug', ...settings });
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log.push(JSON.parse(chunk.toString()) as LogEntry);
      for (const look of [...lookAtLog]) look();
      done();
    },
  });
  const logger = createLogger({ level: 'debug', format: 'json', stream: stream as never, environment: {} });
  app = await startApp(configuration, logger, observer);
  return app;
}

/** Waits for a line of the log. */
function logged(matches: (entry: LogEntry) => boolean): Promise<LogEntry> {
  return new Promise((resolve) => {
    const look = (): void => {
      const found = log.find(matches);
      if (found === undefined) return;
      lookAtLog.delete(look);
      resolve(found);
    };
    lookAtLog.add(look);
    look();
  });
}

function dial(options: Partial<CallOptions> & { readonly script?: Script } = {}): SimulatedCall {
  const { script, ...call } = options;
  return simulateCall(startFreeSwitch({ script: { applications: SHORT, ...script } }), {
    channel: ringingChannel(),
    target: app?.address ?? '',
    asynchronous: true,
    full: true,
    ...call,
  });
}

function channelWith(headers: Readonly<Record<string, string>>): Map<string, string> {
  const channel = new Map(ringingChannel());
  for (const [name, value] of Object.entries(headers)) channel.set(name, bytesOf(value));
  return channel;
}

function executed({ applications }: CallResult): string[] {
  return applications
    .filter(({ application }) => application !== 'socket')
    .map(({ application, data }) => (data === '' ? application : `${application} ${data}`));
}

const socketFlags = ({ asynchronous, full }: { asynchronous: boolean; full: boolean }): string =>
  [...(asynchronous ? ['async'] : []), ...(full ? ['full'] : [])].join(' ');
const always = (...actions: readonly object[]): object => ({ condition: [{ action: actions }] });
const run = (application: string, data = ''): object => ({ application, data });

describe.each(MODES)('a call over socket with $mode', ({ asynchronous, full }) => {
  const modes = { asynchronous, full };

  test('is hunted with what FreeSWITCH answers, and its list is executed', async () => {
    await writeDialplan(directory, {
      first: {
        continue: true,
        condition: [
          {
            field: '${site}',
            expression: '^(Berlin)$',
            action: run('set', 'from=$1'),
            'anti-action': run('set', 'x=0'),
          },
        ],
      },
      second: {
        condition: [
          { action: { application: 'set', data: 'seen=yes', inline: true } },
          {
            field: '${seen}${db(select/x/y)}',
            expression: '^yestrue$',
            action: [run('answer'), run('playback', 'x.wav')],
          },
        ],
      },
    });
    await start();
    const result = await dial({
      ...modes,
      script: { globals: { site: 'Berlin' }, api: [{ function: 'db', answer: 'true' }] },
    }).result;
    const wanted = executed(result).filter(
      (line) => !/^(?:set|unset) (?:parkway_answer|DP_MATCH)|^push DP_MATCH/.test(line),
    );
    expect(wanted).toEqual(['set seen=yes', 'set from=Berlin', 'answer', 'playback x.wav']);
    expect(result).toMatchObject({
      fate: 'hung up',
      hangupCause: 'NORMAL_CLEARING',
      hungUpBy: 'controller',
      problems: [],
    });
  });

  test('that no extension matches is hung up: NO_ROUTE_DESTINATION', async () => {
    await writeDialplan(directory, {
      other: { condition: [{ field: 'destination_number', expression: '^$', action: run('answer') }] },
    });
    await start();
    const result = await dial(modes).result;
    expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'NO_ROUTE_DESTINATION', problems: [] });
    const entry = await logged(({ event }) => event === 'ended');
    expect(entry).toMatchObject({ level: 'warn', outcome: 'noRoute', matched: [] });
    expect(log.find(({ event }) => event === 'trace')?.['trace']).toEqual([
      'parsing [default->other] continue=false',
      expect.stringMatching(/^Regex \(FAIL\) \[other\] destination_number\(.*\) =~ \/\^\$\/ break=on-false$/),
    ]);
  });

  test('whose applications FreeSWITCH refuses has a defined end', async () => {
    await writeDialplan(directory, { broken: always(run('log', 'fine'), run('unload mod_event_socket')) });
    await start({ onError: 'hangup:NETWORK_OUT_OF_ORDER' });
    const result = await dial(modes).result;
    expect(result).toMatchObject({ fate: 'hung up', hangupCause: 'NETWORK_OUT_OF_ORDER', problems: [] });
    expect(await logged(({ event }) => event === 'ended')).toMatchObject({
      level: 'error',
      outcome: 'failed',
      message: expect.stringContaining('FreeSWITCH would unload its event socket'),
    });
  });

  test('that a transfer sends to a context comes back to that context, not to that of its origin', async () => {
    await writeDialplan(
      directory,
      { sends: always(run('transfer', '2000 XML Nacht')), rings: always(run('hangup', 'USER_BUSY')) },
      { default: ['sends'], nacht: ['rings'] },
    );
    const { address } = await start();
    const script = {
      extensions: [
        { destination: '^2000$', actions: [{ application: 'socket', data: `${address} ${socketFlags(modes)}` }] },
      ],
    };
    const result = await dial({ ...modes, script }).result;
    expect(executed(result)).toEqual(['set parkway_context=Nacht', 'transfer 2000 XML Nacht', 'hangup USER_BUSY']);
    expect(result).toMatchObject({ hangupCause: 'USER_BUSY', problems: [] });
    expect(await logged(({ context }) => context === 'Nacht')).toMatchObject({
      event: 'arrived',
      message: expect.stringContaining('context Nacht by transfer; domain example.com by default'),
    });
  });

  test('goes on with that dialplan after its last application, if so configured', async () => {
    await writeDialplan(directory, { done: always(run('log', 'fine')) });
    await start({ afterLast: 'resume' });
    const result = await dial({ ...modes, script: { afterSocket: BUSY_BEHIND } }).result;
    expect(executed(result)).toEqual(['log fine', 'hangup USER_BUSY']);
    expect(result.fate).toBe('continued');
  });

  test('is still up when Parkway stops: it is handed back after the drain time', async () => {
    await writeDialplan(directory, { endless: always(run('playback', 'x.wav')) });
    await start({ drainSeconds: 0 });
    const call = dial({ ...modes, script: { applications: LONG, afterSocket: BUSY_BEHIND } });
    await logged(({ event }) => event === 'started');
    await app?.stop();
    app = undefined;
    expect(await call.result).toMatchObject({ fate: 'continued', hangupCause: 'USER_BUSY', hungUpBy: 'hangup' });
    expect(log.find(({ event }) => event === 'ended')).toMatchObject({ level: 'info', outcome: 'handedBack' });
  });
});

test.each([true, false])('a call whose hunt fails has a defined end (asynchronous: %s)', async (asynchronous) => {
  await writeDialplan(directory, {
    reload: { condition: [{ field: '${reload mod_event_socket}', expression: '', action: run('answer') }] },
  });
  await start({ onError: 'resume' });
  const result = await dial({ asynchronous, script: { afterSocket: BUSY_BEHIND } }).result;
  expect(result).toMatchObject({ fate: 'continued', hangupCause: 'USER_BUSY', problems: [] });
  expect(await logged(({ event }) => event === 'ended')).toMatchObject({ level: 'error', outcome: 'failed' });
});

test('a call that ends within the drain time is waited for', async () => {
  await writeDialplan(directory, { short: always(run('playback', 'x.wav')) });
  await start({ drainSeconds: 60 });
  const call = dial();
  await logged(({ event }) => event === 'started');
  await app?.stop();
  app = undefined;
  expect(await call.result).toMatchObject({ fate: 'hung up', hangupCause: 'NORMAL_CLEARING', hungUpBy: 'controller' });
  expect(log.at(-1)?.message).toBe('stopped');
});

describe('what a caller sends', () => {
  const HOSTILE = 'x\r\n\r\nexit\r\n"\u202e\x1b[31m<script>${system touch /tmp/owned}%0A%ff';

  test('in a name, a number or a variable is data, and is shown escaped', async () => {
    await writeDialplan(directory, { copy: always(run('set', 'copy=${caller_id_name}'), run('hangup', 'USER_BUSY')) });
    await start();
    const channel = channelWith({ 'Caller-Caller-ID-Name': HOSTILE, variable_sip_from_display: HOSTILE });
    const result = await dial({ channel }).result;
    expect(result).toMatchObject({ hangupCause: 'USER_BUSY', hungUpBy: 'hangup', problems: [] });
    const entry = await logged(({ event }) => event === 'arrived');
    expect(entry.message).toContain('"x\\x0d\\x0a\\x0d\\x0aexit');
    expect(entry.message).not.toMatch(/[\x00-\x1f\u202e]/);
  });

  test('is not executed when it was captured', async () => {
    await writeDialplan(directory, {
      capture: {
        condition: [
          { field: 'destination_number', expression: '^(.*)$', action: [run('log', 'to $1'), run('hangup')] },
        ],
      },
    });
    await start();
    const channel = channelWith({ 'Caller-Destination-Number': 'a${system id}b' });
    const result = await dial({ channel, script: { api: [{ function: 'system', answer: 'owned' }] } }).result;
    expect(executed(result)[0]).not.toContain('owned');
    expect(executed(result).find((line) => line.startsWith('log'))).toBe('log to a%{system id}b');
  });

  test('is executed when FreeSWITCH’s own behaviour is asked for', async () => {
    await writeDialplan(directory, {
      capture: { condition: [{ field: 'destination_number', expression: '^(.*)$', action: run('log', 'to $1') }] },
    });
    await start({ 'dialplan.neutraliseCaptures': false });
    const channel = channelWith({ 'Caller-Destination-Number': 'a${system id}b' });
    const result = await dial({ channel, script: { api: [{ function: 'system', answer: 'owned' }] } }).result;
    expect(executed(result).find((line) => line.startsWith('log'))).toBe('log to aownedb');
  });
});

test('a fault about a call is logged with its id, and the call goes on', async () => {
  await writeDialplan(directory, { out: always(run('hangup', 'USER_BUSY')) });
  const observer = new Proxy({} as CallObserver, {
    get: (_target, verb) => () => {
      throw new Error(`fault in ${String(verb)}`);
    },
  });
  await start({}, observer);
  const channel = channelWith({ 'Unique-ID': 'the-call' });
  expect((await dial({ channel }).result).hangupCause).toBe('USER_BUSY');
  await logged(({ message }) => message.includes('fault in ended'));
  const faults = log.filter(({ event }) => event === 'fault');
  expect(faults.map(({ call }) => call)).toEqual(faults.map(() => 'the-call'));
  expect(faults).toHaveLength(5);
});

test('numbers are masked in every line of the log, if so configured', async () => {
  await writeDialplan(directory, { out: always(run('set', 'to=${destination_number}'), run('hangup')) });
  await start({ 'log.maskNumbers': true });
  await dial({ channel: channelWith({ 'Caller-Destination-Number': '13800138000' }) }).result;
  await logged(({ event }) => event === 'ended');
  expect(log.find(({ event }) => event === 'arrived')).toMatchObject({ destination: '*******8000' });
  expect(log.find(({ event }) => event === 'started')?.message).toMatch(/ set to=\*{7}8000$/);
  expect(JSON.stringify(log)).not.toContain('13800138000');
});

test('a changed extension counts for the next call, a broken one for none', async () => {
  await writeDialplan(directory, { one: always(run('hangup', 'USER_BUSY')) });
  await start();
  expect((await dial().result).hangupCause).toBe('USER_BUSY');
  await writeDialplan(directory, { one: always(run('hangup', 'CALL_REJECTED')) });
  await logged(({ event, version }) => event === 'dialplan' && version === 2);
  expect((await dial().result).hangupCause).toBe('CALL_REJECTED');
  await writeDialplan(directory, { one: { condition: 'nonsense' } });
  await logged(({ event, level }) => event === 'document' && level === 'error');
  expect((await dial().result).hangupCause).toBe('CALL_REJECTED');
});

test('calls beyond the limit go on with FreeSWITCH’s dialplan', async () => {
  await writeDialplan(directory, { endless: always(run('playback', 'x.wav')) });
  await start({ maxCalls: 1, drainSeconds: 0 });
  const script: Script = { applications: ENDLESS, afterSocket: BUSY_BEHIND };
  const first = dial({ script });
  await logged(({ event }) => event === 'started');
  const channel = channelWith({ 'Unique-ID': 'one-too-many' });
  expect(await dial({ script, channel }).result).toMatchObject({ fate: 'continued', hangupCause: 'USER_BUSY' });
  expect(log.find(({ event }) => event === 'excess')).toMatchObject({ call: 'one-too-many' });
  first.hangUp();
  expect((await first.result).fate).toBe('hung up');
});

test('garbage, resets and closed connections leave the daemon and its calls alone', async () => {
  await writeDialplan(directory, { busy: always(run('hangup', 'USER_BUSY')) });
  await start();
  for (const bytes of ['GET / HTTP/1.0\n\n', '\0'.repeat(70_000), 'Content-Length: -1\n\n', '']) {
    const socket = connect(app?.port ?? 0, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(bytes);
    if (bytes === '') socket.resetAndDestroy();
    else socket.end();
    await logged(({ event }) => event === 'refused');
    log.length = 0;
  }
  expect((await dial().result).hangupCause).toBe('USER_BUSY');
});

test('many calls at once, each with its own list', async () => {
  await writeDialplan(directory, {
    own: {
      condition: [
        {
          field: 'destination_number',
          expression: '^9(\\d+)$',
          action: [run('set', 'own=$1'), run('playback', '$1.wav')],
        },
      ],
    },
  });
  await start();
  const freeSwitch = startFreeSwitch({ script: { applications: SHORT } });
  const timersBefore = runningTimers();
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      simulateCall(freeSwitch, {
        channel: channelWith({ 'Unique-ID': `call-${index}`, 'Caller-Destination-Number': `9${index}` }),
        target: app?.address ?? '',
        asynchronous: index % 2 === 0,
        full: index % 3 !== 0,
      }).result.then((result) => [index, executed(result).filter((line) => !line.includes('DP_MATCH'))] as const),
    ),
  );
  for (const [index, list] of results) expect(list).toEqual([`set own=${index}`, `playback ${index}.wav`]);
  expect(freeSwitch.liveSessions).toBe(0);
  await logged(() => log.filter(({ event }) => event === 'ended').length === results.length);
  // The daemon has a few of its own, which come and go; one left behind a call would make a hundred.
  expect(runningTimers()).toBeLessThan(timersBefore + results.length / 2);
});

/** Timers of this process, those of the test's own time limit included. */
function runningTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
