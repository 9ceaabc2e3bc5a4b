/** The channel a test speaks of, and what is known besides it. */
import { bytesOf, type Bytes } from '../bytes.js';
import { findProfileField } from '../dialplan/caller-profile.js';
import type { Scalar } from '../dialplan/extension-document.js';
import { zoneOffset } from '../dialplan/time-zone.js';
import { variableFromData } from '../dialplan/variables.js';
import { answersFromTexts, KNOWS_NOTHING, type AnswerSource } from '../replay/answer-source.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import type { CallDocument, SituationDocument } from './test-document.js';

export interface CallUnderTest {
  readonly data: ReadonlyMap<string, Bytes>;
  /** The test's own answers, then those of the dump. */
  readonly answers: readonly AnswerSource[];
  /** Undefined where neither the test nor its dump says when. */
  readonly epochMs: number | undefined;
  readonly serverZone: string;
}

const NOBODY: ReadonlyMap<string, Bytes> = new Map([
  ['Event-Name', 'CHANNEL_DATA'],
  ['Unique-ID', '00000000-0000-4000-8000-000000000000'],
  ['Caller-Unique-ID', '00000000-0000-4000-8000-000000000000'],
  ['Call-Direction', 'inbound'],
  ['Caller-Dialplan', 'XML'],
]);
const NOT_FIELDS = new Set(['dump', 'variables', 'headers']);
const WITH_OFFSET = /(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * @param recorded what the call's dump holds
 * @param zone the server's, where neither the test nor its dump says
 * @throws Error for a time or a zone that is none
 */
export function callUnderTest(
  call: CallDocument,
  situation: SituationDocument,
  recorded: RecordedCall | undefined,
  zone: string,
): CallUnderTest {
  const serverZone = situation.timezone ?? recorded?.timezone ?? zone;
  return {
    data: channelOf(call, recorded?.data ?? NOBODY),
    answers: [
      answersFromTexts({ globals: textsOf(situation.globals), api: textsOf(situation.answers) }),
      recorded?.answers ?? KNOWS_NOTHING,
    ],
    epochMs: situation.time === undefined ? recorded?.time?.epochMs : epochOf(situation.time, serverZone),
    serverZone,
  };
}

function channelOf(call: CallDocument, base: ReadonlyMap<string, Bytes>): Map<string, Bytes> {
  const data = new Map(base);
  for (const [name, value] of Object.entries(call)) {
    if (value === undefined || typeof value === 'object' || NOT_FIELDS.has(name)) continue;
    const header = findProfileField(name)?.headers?.Caller;
    if (header !== undefined) data.set(header, bytesOf(String(value)));
  }
  for (const [name, value] of Object.entries(call.variables ?? {})) {
    const variable = variableFromData(bytesOf(name), bytesOf(String(value)));
    // FreeSWITCH has no empty variables: setting one removes it.
    if (variable.value === '') data.delete(`variable_${variable.name}`);
    else data.set(`variable_${variable.name}`, variable.value);
  }
  for (const [name, value] of Object.entries(call.headers ?? {})) data.set(bytesOf(name), bytesOf(String(value)));
  return data;
}

function textsOf(values: Readonly<Record<string, Scalar | null>> = {}): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}

function epochOf(time: string, zone: string): number {
  const text = time.replace(' ', 'T');
  const asUtc = Date.parse(WITH_OFFSET.test(text) ? text : `${text}Z`);
  if (Number.isNaN(asUtc)) throw new Error(`expected a time such as "2026-11-25 10:00", found "${time}"`);
  const offset = zoneOffset(asUtc, zone);
  if (offset === undefined) throw new Error(`expected a zone such as "Asia/Shanghai", found "${zone}"`);
  if (WITH_OFFSET.test(text)) return asUtc;
  // The offset at the time itself may be another one than at the same reading in UTC.
  const guess = asUtc - offset * 1000;
  return asUtc - (zoneOffset(guess, zone) ?? offset) * 1000;
}
