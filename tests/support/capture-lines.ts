/** Captured calls as Parkway writes them, a line each. */
export interface CapturedTestCall {
  readonly uuid?: string;
  readonly caller?: string;
  readonly destination: string;
  readonly variables?: Readonly<Record<string, string>>;
}

export function captureLines(calls: readonly CapturedTestCall[]): string {
  return calls.map((call, index) => `${captureLine(call, index)}\n`).join('');
}

function captureLine({ uuid, caller = '1001', destination, variables = {} }: CapturedTestCall, index: number): string {
  const id = uuid ?? `call-${index}`;
  return JSON.stringify({
    capture: 1,
    call: id,
    arrivedAt: Date.UTC(2026, 10, 25, 10) + index,
    timezone: 'UTC',
    mode: 'async',
    domain: 'd.example',
    context: 'default',
    data: {
      'Event-Name': 'CHANNEL_DATA',
      'Unique-ID': id,
      'Caller-Caller-ID-Number': caller,
      'Caller-Destination-Number': destination,
      ...Object.fromEntries(Object.entries(variables).map(([name, value]) => [`variable_${name}`, value])),
    },
    answers: { globals: {}, api: {} },
    outcome: { kind: 'finished', answered: false, endedAt: Date.UTC(2026, 10, 25, 11) },
  });
}
