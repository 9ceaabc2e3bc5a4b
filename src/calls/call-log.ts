/** Writes each call to the log as it goes. */
import type { Logger } from 'winston';
import { textOf } from '../bytes.js';
import { arrivalLine, endLine, shortId, startLine, summaryLine } from '../report/call-lines.js';
import { maskNumbers, printableText } from '../report/printable.js';
import { traceLines, traceProblems } from '../report/trace-lines.js';
import type { Call, CallObserver } from './call.js';

export interface CallLogOptions {
  /** Whether numbers are masked but for their last digits. */
  readonly maskNumbers: boolean;
}

type Level = 'debug' | 'info' | 'warn' | 'error';

export function createCallLog(logger: Logger, options: CallLogOptions): CallObserver {
  const shown = options.maskNumbers ? maskNumbers : (text: string) => text;

  function write(level: Level, call: Call, event: string, message: string, fields: Record<string, unknown> = {}): void {
    const entry = { call: call.id, event, ...fields };
    logger.log(level, `${shortId(call.id)} ${shown(message)}`, entry);
  }

  function writeTrace(level: Level, call: Call): void {
    if (!logger.isLevelEnabled(level)) return;
    const lines = [...traceLines(call.trace), ...traceProblems(call.trace).map((problem) => `! ${problem}`)];
    const trace = lines.map((line) => shown(printableText(line)));
    write(level, call, 'trace', ['trace', ...trace].join('\n    '), { trace });
  }

  return {
    arrived(call) {
      write('info', call, 'arrived', arrivalLine(call), {
        caller: shown(textOf(call.callerNumber)),
        destination: shown(textOf(call.destination)),
        domain: call.selected.domain,
        context: call.selected.name,
        mode: call.mode,
      });
    },
    decided(call) {
      writeTrace('debug', call);
    },
    applicationStarted(call, application) {
      write('info', call, 'started', startLine(application), {
        application: textOf(application.application),
        data: shown(textOf(application.data)),
      });
    },
    applicationEnded(call, application) {
      write('info', call, 'completed', endLine(application), {
        application: textOf(application.application),
        durationMs: (application.endedAt ?? application.startedAt) - application.startedAt,
        ...(application.response === undefined ? {} : { response: textOf(application.response) }),
      });
    },
    ended(call) {
      const level = levelOf(call);
      const isTraced = logger.isDebugEnabled() && call.decisionMs !== undefined;
      if (level !== 'info' && !isTraced) writeTrace(level, call);
      write(level, call, 'ended', summaryLine(call), {
        outcome: call.outcome,
        hangupCause: call.hangupCause,
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
