/** The daemon's logs: to standard output, and if configured to a file and to syslog. None can hold a call up. */
import { createLogger as createWinston, format, type Logger } from 'winston';
import type { Configuration } from '../configuration.js';
import { BoundedWriter, type Destination } from '../disk/bounded-writer.js';
import { Descriptor } from '../disk/descriptor.js';
import { BoundedTransport } from '../logs/bounded-transport.js';
import { LogFile } from '../logs/log-file.js';
import { SyslogTransport } from '../logs/syslog-transport.js';
import { printableText } from '../report/printable.js';
import { entryFormat, jsonFormat, lineFormat } from './create-logger.js';

export interface Logs {
  readonly logger: Logger;
  /** Lines that were dropped, by where they were to go. */
  dropped(): Readonly<Record<string, number>>;
  /** Writes what waits, but gives up after so many milliseconds; tells whether all was written. */
  close(withinMs: number): Promise<boolean>;
}

/** Some 20,000 lines. */
const CAPACITY = 8 * 1024 * 1024;
const BLOCK_BYTES = 256 * 1024;
/** Each block wakes a thread that writes it: not one for every line of a busy second. */
const GATHER_MS = 20;

export function openLogs(
  log: Configuration['log'],
  stream: NodeJS.WriteStream & { readonly fd: number },
  environment: NodeJS.ProcessEnv,
): Logs {
  const logger = createWinston({ level: log.level, format: entryFormat() });
  const listener = (place: string): Listener => ({
    onTrouble: (reason) => logger.error(`the log in ${place}: ${reason}; lines may be dropped`, { event: 'log' }),
    onRecovered: (lost) => logger.warn(`the log in ${place} goes on; ${lost} lines were dropped`, { event: 'log' }),
  });
  const bounded = (name: string, place: string, destination: Destination, lines: Format) =>
    new BoundedTransport(name, writer(destination, listener(place)), { format: lines });
  const output = new Descriptor(stream.fd);
  const outputs: (BoundedTransport | SyslogTransport)[] = [
    bounded('stdout', 'standard output', output, lineFormat({ ...log, stream, environment })),
  ];
  if (log.file !== undefined) {
    const { onTrouble } = listener(log.file);
    outputs.push(bounded('file', log.file, new LogFile(log.file, log, onTrouble), jsonFormat()));
  }
  if (log.syslog !== undefined) {
    outputs.push(new SyslogTransport(log.syslog, listener(log.syslog), { format: oneLine() }));
  }
  for (const each of outputs) logger.add(each);
  return {
    logger,
    dropped: () => Object.fromEntries(outputs.map(({ name, lost }) => [name, lost])),
    async close(withinMs) {
      const flushed = await Promise.all(outputs.map((each) => each.flush(withinMs)));
      return flushed.every((isWritten) => isWritten);
    },
  };
}

type Format = ReturnType<typeof format.combine>;

interface Listener {
  readonly onTrouble: (reason: string) => void;
  readonly onRecovered: (lost: number) => void;
}

function writer(destination: Destination, listener: Listener): BoundedWriter {
  return new BoundedWriter(destination, {
    capacity: CAPACITY,
    blockBytes: BLOCK_BYTES,
    gatherMs: GATHER_MS,
    ...listener,
  });
}

/** Syslog has its own time and level, and no room for several lines. */
function oneLine(): ReturnType<typeof format.printf> {
  return format.printf(({ message }) => printableText(String(message).replace(/\n\s*/g, ' | ')));
}
