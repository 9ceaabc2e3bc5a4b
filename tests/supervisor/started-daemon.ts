/** A daemon in this process, with its page, and a simulated FreeSWITCH that plays calls to it. */
import { EventEmitter, once } from 'node:events';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, transports } from 'winston';
import { startApp, type App } from '../../src/app.js';
import type { Bytes } from '../../src/bytes.js';
import { loadConfiguration } from '../../src/configuration.js';
import { readDump } from '../../src/replay/read-dump.js';
import type { FreeSwitch } from '../../src/simulator/free-switch.js';
import type { LoadSummary } from '../../src/simulator/load-tally.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateLoad, type LoadOptions } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';

export interface StartedDaemon {
  readonly app: App;
  /** Where the page is, without a slash at its end. */
  readonly origin: string;
  /** Where the dialplan is: files written there are noticed. */
  readonly store: string;
  readonly freeSwitch: FreeSwitch;
  /** Plays calls; returns when they, and what Parkway does with them, are over. */
  readonly play: (options?: PlayOptions) => Promise<LoadSummary>;
  stop(): Promise<void>;
}

export interface PlayOptions extends Partial<Omit<LoadOptions, 'channels'>> {
  /** Headers that differ from the sample call's. */
  readonly headers?: Readonly<Record<string, Bytes>>;
}

/** Extensions as documents; the context `default` has them in this order. */
export type Extensions = Readonly<Record<string, object>>;

export interface DaemonOptions {
  readonly extensions?: Extensions;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly script?: Script;
}

export const DOMAIN = 'example.com';

export const EXTENSIONS: Extensions = {
  record: {
    continue: true,
    condition: [
      {
        field: 'destination_number',
        expression: '^10\\d\\d$',
        action: [{ application: 'set', data: 'recorded=true' }],
      },
    ],
  },
  colleague: {
    condition: [
      {
        field: 'destination_number',
        expression: '^(10\\d\\d)$',
        action: [
          { application: 'answer' },
          { application: 'sleep', data: '1000' },
          { application: 'hangup', data: 'NORMAL_CLEARING' },
        ],
      },
    ],
  },
  never: {
    condition: [
      { field: 'destination_number', expression: '^7777$', action: [{ application: 'hangup', data: 'USER_BUSY' }] },
    ],
  },
};

const SAMPLE = new URL('../../examples/calls/calls-out.txt', import.meta.url);

export async function startDaemon(options: DaemonOptions = {}): Promise<StartedDaemon> {
  const { extensions = EXTENSIONS, settings = {}, script } = options;
  const store = await mkdtemp(path.join(tmpdir(), 'parkway-page-'));
  await writeDialplan(store, extensions);
  const { configuration } = loadConfiguration({
    file: undefined,
    environment: {},
    flags: Object.entries({
      listen: '127.0.0.1:0',
      'supervisor.listen': '127.0.0.1:0',
      'store.url': store,
      drainSeconds: 0,
      // The machine may be busy with other tests.
      'session.connectTimeoutSeconds': 60,
      ...settings,
    }).map(([leaf, value]) => ({ path: leaf, value, flag: 'the test' })),
  });
  const logger = createLogger({ transports: [new transports.Console({ silent: true })] });
  const quiet = new EventEmitter();
  let live = 0;
  const nothing = (): void => undefined;
  const app = await startApp(configuration, logger, {
    arrived: () => (live += 1),
    decided: nothing,
    applicationStarted: nothing,
    applicationEnded: nothing,
    ended: () => {
      live -= 1;
      if (live === 0) quiet.emit('quiet');
    },
  });
  const freeSwitch = startFreeSwitch(script === undefined ? {} : { script });
  const sample = readDump(await readFile(SAMPLE));
  return {
    app,
    origin: `http://127.0.0.1:${app.supervisorPort ?? 0}`,
    store,
    freeSwitch,
    async play({ headers = {}, ...load } = {}) {
      const summary = await simulateLoad(freeSwitch, {
        channels: [new Map([...sample, ['Caller-Destination-Number', '1002'], ...Object.entries(headers)])],
        target: app.address,
        asynchronous: true,
        full: true,
        calls: 1,
        concurrency: 100,
        ...load,
      });
      // FreeSWITCH is through with a call a little before Parkway is.
      if (live > 0) await once(quiet, 'quiet');
      return summary;
    },
    async stop() {
      await app.stop();
      await rm(store, { recursive: true });
    },
  };
}

/** Writes a domain whose context `default` has the extensions in their order. */
export async function writeDialplan(store: string, extensions: Extensions): Promise<void> {
  const domain = path.join(store, DOMAIN);
  await mkdir(path.join(domain, 'extensions'), { recursive: true });
  for (const [name, document] of Object.entries(extensions)) {
    await writeFile(path.join(domain, 'extensions', `${name}.json`), JSON.stringify(document));
  }
  await writeFile(path.join(domain, 'contexts.json'), JSON.stringify({ default: Object.keys(extensions) }));
}
