/** The page's server, told of thousands of calls the way the daemon tells of them, without a FreeSWITCH that would have to play them. */
import { createLogger, transports } from 'winston';
import type { Call, CallObserver, ExecutedApplication } from '../../src/calls/call.js';
import { observeAll } from '../../src/calls/observe-all.js';
import { createMetrics } from '../../src/metrics/create-metrics.js';
import { DialplanStore } from '../../src/routes/store.js';
import { DaemonWatch } from '../../src/supervisor/daemon-watch.js';
import { startSupervisor } from '../../src/supervisor/supervisor.js';

export interface BusyServer {
  readonly origin: string;
  /** Calls that came so far. */
  readonly arrivals: number;
  /** One more event: a call comes, is decided, executes something else, or the one that goes on for longest ends. */
  next(): void;
  close(): Promise<void>;
}

const APPLICATIONS = ['answer', 'playback', 'bridge'];
/** Of a call that comes, is followed and ends: arrival, decision, three applications, the end of another. */
const EVENTS_A_CALL = 6;

/** @param count calls that are in progress from the beginning, and stay as many */
export async function startBusyServer(count: number): Promise<BusyServer> {
  const dialplan = new DialplanStore();
  const watch = new DaemonWatch(
    {
      historySize: 10_000,
      domain: undefined,
      timezone: 'UTC',
      neutraliseCaptures: false,
      storeLocation: 'dialplan',
      captureDirectory: undefined,
    },
    () => ({ snapshot: dialplan.snapshot, status: { isStale: false, asOf: undefined, redis: undefined } }),
  );
  const observer = observeAll(watch.observers, (error) => {
    throw error;
  });
  const logger = createLogger({ transports: [new transports.Console({ silent: true })] });
  const metrics = createMetrics({ version: '', refused: () => ({}), store: () => watch.store, dropped: () => ({}) });
  const options = {
    ...{ host: '127.0.0.1', port: 0, token: undefined, administratorToken: undefined, userHeader: undefined },
    ...{ proxies: [], administrators: [], maskNumbers: false },
  };
  const supervisor = await startSupervisor(watch, options, logger, metrics);
  const calls: Call[] = [];
  let arrivals = 0;
  let turn = 0;
  const arrive = (): void => {
    calls.push(newCall(arrivals));
    arrivals += 1;
    observer.arrived(calls.at(-1) as Call);
  };
  const proceed = (call: Call, step: number): void => {
    if (step === 0) decide(observer, call);
    else execute(observer, call, APPLICATIONS[step - 1] as string);
  };
  for (let index = 0; index < count; index += 1) {
    arrive();
    for (const step of [0, 1, 2, 3]) proceed(calls.at(-1) as Call, step);
  }
  return {
    origin: `http://127.0.0.1:${supervisor.port ?? 0}`,
    get arrivals() {
      return arrivals;
    },
    next() {
      const step = turn % EVENTS_A_CALL;
      turn += 1;
      if (step === 0) arrive();
      else if (step < EVENTS_A_CALL - 1) proceed(calls.at(-1) as Call, step - 1);
      else end(observer, calls.shift() as Call);
    },
    async close() {
      await supervisor.close();
      watch.close();
    },
  };
}

function newCall(index: number): Call {
  const caller = `1380013${String(index).padStart(4, '0')}`;
  return {
    id: `call-${index}`,
    arrivedAt: Date.now(),
    callerNumber: caller,
    callerName: `Caller ${index}`,
    destination: `1${String(index % 1000).padStart(3, '0')}`,
    mode: 'async',
    data: new Map([['Caller-Caller-ID-Number', caller]]),
    selected: {
      domain: 'example.com',
      name: 'default',
      context: undefined,
      origin: { kind: 'gateway', name: 'trunk', profile: 'external' },
      choice: { context: { by: 'default', of: undefined }, domain: { variable: undefined, unknown: undefined } },
      why: '',
    },
    trace: [],
    answers: [],
    hunted: undefined,
    matched: [],
    decisionMs: undefined,
    applications: [],
    outcome: undefined,
    hangupCause: undefined,
    isAnswered: false,
    talkMs: undefined,
    endedAt: undefined,
    error: undefined,
  };
}

function decide(observer: CallObserver, call: Call): void {
  call.decisionMs = 1;
  call.matched = ['reception'];
  observer.decided(call);
}

function execute(observer: CallObserver, call: Call, application: string): void {
  const before = call.applications.at(-1);
  if (before !== undefined) before.endedAt = Date.now();
  const started: ExecutedApplication = {
    ...{ application, data: `sofia/gateway/trunk/${call.destination}`, startedAt: Date.now() },
    ...{ endedAt: undefined, response: undefined },
  };
  call.applications.push(started);
  observer.applicationStarted(call, started);
}

function end(observer: CallObserver, call: Call): void {
  call.endedAt = Date.now();
  call.outcome = 'hungUp';
  call.hangupCause = 'NORMAL_CLEARING';
  observer.ended(call);
}
