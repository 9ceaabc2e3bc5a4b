/** The daemon in this process, on a dialplan of the test's own, and simulated calls to it. */
import { EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLogger, transports, type Logger } from 'winston';
import type { App } from '../../src/app.js';
import type { Call, CallObserver } from '../../src/calls/call.js';
import { loadConfiguration, type Configuration } from '../../src/configuration.js';
import { readDump } from '../../src/replay/read-dump.js';
import type { FreeSwitch } from '../../src/simulator/free-switch.js';
import type { LoadSummary } from '../../src/simulator/load-tally.js';
import type { Script } from '../../src/simulator/script.js';
import { simulateLoad, type LoadOptions } from '../../src/simulator/simulate-load.js';
import { startFreeSwitch } from '../../src/simulator/start-free-switch.js';
import { startApp } from './built.js';

/** Extensions as documents; the context `default` has them in this order. */
export type Extensions = Readonly<Record<string, object>>;

/** Values of the configuration by path. */
export type Settings = Readonly<Record<string, unknown>>;

export interface TestDaemonOptions {
  readonly extensions: Extensions;
  readonly settings?: Settings;
  readonly logger?: Logger;
}

export interface PlayOptions extends Partial<Omit<LoadOptions, 'channels' | 'target'>> {
  /** Headers besides those of an extension's call to another; undefined takes one away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly script?: Script;
  /** Where the calls are; by default one that follows the script. */
  readonly freeSwitch?: FreeSwitch;
  /** Behind the socket application's address: the context to take. */
  readonly path?: string;
}

/** In real time: a busy machine must not run into the simulated timeouts. */
const QUICK_BRIDGE = { application: 'bridge', peer: { ringsAfter: 2, answersAfter: 10, lasts: 100 } };
const DOMAIN = 'example.com';
const dump = readDump(readFileSync(new URL('../../examples/calls/calls-extension.txt', import.meta.url)));

export class TestDaemon {
  /** Where supervisors read, without a slash at its end. */
  readonly origin: string;

  private constructor(
    readonly app: App,
    /** Where the dialplan is: what is written there is noticed. */
    readonly directory: string,
    /** Calls that have ended, in order. */
    readonly ended: readonly Call[],
    private readonly endings: EventEmitter,
  ) {
    this.origin = `http://127.0.0.1:${app.supervisorPort ?? 0}`;
  }

  static async start({ extensions, settings = {}, logger = silent() }: TestDaemonOptions): Promise<TestDaemon> {
    const directory = await mkdtemp(path.join(tmpdir(), 'parkway-daemon-'));
    await writeDialplan(directory, extensions);
    const configuration = testConfiguration({
      'store.url': directory,
      'dialplan.timezone': 'Asia/Shanghai',
      ...settings,
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
  async play({ headers = {}, script = {}, freeSwitch, path: to, ...load }: PlayOptions = {}): Promise<LoadSummary> {
    const channel = new Map(dump);
    for (const [name, value] of Object.entries(headers)) {
      if (value === undefined) channel.delete(name);
      else channel.set(name, value);
    }
    const { calls = 1 } = load;
    const awaited = this.ended.length + calls;
    const core = freeSwitch ?? startFreeSwitch({ script: { applications: [QUICK_BRIDGE], ...script } });
    const summary = await simulateLoad(core, {
      channels: [channel],
      calls,
      concurrency: 100,
      target: to === undefined ? this.app.address : `${this.app.address}/${to}`,
      asynchronous: true,
      full: true,
      ...load,
    });
    // FreeSWITCH is through with a call a little before Parkway is.
    while (this.ended.length < awaited) await once(this.endings, 'ended');
    return summary;
  }

  /** Stops the daemon, which lets its calls end, and removes its files. */
  async stop(): Promise<void> {
    await this.app.stop();
    await rm(this.directory, { recursive: true });
  }
}

/** Writes a domain. @param contexts by default `default`, with all extensions in their order */
export async function writeDialplan(
  directory: string,
  extensions: Extensions,
  contexts: Readonly<Record<string, readonly string[]>> = { default: Object.keys(extensions) },
): Promise<void> {
  const domain = path.join(directory, DOMAIN);
  await mkdir(path.join(domain, 'extensions'), { recursive: true });
  for (const [name, extension] of Object.entries(extensions)) {
    await writeFile(path.join(domain, 'extensions', `${name}.json`), JSON.stringify(extension));
  }
  await writeFile(path.join(domain, 'contexts.json'), JSON.stringify(contexts));
}

/** On free ports, without a page unless it is asked for. */
export function testConfiguration(settings: Settings): Configuration {
  const all = { listen: '127.0.0.1:0', 'supervisor.listen': 'off', ...settings };
  const flags = Object.entries(all).map(([key, value]) => ({ path: key, value, flag: 'the test' }));
  return loadConfiguration({ file: undefined, environment: {}, flags }).configuration;
}

function onEnded(ended: (call: Call) => void): CallObserver {
  const nothing = (): void => undefined;
  return { arrived: nothing, decided: nothing, applicationStarted: nothing, applicationEnded: nothing, ended };
}

function silent(): Logger {
  return createLogger({ transports: [new transports.Console({ silent: true })] });
}
