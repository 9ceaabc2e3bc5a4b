/** Wires the daemon together and owns its start and stop. */
import type { Logger } from 'winston';
import type { CallObserver } from './calls/call.js';
import { controlCall, type CallOptions } from './calls/call-controller.js';
import { createCallLog } from './calls/call-log.js';
import { observeAll } from './calls/observe-all.js';
import { endCall, parseEnding, type Ending } from './calls/ending.js';
import { formatListen, parseListen, storeDirectory, type Configuration } from './configuration.js';
import { pcre2Version, setMatchLimit } from './dialplan/pcre2.js';
import { Listener, type RefusalReason } from './esl/listener.js';
import type { Session } from './esl/session.js';
import { FileSource } from './routes/file-source.js';
import type { DocumentChanges, DocumentSource } from './routes/document.js';
import { defaultDomain } from './routes/snapshot.js';
import { DialplanStore, type StoreUpdate } from './routes/store.js';

const MS = 1000;
const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  peer: 'its address is not allowed',
  flood: 'too many others have not told a channel yet',
  handshake: 'it told no channel',
};

export interface App {
  /** Where FreeSWITCH connects to. */
  readonly address: string;
  readonly port: number;
  /** Reads the dialplan again, whatever was noticed. */
  reload(): Promise<void>;
  /** Takes no more calls, lets those there are end, hands back what is left after the drain time, and closes. */
  stop(): Promise<void>;
}

/** @param observer hears of every call besides the log. @throws what keeps the daemon from starting */
export async function startApp(configuration: Configuration, logger: Logger, observer?: CallObserver): Promise<App> {
  const daemon = new Daemon(configuration, logger, observer);
  await daemon.start();
  return daemon;
}

class Daemon implements App {
  private readonly store = new DialplanStore();
  private readonly sessions = new Map<Session, Promise<void>>();
  private readonly callOptions: CallOptions;
  private readonly observer: CallObserver;
  private readonly onExcess: Ending;
  private source!: DocumentSource;
  private listener!: Listener;

  constructor(
    private readonly configuration: Configuration,
    private readonly logger: Logger,
    observer: CallObserver | undefined,
  ) {
    const log = createCallLog(logger, configuration.log);
    this.observer = observeAll([log, ...(observer === undefined ? [] : [observer])]);
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
    this.source = await FileSource.open(storeDirectory(configuration.store.url), {
      onChange: (changes) => {
        this.onChange(changes);
      },
      onError: (error) => {
        logger.error(`watching the dialplan: ${error.message}; a change may go unnoticed until SIGHUP`);
      },
    });
    try {
      this.listener = await this.listen();
    } catch (error) {
      await this.source.close();
      throw error;
    }
    logger.info(`listening on ${this.address}, PCRE2 ${pcre2Version()}`, { event: 'listening', address: this.address });
  }

  get port(): number {
    return this.listener.port;
  }

  get address(): string {
    return formatListen(parseListen(this.configuration.listen).host, this.port);
  }

  async reload(): Promise<void> {
    await this.source.reload();
  }

  async stop(): Promise<void> {
    await this.listener.stop();
    await this.source.close();
    await this.drain();
    this.listener.close();
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
    await Promise.race([Promise.all(this.sessions.values()), tooLong]);
    clearTimeout(timer);
    if (this.sessions.size === 0) return;
    this.logger.warn(`handing ${this.sessions.size} back to FreeSWITCH's dialplan`);
    const left = [...this.sessions];
    await Promise.all(left.map(([session]) => session.release()));
    await Promise.all(left.map(([, done]) => done));
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
          this.logger.warn(`more than ${maxCalls} calls: ${live.uuid} is not taken`, {
            event: 'excess',
            call: live.uuid,
          });
          await endCall(live, this.onExcess);
        },
        onRefused: (reason, peer, error) => {
          this.logger.warn(`connection from ${peer} refused: ${error?.message ?? REFUSALS[reason]}`, {
            event: 'refused',
            reason,
          });
        },
        onError: (error) => {
          this.logger.error(error.stack ?? error.message, { event: 'error' });
        },
      },
    );
  }

  private async onSession(session: Session): Promise<void> {
    const done = controlCall(session, this.store.snapshot, this.callOptions, this.observer);
    this.sessions.set(session, done);
    try {
      await done;
    } finally {
      this.sessions.delete(session);
    }
  }

  private onChange(changes: DocumentChanges): void {
    const update = this.store.update(changes);
    if (update !== undefined) this.logUpdate(update);
  }

  private logUpdate({ snapshot, changed, newProblems, solved }: StoreUpdate): void {
    for (const { severity, location, path, message } of newProblems) {
      const where = path === '' ? location : `${location} ${path}`;
      this.logger.log(severity === 'error' ? 'error' : 'warn', `${where}: ${message}`, {
        event: 'document',
        location,
        path,
      });
    }
    const problems = snapshot.problems.length;
    this.logger.info(
      `dialplan version ${snapshot.version}: ${changed.length} ${changed.length === 1 ? 'document' : 'documents'} read, ` +
        `${snapshot.domains.size} ${snapshot.domains.size === 1 ? 'domain' : 'domains'}, ` +
        `${problems} ${problems === 1 ? 'problem' : 'problems'}${solved > 0 ? `, ${solved} solved` : ''}`,
      { event: 'dialplan', version: snapshot.version, changed },
    );
  }
}

function ending(text: string): Ending {
  const parsed = parseEnding(text);
  if (parsed === undefined) throw new Error(`expected "resume" or "hangup:<CAUSE>", found "${text}"`);
  return parsed;
}
