/** A line of a capture file as the call it is of. */
import { createRequire } from 'node:module';
import { bytesOf, type Bytes } from '../bytes.js';
import type { CapturedCall } from '../capture/captured-call.js';
import type { ChannelData } from '../dialplan/caller-profile.js';
import { createValidator } from '../dialplan/validate.js';
import type { ShownCall } from '../report/call-row.js';
import { originOf } from '../routes/select-context.js';

/** Of whatever wrote the line: all that the schema does not demand may be missing. */
export type CaptureRead = Omit<CapturedCall, 'why' | 'masked' | 'applications'> &
  Partial<Pick<CapturedCall, 'why' | 'masked' | 'applications'>>;

const schema = createRequire(import.meta.url)('../../schema/capture.schema.json') as object;
const validator = createValidator<CaptureRead>(schema, { unknownKey: 'warning' });
/** Far more than a channel's data is; reading a longer line would hold others up. */
const LONGEST_LINE = 1024 * 1024;

/** Undefined where a line is none of `schema/capture.schema.json`. */
export function readCapture(line: Buffer): CaptureRead | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  try {
    return validator.validateValue(JSON.parse(line.toString('utf8'))).document;
  } catch {
    return undefined;
  }
}

export function callOfCapture(capture: CaptureRead): ShownCall {
  const { decision, outcome, applications = [] } = capture;
  const data = channelData(capture);
  const header = (name: string): Bytes => data.get(name) ?? '';
  return {
    arrivedAt: capture.arrivedAt,
    callerNumber: header('Caller-Caller-ID-Number'),
    callerName: header('Caller-Caller-ID-Name'),
    destination: header('Caller-Destination-Number'),
    selected: { domain: capture.domain, name: capture.context, context: undefined, origin: originOf(data) },
    matched: decision?.matched.map(bytesOf) ?? [],
    decisionMs: decision?.decisionMs,
    applications: applications.map(({ application, data: text, startedAt, endedAt, response }) => ({
      application: bytesOf(application),
      data: bytesOf(text),
      startedAt,
      endedAt,
      response: response === undefined ? undefined : bytesOf(response),
    })),
    outcome: outcome.kind,
    hangupCause: outcome.hangupCause,
    isAnswered: outcome.answered,
    talkMs: outcome.talkMs,
    endedAt: outcome.endedAt,
    error: outcome.error === undefined ? undefined : { message: bytesOf(outcome.error) },
  };
}

function channelData({ data }: CaptureRead): ChannelData {
  return new Map(Object.entries(data).map(([name, value]) => [bytesOf(name), bytesOf(value)]));
}
