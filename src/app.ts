/** Wires the daemon together and owns its start and stop. */
import { createRequire } from 'node:module';
import type { Logger } from 'winston';
import type { CallObserver } from './calls/call.js';
import { controlCall, type CallOptions } from './calls/call-controller.js';
import { createCallLog } from './calls/call-log.js';
import { callLogger } from './calls/call-logger.js';
import { captureCalls, type Capture } from './capture/capture-calls.js';
import { observeAll } from './calls/observe-all.js';
import { endCall, parseEnding, type Ending } from './calls/ending.js';
import { formatListen, parseListen, supervisorListen, withoutPassword, type Configuration } from './configuration.js';
import { pcre2Version, setMatchLimit } from './dialplan/pcre2.js';
import { expectWritableDirectory } from './disk/expect-writable-directory.js';
import { SocketClosed } from './esl/errors.js';
import { Listener, type RefusalReason } from './esl/listener.js';
import type { Session } from './esl/session.js';
import { LiveDialplan } from './live-dialplan.js';
import type { HashGet } from './routes/redis/hash-get.js';
import { createMetrics, type Metrics } from './metrics/create-metrics.js';
import { shortId } from './report/call-lines.js';
import { defaultDomain } from './routes/snapshot.js';
import { DaemonWatch } from './supervisor/daemon-watch.js';
import type { Supervisor } from './supervisor/supervisor.js';
import { TransientMap } from './transient-map.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
const MS = 1000;
/** How long what was captured may take to be written when Parkway stops. */
const CAPTURE_CLOSE_MS = 2_000;
const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  peer: 'its address is not allowed',
  flood: 'too many others have not told a channel yet',
  handshake: 'it told no channel',
};

export interface App {
  /** Where FreeSWITCH connects to. */
  readonly address: string;
  readonly port: number;
  /** Where supervisors read; undefined if that is switched off, or the port is another program's. */
  readonly supervisorPort: number | undefined;
  /** Whether a write to the disk had not come to its end when Parkway stopped. */
  readonly isStuck: boolean;
  /** Reads the dialplan again, whatever was noticed. */
  reload(): Promise<void>;
  /** Takes no more calls, lets those there are end, hands back what is left after the drain time, and closes. */
  stop(): Promise<void>;
}

/**
 * @param observer hears of every call besides the log
 * @param droppedLines of the log, by where they were to go
 * @throws what keeps the daemon from starting
 */
export async function startApp(
  configuration: Configuration,
  logger: Logger,
  observer?: CallObserver,
  droppedLines: () => Readonly<Record<string, number>> = () => ({}),
): Promise<App> {
  const daemon = new Daemon(configuration, logger, observer, droppedLines);
  await daemon.start();
  return daemon;
}

