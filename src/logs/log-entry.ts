/** A line of Parkway's own JSON logs. */
export interface LogEntry {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly level: string;
  readonly message: string;
  /** What happened: `arrived`, `started`, …; undefined where the line does not say. */
  readonly event: string | undefined;
  /** The channel's uuid; undefined of lines that belong to no call. */
  readonly call: string | undefined;
  readonly fields: LogFields;
}

/** What else a line holds; whoever wrote to the file may have put anything there. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Undefined if the line is none of Parkway's JSON logs. */
export function parseLogEntry(line: string): LogEntry | undefined {
  const fields = parseFields(line);
  if (fields === undefined) return undefined;
  const at = Date.parse(textField(fields, 'timestamp') ?? '');
  const level = textField(fields, 'level');
  const message = textField(fields, 'message');
  if (Number.isNaN(at) || level === undefined || message === undefined) return undefined;
  return { at, level, message, event: textField(fields, 'event'), call: textField(fields, 'call'), fields };
}

function parseFields(line: string): LogFields | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as LogFields) : undefined;
  } catch {
    return undefined;
  }
}

export function textField(fields: LogFields, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' ? value : undefined;
}

export function numberField(fields: LogFields, name: string): number | undefined {
  const value = fields[name];
  return typeof value === 'number' ? value : undefined;
}

export function textsField(fields: LogFields, name: string): readonly string[] {
  const value = fields[name];
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}
