/** The daemon in this process, on a dialplan of the test's own, and simulated calls to it. */
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, transports, type Logger } from 'winston';
import type { App } from '../../src/app.js';
import type { Call, CallObserver } from '../../src/calls/call.js';
import { loadConfiguration } from '../../src/configuration.js';
import { readDump } from '../../src/replay/read-dump.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateLoad } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { startApp } from './built.js';

/** In real time: a busy machine must not run into the simulated timeouts. */
const QUICK_BRIDGE = { application: 'bridge', peer: { ringsAfter: 2, answersAfter: 10, lasts: 100 } };
const DOMAIN = 'example.com';
const dump = readDump(readFileSync(new URL('../../examples/calls/calls-extension.txt', import.meta.url)));

export interface TestDaemonOptions {
  /** Extensions of context `default`, in order. */
  readonly extensions: Readonly<Record<string, unknown>>;
  /** Values of the configuration by path. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly logger?: Logger;
}

export interface PlayOptions {
  readonly calls?: number;
  /** Headers besides those of an extension's call to another; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly script?: Script;
  readonly asynchronous?: boolean;
  readonly full?: boolean;
  readonly hangupAfter?: number;
  /** Behind the socket application's address: the context to take. */
  readonly path?: string;
}

export class TestDaemon {
  private constructor(
    readonly app: App,
    readonly directory: string,
    /** Calls that have ended, in order. */
    readonly ended: readonly Call[],
    private readonly endings: EventEmitter,
  ) {}

  static async start({ extensions, settings = {}, logger = silent() }: TestDaemonOptions): Promise<TestDaemon> {
    const directory = await mkdtemp(path.join(tmpdir(), 'parkway-daemon-'));
    const place = path.join(directory, DOMAIN);
    await mkdir(path.join(place, 'extensions'), { recursive: true });
    await writeFile(path.join(place, 'contexts.json'), JSON.stringify({ default: Object.keys(extensions) }));
    for (const [name, extension] of Object.entries(extensions)) {
      await writeFile(path.join(place, 'extensions', `${name}.json`), JSON.stringify(extension));
    }
    const all = {
      'store.url': directory,
      listen: '127.0.0.1:0',
      'supervisor.listen': 'off',
      'dialplan.timezone': 'Asia/Shanghai',
      ...settings,
    };
    const { configuration } = loadConfiguration({
      file: undefined,
      environment: {},
      flags: Object.entries(all).map(([key, value]) => ({ path: key, value, flag: 'the test' })),
    });
    const ended: Call[] = [];
    const endings = new EventEmitter();
    const observer = onEnded((call) => {
      ended.push(call);
      endings.emit('ended');
    });
    return new TestDaemon(await startApp(configuration, logger, observer), directory, ended, endings);
  }

  /** Plays calls and returns when they, and what the daemon does with them, are over. */
  async play(options: PlayOptions = {}): Promise<void> {
    const { calls = 1, headers = {}, script = {}, asynchronous = true, full = true, hangupAfter, path: to } = options;
    const channel = new Map(dump);
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) channel.delete(name);
      else channel.set(name, value);
    }
    const awaited = this.ended.length + calls;
    await simulateLoad(startFreeSwitch({ script: { applications: [QUICK_BRIDGE], ...script } }), {
      channels: [channel],
      calls,
      concurrency: 10,
      target: to === undefined ? this.app.address : `${this.app.address}/${to}`,
      asynchronous,
      full,
      ...(hangupAfter === undefined ? {} : { hangupAfter }),
      giveUpAfter: 20_000,
    });
    while (this.ended.length < awaited) await once(this.endings, 'ended');
  }

  /** Stops the daemon, which lets its calls end, and removes its files. */
  async stop(): Promise<void> {
    await this.app.stop();
    await rm(this.directory, { recursive: true });
  }
}

function onEnded(ended: (call: Call) => void): CallObserver {
  const nothing = (): void => undefined;
  return { arrived: nothing, decided: nothing, applicationStarted: nothing, applicationEnded: nothing, ended };
}

function silent(): Logger {
  return createLogger({ transports: [new transports.Console({ silent: true })] });
}
