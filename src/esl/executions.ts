/** What was sent to FreeSWITCH to be executed and is not done yet: that it began, that it is done, or why it never will be. */
import type { Bytes } from '../bytes.js';
import { refusal, type EslConnection } from './connection.js';
import { CommandRefused, type EslError } from './errors.js';
import type { EslEvent } from './event.js';
import type { Timers } from './timers.js';

export interface ApplicationToExecute {
  readonly application: Bytes;
  readonly data: Bytes;
}

/** An application that is done. */
export interface Completion {
  /** Its data as FreeSWITCH executed it, expanded; undefined where FreeSWITCH does not say (synchronous mode). */
  readonly data: Bytes | undefined;
  /** `Application-Response`, such as `FILE PLAYED`; undefined where there is none. */
  readonly response: Bytes | undefined;
}

export interface Execution {
  readonly application: Bytes;
  readonly uuid: string;
  /** Its data as FreeSWITCH began to execute it; undefined where FreeSWITCH does not say, and if it never began. */
  readonly begun: Promise<Bytes | undefined>;
  readonly done: Promise<Completion>;
}

const NO_RESPONSE = '_none_';

export class Executions {
  private readonly rejections = new Set<(error: EslError) => void>();
  /** Executions whose beginning FreeSWITCH has yet to tell, and who is to hear of it. */
  private readonly beginnings = new Map<string, (data: Bytes | undefined) => void>();
  private cancelGuard: () => void = () => undefined;

  /** @param startTimeoutMs how long an application may take to begin once it is its turn */
  constructor(
    private readonly timers: Timers,
    private readonly startTimeoutMs: number,
  ) {}

  get isEmpty(): boolean {
    return this.rejections.size === 0;
  }

  /** @param onCompleteEvent hears of the event that says it is done, before anybody who waits does */
  send(
    connection: EslConnection,
    { application, data }: ApplicationToExecute,
    onCompleteEvent: (event: EslEvent) => void,
  ): Execution {
    const { promise: done, resolve, reject } = deferred<Completion>();
    // Awaited in its turn; until then a rejection is nobody's yet.
    done.catch(() => undefined);
    const uuid = connection.execute(application, data, (event: EslEvent) => {
      this.rejections.delete(reject);
      const refused = refusal(event);
      if (refused !== undefined) {
        reject(new CommandRefused(`sendmsg ${application}`, refused));
        return;
      }
      if (isCompleteEvent(event)) onCompleteEvent(event);
      resolve(completionOf(event));
    });
    this.rejections.add(reject);
    const begun = connection.isAsync ? this.beginning(uuid, done) : Promise.resolve(undefined);
    return { application, uuid, begun, done };
  }

  /** CHANNEL_EXECUTE: FreeSWITCH tells what it began. */
  onBegun(event: EslEvent): void {
    this.beginnings.get(event.getHeader('Application-UUID') ?? '')?.(event.getHeader('Application-Data') ?? '');
    this.cancelGuard();
  }

  /** An application FreeSWITCH cannot even begin gives no event at all: there must be an end to waiting for it. */
  guardStart({ application, uuid }: Execution): void {
    this.cancelGuard();
    if (!this.beginnings.has(uuid)) return;
    this.cancelGuard = this.timers.after(this.startTimeoutMs, () => {
      this.rejectAll(new CommandRefused(`sendmsg ${application}`, `did not begin within ${this.startTimeoutMs} ms`));
    });
  }

  endGuard(): void {
    this.cancelGuard();
  }

  rejectAll(error: EslError): void {
    const rejections = [...this.rejections];
    this.rejections.clear();
    for (const reject of rejections) reject(error);
  }

  private beginning(uuid: string, done: Promise<unknown>): Promise<Bytes | undefined> {
    return new Promise((resolve) => {
      const begin = (data: Bytes | undefined): void => {
        this.beginnings.delete(uuid);
        resolve(data);
      };
      this.beginnings.set(uuid, begin);
      const giveUp = (): void => {
        begin(undefined);
      };
      done.then(giveUp, giveUp);
    });
  }
}

/** In synchronous mode the reply to the message is all there is. */
function isCompleteEvent({ type }: EslEvent): boolean {
  return type === 'CHANNEL_EXECUTE_COMPLETE';
}

function completionOf(event: EslEvent): Completion {
  if (!isCompleteEvent(event)) return { data: undefined, response: undefined };
  const response = event.getHeader('Application-Response') ?? undefined;
  return {
    data: event.getHeader('Application-Data') ?? '',
    response: response === NO_RESPONSE ? undefined : response,
  };
}

function deferred<Value>(): {
  promise: Promise<Value>;
  resolve: (value: Value) => void;
  reject: (error: Error) => void;
} {
  let resolve!: (value: Value) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<Value>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