class Daemon implements App {
  isStuck = false;
  private readonly sessions = new TransientMap<number, { readonly session: Session; readonly done: Promise<void> }>();
  private begun = 0;
  private readonly callOptions: Omit<CallOptions, 'hashGet'>;
  private readonly observer: CallObserver;
  private readonly capture: Capture | undefined;
  private readonly onExcess: Ending;
  private dialplan!: LiveDialplan;
  private hashGet: HashGet | undefined;
  private listener!: Listener;
  /** Undefined where nobody is to look. */
  private readonly watch: DaemonWatch | undefined;
  private readonly metrics: Metrics | undefined;
  private supervisor: Supervisor | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly logger: Logger,
    observer: CallObserver | undefined,
    private readonly droppedLines: () => Readonly<Record<string, number>>,
  ) {
    const log = createCallLog(logger, configuration.log);
    this.capture = createCapture(configuration, logger);
    if (supervisorListen(configuration) !== undefined) {
      this.watch = this.createWatch();
      this.metrics = this.createMetrics(this.watch);
    }
    const others = [this.capture, observer, ...(this.watch?.observers ?? []), this.metrics?.observer].filter(
      (other) => other !== undefined,
    );
    this.observer = observeAll([log, ...others], (error, { id }) => {
      const fault = (error as Error).stack ?? String(error);
      callLogger(logger, id).error(`a fault of Parkway's own, please report it: ${fault}`, { event: 'fault' });
    });
    this.onExcess = ending(configuration.onExcess);
    this.callOptions = {
      defaultDomain: (snapshot) => defaultDomain(snapshot, configuration.domain),
      neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
      serverZone: configuration.dialplan.timezone,
      onNoRoute: ending(configuration.onNoRoute),
      afterLast: ending(configuration.afterLast),
      onError: ending(configuration.onError),
    };
  }

  async start(): Promise<void> {
    const { configuration, logger } = this;
    setMatchLimit(configuration.dialplan.matchLimit);
    if (configuration.capture.dir !== undefined) await expectWritableDirectory(configuration.capture.dir);
    this.dialplan = await LiveDialplan.open(configuration, logger, this.watch);
    this.hashGet = this.dialplan.hashGet();
    try {
      this.listener = await this.listen();
      this.supervisor = await this.serveSupervisors();
    } catch (error) {
      await this.abandon();
      throw error;
    }
    logger.info(`listening on ${this.address}, PCRE2 ${pcre2Version()}`, { event: 'listening', address: this.address });
  }

  /** Undoes a start that got only so far. */
  private async abandon(): Promise<void> {
    const listener = this.listener as Listener | undefined;
    await listener?.stop();
    listener?.close();
    await this.dialplan.close();
    this.unwatch();
  }

  get port(): number {
    return this.listener.port;
  }

  get address(): string {
    return formatListen(parseListen(this.configuration.listen).host, this.port);
  }

  get supervisorPort(): number | undefined {
    return this.supervisor?.port;
  }

  async reload(): Promise<void> {
    await this.dialplan.reload();
  }

  async stop(): Promise<void> {
    if (this.watch !== undefined) this.watch.isDraining = true;
    await this.listener.stop();
    await this.dialplan.close();
    await this.drain();
    this.listener.close();
    // Last, so that whoever looks sees the calls end.
    await this.supervisor?.close();
    this.unwatch();
    this.isStuck = (await this.capture?.close(CAPTURE_CLOSE_MS)) === false;
    this.logger.info('stopped', { event: 'stopped' });
  }

  private async drain(): Promise<void> {
    const count = this.sessions.size;
    if (count === 0) return;
    const { drainSeconds } = this.configuration;
    this.logger.info(`waiting up to ${drainSeconds} s for ${count} ${count === 1 ? 'call' : 'calls'} to end`);
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, drainSeconds * MS);
    });
    await Promise.race([Promise.all([...this.sessions].map(([, { done }]) => done)), tooLong]);
    clearTimeout(timer);
    if (this.sessions.size === 0) return;
    this.logger.warn(`handing ${this.sessions.size} back to FreeSWITCH's dialplan`);
    const left = [...this.sessions].map(([, each]) => each);
    await Promise.all(left.map(({ session }) => session.release()));
    await Promise.all(left.map(({ done }) => done));
  }

  private listen(): Promise<Listener> {
    const { allow, maxCalls, listen, session } = this.configuration;
    return Listener.listen(
      {
        ...parseListen(listen),
        allow,
        maxSessions: maxCalls,
        session: {
          connectTimeoutMs: session.connectTimeoutSeconds * MS,
          lingerSeconds: session.lingerSeconds,
          startTimeoutMs: session.startTimeoutSeconds * MS,
        },
      },
      {
        onSession: (live) => this.onSession(live),
        onExcess: async (live) => {
          this.watch?.connectionRefused('excess');
          callLogger(this.logger, live.uuid).warn(`more than ${maxCalls} calls: ${shortId(live.uuid)} is not taken`, {
            event: 'excess',
          });
          await endCall(live, this.onExcess);
        },
        onRefused: (reason, peer, error) => {
          this.watch?.connectionRefused(reason);
          // A caller who hangs up this early, or a health check of the port, is nothing to be warned of.
          const level = error instanceof SocketClosed ? 'debug' : 'warn';
          this.logger.log(level, `connection from ${peer} refused: ${error?.message ?? REFUSALS[reason]}`, {
            event: 'refused',
            reason,
          });
        },
        onError: (error, live) => {
          const log = live === undefined ? this.logger : callLogger(this.logger, live.uuid);
          log.error(error.stack ?? error.message, { event: 'error' });
        },
      },
    );
  }

  private async onSession(session: Session): Promise<void> {
    const done = controlCall(
      session,
      this.dialplan.snapshot,
      { ...this.callOptions, hashGet: this.hashGet },
      this.observer,
    );
    this.begun += 1;
    const number = this.begun;
    this.sessions.set(number, { session, done });
    try {
      await done;
    } finally {
      this.sessions.delete(number);
    }
  }

  private createWatch(): DaemonWatch {
    const { store, dialplan, domain, supervisor, capture } = this.configuration;
    const places = { storeLocation: withoutPassword(store.url), captureDirectory: capture.dir };
    const watch = new DaemonWatch(
      { historySize: supervisor.history, domain, ...dialplan, ...places },
      () => this.dialplan,
    );
    this.logger.add(watch.troubles);
    return watch;
  }

  private createMetrics(watch: DaemonWatch): Metrics {
    return createMetrics({
      version,
      refused: () => watch.refused,
      store: () => watch.store,
      dropped: () => ({ ...this.droppedLines(), capture: this.capture?.lost ?? 0 }),
    });
  }

  private async serveSupervisors(): Promise<Supervisor | undefined> {
    const listen = supervisorListen(this.configuration);
    if (listen === undefined || this.watch === undefined || this.metrics === undefined) return undefined;
    try {
      // Loaded only where it is served: its libraries take longer to load than all the rest.
      const { startSupervisor } = await import('./supervisor/supervisor.js');
      const options = { ...this.configuration.supervisor, ...listen };
      return await startSupervisor(this.watch, options, this.logger, this.metrics);
    } catch (error) {
      const address = formatListen(listen.host, listen.port);
      throw new Error(`${address}, where supervisors are to read: ${(error as Error).message}`, { cause: error });
    }
  }

  private unwatch(): void {
    if (this.watch === undefined) return;
    this.watch.close();
    this.logger.remove(this.watch.troubles);
  }
}

function createCapture({ capture, dialplan }: Configuration, logger: Logger): Capture | undefined {
  const { dir } = capture;
  if (dir === undefined) return undefined;
  return captureCalls({ ...capture, dir }, dialplan, {
    onTrouble: (reason) => {
      logger.error(`capture files in ${dir}: ${reason}; calls may go uncaptured`, { event: 'capture' });
    },
    onRecovered: (lost) => {
      logger.warn(`capture files in ${dir} are written again; ${lost} calls were not captured`, { event: 'capture' });
    },
  });
}

function ending(text: string): Ending {
  const parsed = parseEnding(text);
  if (parsed === undefined) throw new Error(`expected "resume" or "hangup:<CAUSE>", found "${text}"`);
  return parsed;
}
