/** Digits from the caller: `read` and `play_and_get_digits` (`switch_ivr_read`, `switch_play_and_get_digits`). */
import type { Bytes } from '../bytes.js';
import { atoi } from '../dialplan/c-values.js';
import { compileExpression } from '../dialplan/expression.js';
import { Pattern } from '../dialplan/pcre2.js';
import { splitArguments } from '../dialplan/split-arguments.js';
import { preAnswer } from './channel-signals.js';
import { playFile } from './play-file.js';
import type { SimulatedSession } from './simulated-session.js';
import type { Thread } from './thread.js';
import { transfer } from './transfer.js';

const MOST_ARGUMENTS = 11;
const SHORTEST_TIMEOUT_MS = 1000;
const DEFAULT_TERMINATORS = '#';

interface DigitRequest {
  readonly least: number;
  readonly most: number;
  readonly prompt: Bytes;
  /** The variable the digits go to; empty for none. */
  readonly variable: Bytes;
  /** Milliseconds to the first digit, and from one to the next. */
  readonly timeout: number;
  readonly digitTimeout: number;
  readonly terminators: Bytes;
}

type ReadResult = 'success' | 'timeout' | 'failure';

/** `<min> <max> <file> <variable> <timeout> <terminators> [<digit timeout>]` */
export function* read(session: SimulatedSession, data: Bytes): Thread {
  const [least = '', most = '', prompt = '', variable = '', timeout = '', terminators = '', digitTimeout = ''] =
    splitArguments(data, ' ', MOST_ARGUMENTS);
  yield* readDigits(session, {
    least: atoi(least),
    most: Math.max(atoi(most), atoi(least)),
    prompt,
    variable,
    timeout: Math.max(atoi(timeout), SHORTEST_TIMEOUT_MS),
    digitTimeout: atoi(digitTimeout) || Math.max(atoi(timeout), SHORTEST_TIMEOUT_MS),
    terminators: terminators || DEFAULT_TERMINATORS,
  });
}

/** `<min> <max> <tries> <timeout> <terminators> <file> <invalid file> <variable> <expression> [<digit timeout> [<transfer on failure>]]` */
export function* playAndGetDigits(session: SimulatedSession, data: Bytes): Thread {
  const parts = splitArguments(data, ' ', MOST_ARGUMENTS);
  const [least = '', most = '', tries = '', timeout = '', terminators = '', prompt = ''] = parts;
  const [invalid = '', variable = '', expression = '', digitTimeout = '', onFailure = ''] = parts.slice(6);
  const { channel } = session;
  const request: DigitRequest = {
    least: Math.max(atoi(least), 0),
    most: Math.max(atoi(most), atoi(least), 0),
    prompt,
    variable,
    timeout: Math.max(atoi(timeout), SHORTEST_TIMEOUT_MS),
    digitTimeout: atoi(digitTimeout) || Math.max(atoi(timeout), SHORTEST_TIMEOUT_MS),
    terminators: terminators || DEFAULT_TERMINATORS,
  };
  // Asked anew behind every wait.
  const ready = (): boolean => channel.ready;
  if (expression !== '' && variable !== '') channel.delete(`${variable}_invalid`);
  for (let left = atoi(tries); left > 0 && ready(); left -= 1) {
    const { digits, result } = yield* readDigits(session, request);
    if (result !== 'failure' && digits !== '') {
      if (expression === '' || matches(expression, digits)) return;
      if (variable !== '') {
        channel.delete(variable);
        channel.set(`${variable}_invalid`, digits);
      }
    }
    if (!ready()) return;
    yield* playFile(session, invalid);
  }
  const [extension, dialplan, context] = splitArguments(onFailure, ' ', 3);
  if (extension !== undefined && ready()) transfer(session, extension, dialplan, context);
}

function* readDigits(session: SimulatedSession, request: DigitRequest): Thread<{ digits: Bytes; result: ReadResult }> {
  const { channel } = session;
  const { least, most, prompt, variable, terminators } = request;
  channel.delete('read_result');
  if (variable !== '') channel.delete(variable);
  preAnswer(session);
  let digits = '';
  if (prompt !== '' && prompt !== 'silence') {
    yield* playFile(session, prompt, (digit) => {
      digits += digit;
      return true;
    });
  }
  const { more, terminator, timedOut } = yield* awaitDigits(session, request, digits);
  digits += more;
  if (terminator !== undefined) channel.set('read_terminator_used', terminator);
  const enough = digits.length >= least;
  const result: ReadResult = !enough ? 'failure' : timedOut ? 'timeout' : 'success';
  channel.set('read_result', result);
  if (most === 1 && terminators.includes(digits)) digits = '';
  if (variable !== '' && digits !== '') channel.set(variable, digits);
  return { digits, result };
}

interface AwaitedDigits {
  readonly more: Bytes;
  readonly terminator?: Bytes;
  readonly timedOut: boolean;
}

/** `switch_ivr_collect_digits_count` */
function* awaitDigits(
  session: SimulatedSession,
  { most, timeout, digitTimeout, terminators }: DigitRequest,
  digits: Bytes,
): Thread<AwaitedDigits> {
  let pressed = '';
  const onDigit = (digit: Bytes): boolean => {
    pressed += digit;
    return true;
  };
  let patience = digits === '' ? timeout : digitTimeout;
  while (digits.length + pressed.length < most) {
    const end = yield* session.frames({ until: session.core.clock.now() + patience, messages: 'all', onDigit });
    if (end !== 'digit') return { more: pressed, timedOut: true };
    const last = pressed.slice(-1);
    if (terminators.includes(last)) return { more: pressed.slice(0, -1), terminator: last, timedOut: false };
    patience = digitTimeout;
  }
  return { more: pressed, timedOut: false };
}

function matches(expression: Bytes, digits: Bytes): boolean {
  const pattern = compileExpression(expression);
  return pattern instanceof Pattern && pattern.test(digits);
}
