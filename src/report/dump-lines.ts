/** What was understood of a dump. */
import { textOf, type Bytes } from '../bytes.js';
import type { RecordedCall } from '../replay/recorded-call.js';
import { printable, printableText } from './printable.js';
import type { Style } from './style.js';

/** Headers that decide most calls, and what they are called here. */
const SHOWN: readonly (readonly [label: string, header: string])[] = [
  ['uuid', 'Unique-ID'],
  ['number', 'Caller-Caller-ID-Number'],
  ['name', 'Caller-Caller-ID-Name'],
  ['called', 'Caller-Destination-Number'],
  ['context', 'Caller-Context'],
  ['address', 'Caller-Network-Addr'],
  ['profile', 'variable_sofia_profile_name'],
  ['gateway', 'variable_sip_gateway'],
  ['user', 'variable_user_name'],
  ['domain', 'variable_domain_name'],
  ['channel', 'Channel-Name'],
  ['state', 'Answer-State'],
];
const VARIABLE = 'variable_';

/** @param all whether every header is shown */
export function dumpLines(call: RecordedCall, all: boolean, style: Style): string[] {
  const variables = [...call.data.keys()].filter((name) => name.startsWith(VARIABLE)).length;
  const shown = all
    ? [...call.data].map(([name, value]): readonly [string, Bytes] => [printable(name), value])
    : SHOWN.flatMap(([label, header]): (readonly [string, Bytes])[] => {
        const value = call.data.get(header);
        return value === undefined ? [] : [[label, value]];
      });
  const width = Math.max(8, ...shown.map(([label]) => label.length));
  const line = (label: string, text: string): string => `  ${label.padEnd(width)} ${text}`;
  const { time } = call;
  return [
    `${style.strong(printableText(call.location))}: ${call.format}, ${call.data.size - variables} headers, ${variables} variables`,
    ...shown.map(([label, value]) => line(label, printable(value))),
    line('time', time === undefined ? 'not told' : `${new Date(time.epochMs).toISOString()} by ${time.from}`),
    line('zone', call.timezone ?? 'not told'),
    ...call.notes.map((note) => line('note', style.doubtful(note))),
  ];
}

export function dumpJson(call: RecordedCall): object {
  return {
    location: call.location,
    format: call.format,
    time: call.time,
    timezone: call.timezone,
    notes: call.notes,
    data: dataJson(call.data),
  };
}

/** Text by header, as `uuid_dump <uuid> json` writes a channel. */
export function dataJson(data: ReadonlyMap<string, Bytes>): Record<string, string> {
  return Object.fromEntries([...data].map(([name, value]) => [textOf(name), textOf(value)]));
}
