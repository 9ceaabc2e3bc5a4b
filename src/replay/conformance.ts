/**
 * Holds the engine against hunts recorded from a running FreeSWITCH. A corpus is JSON lines: the shared base first, then one
 * case a line; bytes that are not UTF-8 are lone surrogates.
 */
import { bytesOf, textOf, type Bytes } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { compileExtension } from '../dialplan/compile-extension.js';
import { ExpressionCompiler } from '../dialplan/expression.js';
import type { ExtensionDocument } from '../dialplan/extension-document.js';
import type { Hunted } from '../dialplan/hunt.js';
import { setMatchLimit } from '../dialplan/pcre2.js';
import { replaceGlobals } from '../dialplan/replace-globals.js';
import { traceLines } from '../report/trace-lines.js';
import { defuseReferences } from '../dialplan/variables.js';
import { huntOffline, type RecordedAnswers } from './hunt-offline.js';

type Headers = Readonly<Record<string, string | null>>;

export interface ConformanceBase {
  readonly channel: Headers;
}

interface RecordedApplication {
  readonly application: string;
  readonly data: string;
}

export interface ConformanceCase {
  readonly id: string;
  readonly note?: string;
  readonly destination: string;
  readonly context: string;
  readonly timezone: string;
  /** Epoch second of the hunt. */
  readonly now: number;
  readonly globals: Readonly<Record<string, string>>;
  readonly channel: Headers;
  /** `"${…}"` to its value. */
  readonly answers: Readonly<Record<string, string>>;
  readonly extensions: readonly (ExtensionDocument & { readonly name?: string })[];
  readonly expected: {
    readonly trace: readonly string[];
    readonly actions: readonly RecordedApplication[];
    readonly inline: readonly (RecordedApplication & { readonly executed?: string })[];
    readonly hangupCause: string;
    readonly problems?: readonly string[];
  };
}

export interface Mismatch {
  readonly what: 'trace' | 'actions' | 'inline' | 'route';
  readonly expected: readonly string[];
  readonly got: readonly string[];
}

/** The hunt had not yet come to the `socket` application that showed the channel. */
const NOT_YET_SET = ['variable_socket_host', 'variable_current_application', 'variable_current_application_data'];
/** FreeSWITCH leaves PCRE2's own limit in force. */
const FREESWITCH_MATCH_LIMIT = 10_000_000;
const NO_CONTEXT = /^Context .* not found$/;

/** Hunts one case and compares: trace line by line, actions, inline applications, and whether there was a route. */
export function checkCase(recorded: ConformanceCase, base: ConformanceBase): Mismatch[] {
  const hunted = huntCase(recorded, base);
  const { expected } = recorded;
  return [
    compare('trace', expected.trace, traceLines(hunted.trace)),
    compare('actions', expected.actions.map(showApplication), hunted.applications.map(textApplication)),
    compare(
      'inline',
      expected.inline.map((action) => `${showApplication(action)}${showExecuted(action.executed)}`),
      hunted.inline.map((action) => {
        const executed = action.executed === undefined ? undefined : textOf(action.executed);
        return `${textApplication(action)}${showExecuted(executed)}`;
      }),
    ),
    compare('route', [hadRoute(recorded) ? 'route' : 'no route'], [hunted.route ? 'route' : 'no route']),
  ].flatMap((mismatch) => mismatch ?? []);
}

function huntCase(recorded: ConformanceCase, base: ConformanceBase): Hunted {
  setMatchLimit(FREESWITCH_MATCH_LIMIT);
  const compiler = new ExpressionCompiler();
  const contextMissing = recorded.expected.problems?.some((problem) => NO_CONTEXT.test(problem)) ?? false;
  return huntOffline(
    {
      data: channelData(recorded, base),
      context: bytesOf(recorded.context),
      extensions: contextMissing
        ? undefined
        : preprocess(recorded).map((document) => compileExtension(document.name, document, compiler)),
      compiler,
      moment: { epochMs: recorded.now * 1000, serverZone: recorded.timezone },
      neutraliseCaptures: false,
    },
    recordedAnswers(recorded),
  );
}

function channelData(recorded: ConformanceCase, base: ConformanceBase): Map<string, Bytes> {
  const headers: Record<string, string | null> = { ...base.channel, ...recorded.channel };
  // What the socket's encoding made ambiguous (`%20`), the case tells as it was.
  headers['Caller-Destination-Number'] = recorded.destination;
  for (const header of NOT_YET_SET) headers[header] = null;
  return new Map(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[bytesOf(name), bytesOf(value)]])),
  );
}

/** FreeSWITCH replaces `$${name}` by the global variable while it reads the XML. */
function preprocess(recorded: ConformanceCase): ConformanceCase['extensions'] {
  const globals = recordedGlobals(recorded);
  const global = (name: string): string => textOf(globals.get(lowerCase(bytesOf(name))) ?? '');
  const replace = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? replaceGlobals(value, global).text : value;
  return JSON.parse(JSON.stringify(recorded.extensions, replace)) as ConformanceCase['extensions'];
}

function recordedGlobals({ globals }: ConformanceCase): Map<Bytes, Bytes> {
  return new Map(
    Object.entries(globals).map(([name, value]) => [lowerCase(bytesOf(name)), defuseReferences(bytesOf(value))]),
  );
}

function recordedAnswers(recorded: ConformanceCase): RecordedAnswers {
  const globals = recordedGlobals(recorded);
  const answers = new Map(Object.entries(recorded.answers).map(([text, value]) => [bytesOf(text), bytesOf(value)]));
  return {
    global: (name) => globals.get(lowerCase(name)),
    api: (call) => answers.get(call.expandedText) ?? answers.get(call.text),
  };
}

function hadRoute({ expected }: ConformanceCase): boolean {
  return expected.actions.length > 0 || expected.inline.length > 0 || expected.hangupCause !== 'NO_ROUTE_DESTINATION';
}

function compare(what: Mismatch['what'], expected: readonly string[], got: readonly string[]): Mismatch | undefined {
  const same =
    expected.length === got.length &&
    expected.every((line, index) => withoutVolatile(line) === withoutVolatile(got[index] as string));
  return same ? undefined : { what, expected, got };
}

/** A channel's times and transfers are those of the call before the hunt: what stands for them cannot be compared. */
function withoutVolatile(line: string): string {
  return line.replace(/\b\d{10}:[0-9a-f-]{36}:\w+:[^\s)|]*/g, '<transfer>').replace(/\b1[0-9]{15}\b/g, '<time>');
}

function showApplication({ application, data }: RecordedApplication): string {
  return `${application}(${data})`;
}

function textApplication({ application, data }: { application: Bytes; data: Bytes }): string {
  return showApplication({ application: textOf(application), data: textOf(data) });
}

function showExecuted(executed: string | undefined): string {
  return executed === undefined ? ' not executed' : ` executed as (${executed})`;
}
