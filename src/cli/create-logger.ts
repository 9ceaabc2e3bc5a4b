/** All logs go through winston: pretty for a person at a terminal, JSON for everything else. */
import { createLogger as createWinston, format, transports, type Logger } from 'winston';
import { printableText } from '../report/printable.js';

export interface LoggerOptions {
  readonly level: string;
  readonly format: 'auto' | 'pretty' | 'json';
  /** Where the logs go; a terminal gets colours unless NO_COLOR is set. */
  readonly stream: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const COLOURS: Readonly<Record<string, string>> = { error: '31', warn: '33', info: '36', debug: '90' };
const LONGEST_LEVEL = 5;
const SPLAT = Symbol.for('splat');
const MESSAGE = Symbol.for('message');

type Format = ReturnType<typeof format.combine>;

/** A logger that writes to a stream and waits for nobody; what a daemon logs goes through `openLogs`. */
export function createLogger(options: LoggerOptions): Logger {
  // Whoever read the log may be gone; that is no reason to stop.
  options.stream.on('error', () => undefined);
  return createWinston({
    level: options.level,
    format: entryFormat(),
    transports: [new transports.Stream({ stream: options.stream, format: lineFormat(options) })],
  });
}

/** What every line has, however it looks. */
export function entryFormat(): Format {
  return format.combine(keepFields(), format.timestamp());
}

/** How a line looks where the logs go. */
export function lineFormat({ format: wanted, stream, environment }: LoggerOptions): Format {
  const isTerminal = stream.isTTY;
  const isPretty = wanted === 'pretty' || (wanted === 'auto' && isTerminal);
  const noColour = environment['NO_COLOR'];
  return isPretty ? pretty(isTerminal && (noColour === undefined || noColour === '')) : jsonFormat();
}

/**
 * winston takes the fields behind a message that holds `%s` or its like for values to put there, and drops them: a caller's
 * name is enough to hold one.
 */
const keepFields = format((entry) => {
  const [fields] = (entry[SPLAT] ?? []) as readonly unknown[];
  return typeof fields === 'object' && fields !== null ? Object.assign(entry, fields) : entry;
});

/** winston's own sorts the fields of each line and looks for circles; what is logged here is flat. */
export const jsonFormat = format((entry) => {
  entry[MESSAGE] = JSON.stringify(entry);
  return entry;
});

function pretty(colours: boolean): Format {
  return format.combine(
    format.timestamp({ format: 'HH:mm:ss.SSS' }),
    format.printf(({ level, message, timestamp }) => {
      const padded = level.padEnd(LONGEST_LEVEL);
      const shown = colours ? `\x1b[${COLOURS[level] ?? '0'}m${padded}\x1b[0m` : padded;
      // What is logged of a call is printable already; whatever else is, may quote what a caller sent.
      const lines = String(message).split('\n').map(printableText);
      return `${String(timestamp)} ${shown} ${lines.join('\n')}`;
    }),
  );
}
