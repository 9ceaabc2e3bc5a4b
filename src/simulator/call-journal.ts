/** Keeps note of a call for its result. */
import type { Bytes } from '../bytes.js';
import type {
  CallResult,
  CallTimings,
  ExecutedApplication,
  Fate,
  ProtocolProblem,
  ReceivedCommand,
} from './call-result.js';
import type { HangupCause } from './hangup-causes.js';

const LONGEST_EXCERPT = 200;
const MICROSECONDS = 1000;

export class CallJournal {
  private readonly commands: ReceivedCommand[] = [];
  private readonly applications: ExecutedApplication[] = [];
  private readonly problems: ProtocolProblem[] = [];
  private readonly timings: CallTimings = {};
  private hangup: { cause: HangupCause; by: string } | undefined;
  private fateOfCall: Fate | undefined;

  /** `elapsed`: simulated milliseconds since the dialling. */
  constructor(private readonly elapsed: () => number) {}

  command(text: Bytes): void {
    this.commands.push({ at: this.now(), text });
  }

  /** Returns the entry, to be completed when the application ends. */
  application(application: Bytes, data: Bytes, uuid: Bytes): ExecutedApplication {
    const entry: ExecutedApplication = { application, data, uuid, startedAt: this.now() };
    this.applications.push(entry);
    return entry;
  }

  applicationEnded(entry: ExecutedApplication, response: Bytes): void {
    entry.endedAt = this.now();
    entry.response = response;
  }

  problem(problem: string, command: Bytes = ''): void {
    this.problems.push({ at: this.now(), problem, command: command.slice(0, LONGEST_EXCERPT) });
  }

  /** Notes when something happened first. */
  mark(what: keyof CallTimings): void {
    this.timings[what] ??= this.now();
  }

  hungUp(cause: HangupCause, by: string): void {
    this.hangup = { cause, by };
    this.mark('hungUp');
  }

  /** The first word on the call's fate holds. */
  fate(fate: Fate): void {
    this.fateOfCall ??= fate;
  }

  result(uuid: string): CallResult {
    return {
      uuid,
      fate: this.fateOfCall ?? 'hung up',
      ...(this.hangup === undefined ? {} : { hangupCause: this.hangup.cause, hungUpBy: this.hangup.by }),
      commands: this.commands,
      applications: this.applications,
      problems: this.problems,
      timings: this.timings,
    };
  }

  /** In whole microseconds, as FreeSWITCH counts. */
  private now(): number {
    return Math.round(this.elapsed() * MICROSECONDS) / MICROSECONDS;
  }
}
