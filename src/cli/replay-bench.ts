/** Where recorded calls are hunted: the dialplan, the answers and the changes that the flags name. */
import process from 'node:process';
import { bytesOf } from '../bytes.js';
import { loadConfiguration } from '../configuration.js';
import { setMatchLimit } from '../dialplan/pcre2.js';
import { dateText, readClock, timeText } from '../dialplan/time-zone.js';
import { InboundClient } from '../esl/inbound-client.js';
import type { AnswerSource, KnownAnswer } from '../replay/answer-source.js';
import { parseAnswers } from '../replay/answers-file.js';
import { FreeSwitchAnswers } from '../replay/ask-freeswitch.js';
import { BUILT_INS } from '../replay/built-in-answers.js';
import { callerContext, unheededContext } from '../replay/caller-context.js';
import { answersFromGlobals } from '../replay/global-answers.js';
import { overrideData } from '../replay/override.js';
import { recordedDifferences, type DecidedPart } from '../replay/recorded-differences.js';
import { readTime } from '../replay/read-time.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import { askWhileFollowing, type Journey } from '../replay/follow-transfers.js';
import { askWhileReplaying, type Question, type ReplayOptions } from '../replay/replay.js';
import type { DocumentProblem, Snapshot } from '../routes/snapshot.js';
import { dialplanAt } from './dialplan-at.js';
import { readFile, readTextFile } from './read-file.js';
import type { ReplayFlags } from './replay-flags.js';

/** A call with its overrides, hunted, and the moment that counted. */
export interface HuntedCall extends Journey {
  readonly call: RecordedCall;
  /** What chose time and zone, in words. */
  readonly clock: string;
  /** The context FreeSWITCH had the call in, where no route chose another. */
  readonly unheededContext: string | undefined;
  /** What was decided otherwise when it was recorded. */
  readonly otherwise: readonly DecidedPart[];
}

const ANSWER_TIMEOUT_MS = 5_000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

interface Settings {
  readonly domain: string | undefined;
  readonly neutraliseCaptures: boolean;
  readonly timezone: string;
}

/** Reads the dialplan and the files the flags name, and hunts calls with them. */
export class ReplayBench {
  private readonly asked: FreeSwitchAnswers | undefined;

  private constructor(
    readonly snapshot: Snapshot,
    /** Of documents, worst first. */
    readonly problems: readonly DocumentProblem[],
    private readonly flags: ReplayFlags,
    private readonly settings: Settings,
    private readonly sources: readonly AnswerSource[],
    private readonly freeSwitch: InboundClient | undefined,
  ) {
    if (freeSwitch !== undefined) this.asked = new FreeSwitchAnswers(freeSwitch, new Set(flags.allowApi));
  }

  /** @throws UnusableFileError, UnusableYamlError, NoGlobalsError, UnreadableDialplanError, ConfigurationError, InboundError, Pcre2MissingError */
  static async open(flags: ReplayFlags): Promise<ReplayBench> {
    const { configuration } = loadConfiguration({ file: flags.config, environment: process.env, flags: [] });
    setMatchLimit(configuration.dialplan.matchLimit);
    const sources = [
      ...(flags.answers === undefined ? [] : [parseAnswers(flags.answers, readTextFile(flags.answers))]),
      ...(flags.globals === undefined
        ? []
        : [answersFromGlobals(flags.globals, readFile(flags.globals).toString('latin1'))]),
      BUILT_INS,
    ];
    const { snapshot } = await dialplanAt(flags.store ?? configuration.store.url, flags.config);
    const client =
      flags.freeswitch === undefined
        ? undefined
        : await InboundClient.open({
            ...flags.freeswitch,
            password: bytesOf(flags.password),
            timeoutMs: ANSWER_TIMEOUT_MS,
          });
    const settings = {
      domain: flags.domain ?? configuration.domain,
      neutraliseCaptures: configuration.dialplan.neutraliseCaptures,
      timezone: configuration.dialplan.timezone,
    };
    return new ReplayBench(snapshot, worstFirst(snapshot.problems), flags, settings, sources, client);
  }

  /** Hunts a recorded call as the flags change it. @throws InboundError */
  async hunt(recorded: RecordedCall): Promise<HuntedCall> {
    const { call, options, clock } = this.prepare(recorded);
    const journey = await this.run(call, options);
    const { replayed } = journey;
    return {
      call,
      ...journey,
      clock,
      unheededContext: unheededContext(call, replayed.selected),
      otherwise: call.capture === undefined ? [] : recordedDifferences(call.capture, replayed),
    };
  }

  /** The call as the flags change it, and when and where it is hunted. */
  prepare(recorded: RecordedCall): { call: RecordedCall; options: ReplayOptions; clock: string } {
    const call = this.changed(recorded);
    return { call, ...this.optionsFor(call) };
  }

  /** Hunts a call, and again where it is transferred to. @throws InboundError */
  async run(call: RecordedCall, options: ReplayOptions): Promise<Journey> {
    const replayed = await this.drive(askWhileReplaying(call, this.snapshot, options));
    return { replayed, followed: await this.drive(askWhileFollowing(call, replayed, this.snapshot, options)) };
  }

  close(): void {
    this.freeSwitch?.close();
  }

  private async drive<Result>(asking: Generator<Question, Result, KnownAnswer>): Promise<Result> {
    let step = asking.next();
    while (step.done !== true) step = asking.next(await this.ask(step.value));
    return step.value;
  }

  private ask(question: Question): Promise<KnownAnswer> | undefined {
    return this.asked?.answer(question);
  }

  private changed(call: RecordedCall): RecordedCall {
    const { destination, set } = this.flags;
    const overrides = [
      ...(destination === undefined ? [] : [{ name: 'destination_number', value: bytesOf(destination) }]),
      ...set,
    ];
    return { ...call, data: overrideData(call.data, overrides) };
  }

  private optionsFor(call: RecordedCall): { options: ReplayOptions; clock: string } {
    const { now, timezone, context, callerContext: fromCall } = this.flags;
    const zone = timezone ?? call.timezone ?? this.settings.timezone;
    const whyZone =
      timezone !== undefined ? 'as asked for' : call.timezone === undefined ? 'as configured' : 'recorded';
    const epochMs = now === undefined ? (call.time?.epochMs ?? Date.now()) : readTime(now, zone);
    const whyTime =
      now !== undefined ? 'as asked for' : call.time === undefined ? 'now: the dump tells none' : call.time.from;
    return {
      options: {
        domain: this.settings.domain,
        context: fromCall === true ? callerContext(call.data) : context,
        neutraliseCaptures: this.settings.neutraliseCaptures,
        sources: this.sources,
        moment: { epochMs, serverZone: zone },
      },
      clock: `${showTime(epochMs, zone)} ${zone} (time ${whyTime}, zone ${whyZone})`,
    };
  }
}

/** `Wed 2026-11-25 18:30:00` by the clock of a zone. */
export function showTime(epochMs: number, zone: string): string {
  const clock = readClock(epochMs, zone);
  if (clock === undefined) return new Date(epochMs).toISOString();
  return `${DAYS[clock.weekday - 1] ?? ''} ${dateText(clock)} ${timeText(clock)}`;
}

function worstFirst(problems: readonly DocumentProblem[]): readonly DocumentProblem[] {
  return [...problems].sort((one, other) => one.severity.localeCompare(other.severity));
}
