/** Writes each call to the log as it goes. */
import type { Logger } from 'winston';
import { textOf } from '../bytes.js';
import { arrivalLine, endLine, originText, shortId, startLine, summaryLine } from '../report/call-lines.js';
import { maskNumbers, printableText } from '../report/printable.js';
import { traceLines, traceProblems } from '../report/trace-lines.js';
import type { Call, CallObserver } from './call.js';
import { callLogger } from './call-logger.js';

export interface CallLogOptions {
  /** Whether numbers are masked but for their last digits. */
  readonly maskNumbers: boolean;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

export function createCallLog(logger: Logger, options: CallLogOptions): CallObserver {
  const shown = options.maskNumbers ? maskNumbers : (text: string) => text;
  const loggers = new WeakMap<Call, Logger>();

  function loggerOf(call: Call): Logger {
    let own = loggers.get(call);
    if (own === undefined) loggers.set(call, (own = callLogger(logger, call.id)));
    return own;
  }

  function write(level: Level, call: Call, event: string, message: string, fields: Record<string, unknown> = {}): void {
    // As one entry: fields behind a message that holds `%s`, as a caller's name may, are taken for values to put there.
    loggerOf(call).log({ level, message: `${shortId(call.id)} ${shown(message)}`, event, ...fields });
  }

  /** In the first line and in the last, so that each tells which call it was without the other. */
  function identity({ callerNumber, callerName, destination, selected }: Call): Record<string, unknown> {
    return {
      caller: shown(textOf(callerNumber)),
      callerName: shown(textOf(callerName)),
      destination: shown(textOf(destination)),
      origin: shown(originText(selected.origin)),
      domain: selected.domain,
      context: selected.name,
      why: shown(selected.why),
    };
  }

  function writeTrace(level: Level, call: Call): void {
    if (!logger.isLevelEnabled(level)) return;
    const lines = [...traceLines(call.trace), ...traceProblems(call.trace).map((problem) => `! ${problem}`)];
    const trace = lines.map((line) => shown(printableText(line)));
    write(level, call, 'trace', ['trace', ...trace].join('\n    '), { trace });
  }

  return {
    arrived(call) {
      if (!logger.isInfoEnabled()) return;
      write('info', call, 'arrived', arrivalLine(call), { ...identity(call), mode: call.mode });
    },
    decided(call) {
      writeTrace('debug', call);
    },
    applicationStarted(call, application) {
      if (!logger.isInfoEnabled()) return;
      write('info', call, 'started', startLine(application), {
        application: textOf(application.application),
        data: shown(textOf(application.data)),
      });
    },
    applicationEnded(call, application) {
      if (!logger.isInfoEnabled()) return;
      write('info', call, 'completed', endLine(application), {
        application: textOf(application.application),
        durationMs: (application.endedAt ?? application.startedAt) - application.startedAt,
        ...(application.response === undefined ? {} : { response: textOf(application.response) }),
      });
    },
    ended(call) {
      const level = levelOf(call);
      if (!logger.isLevelEnabled(level)) return;
      const isTraced = logger.isDebugEnabled() && call.decisionMs !== undefined;
      if (level !== 'info' && !isTraced) writeTrace(level, call);
      write(level, call, 'ended', summaryLine(call), {
        ...identity(call),
        outcome: call.outcome,
        hangupCause: call.hangupCause,
        error: call.error === undefined ? undefined : shown(textOf(call.error.message)),
        durationMs: (call.endedAt ?? call.arrivedAt) - call.arrivedAt,
        matched: call.matched.map(textOf),
        decisionMs: call.decisionMs,
        talkMs: call.talkMs,
      });
    },
  };
}

function levelOf({ outcome }: Call): Level {
  if (outcome === 'failed') return 'error';
  return outcome === 'noRoute' ? 'warn' : 'info';
}
