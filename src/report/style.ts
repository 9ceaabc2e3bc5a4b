/** Emphasis on a terminal; elsewhere text stays as it is. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  doubtful(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export const PLAIN: Style = {
  good: (text) => text,
  bad: (text) => text,
  doubtful: (text) => text,
  strong: (text) => text,
  faint: (text) => text,
};

const COLOURED: Style = {
  good: escape('32'),
  bad: escape('31'),
  doubtful: escape('33'),
  strong: escape('1'),
  faint: escape('90'),
};

/** Colours on a terminal, unless NO_COLOR is set (https://no-color.org). */
export function styleFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const refused = environment['NO_COLOR'] ?? '';
  return stream.isTTY === true && refused === '' && environment['TERM'] !== 'dumb' ? COLOURED : PLAIN;
}

function escape(code: string): (text: string) => string {
  return (text) => `\x1b[${code}m${text}\x1b[0m`;
}
