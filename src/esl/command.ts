/** Commands to bytes. Nothing a value holds can add a header, a body or a command. */
import type { Bytes } from '../bytes.js';
import { CommandRefused } from './errors.js';

export type CommandHeaders = Readonly<Record<string, Bytes>>;

/** Longer values travel in the body. */
const LONGEST_HEADER_VALUE = 1024;
const LINE_BREAK_OR_NUL = /[\r\n\0]/;

/**
 * FreeSWITCH looks for these words anywhere in a command's line and headers, and where both stand takes the command for one
 * that unloads or reloads its event socket, which ends every call's controller at once.
 */
const UNLOADING = /(?:un|re)load/i;
const EVENT_SOCKET = /mod_event_socket/i;

/** One command as it is written. @throws {@link CommandRefused} if a part of it would be read as something else. */
export function encodeCommand(line: Bytes, headers: CommandHeaders = {}, body?: Bytes): Bytes {
  return encodeLines([line, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)], body);
}

/** `sendmsg` that leaves a list of applications to FreeSWITCH, as if its own dialplan had hunted it. @throws {@link CommandRefused} */
export function encodeHandOver(applications: readonly Pick<Execution, 'application' | 'data'>[]): Bytes {
  const headers = applications.map(
    ({ application, data }) => `application: ${application}${data === '' ? '' : ` ${data}`}`,
  );
  return encodeLines(['sendmsg', 'call-command: xferext', ...headers]);
}

function encodeLines(lines: readonly Bytes[], body?: Bytes): Bytes {
  const text = lines.join('\n');
  if (lines.some((line) => LINE_BREAK_OR_NUL.test(line))) {
    throw new CommandRefused(nameOf(text), 'a line break or NUL where none may be; not sent');
  }
  if (UNLOADING.test(text) && EVENT_SOCKET.test(text)) {
    throw new CommandRefused(nameOf(text), 'FreeSWITCH would unload its event socket; not sent');
  }
  return body === undefined ? `${text}\n\n` : `${text}\ncontent-length: ${body.length}\n\n${body}`;
}

export interface Execution {
  readonly application: Bytes;
  readonly data: Bytes;
  /** What the events about it will carry as `Application-UUID`. */
  readonly uuid: string;
  /** Whether messages behind it wait until it is done. */
  readonly lock: boolean;
}

/** `sendmsg` that executes an application. @throws {@link CommandRefused} */
export function encodeExecute({ application, data, uuid, lock }: Execution): Bytes {
  const lines = ['sendmsg', 'call-command: execute', `execute-app-name: ${application}`, `Event-UUID: ${uuid}`];
  if (lock) lines.push('event-lock: true');
  if (data === '') return encodeLines(lines);
  if (fitsHeader(data)) return encodeLines([...lines, `execute-app-arg: ${data}`]);
  if (data.includes('\0')) throw new CommandRefused(`sendmsg ${application}`, 'a NUL in its data; not sent');
  return encodeLines([...lines, 'content-type: text/plain'], data);
}

/** FreeSWITCH drops spaces in front of a header's value. */
function fitsHeader(value: Bytes): boolean {
  return (
    value.length <= LONGEST_HEADER_VALUE &&
    !value.startsWith(' ') &&
    !LINE_BREAK_OR_NUL.test(value) &&
    !EVENT_SOCKET.test(value)
  );
}

function nameOf(line: Bytes): string {
  return line.slice(0, 40).split(/[\r\n]/, 1)[0] ?? '';
}
