/** What a condition's test left for its actions, and the applications they make of it. */
import type { Bytes } from '../bytes.js';
import type { ProfileField } from './caller-profile.js';
import type { Match } from './pcre2.js';
import { neutraliseCapture, substituteCaptures } from './substitute-captures.js';
import { pushVariable, VariableMap, type Variable } from './variables.js';

export interface Captures {
  readonly subject: Bytes;
  /** Undefined where FreeSWITCH would read memory it does not own; captures are empty then. */
  readonly match: Match | undefined;
  /** Set where the hunt did not look at the subject yet: reading it from here is to look. */
  readonly unseen?: UnseenTest;
}

/** A test of which only the outcome is known: of one field's value as the channel's data has it. */
export interface UnseenTest {
  readonly field: ProfileField;
  /** The expression's text. */
  readonly expression: Bytes;
}

/** An application of the hunted list, its data not yet expanded but for captures. */
export interface HuntedApplication {
  readonly application: Bytes;
  readonly data: Bytes;
  /** Set where nobody looked yet at what captures make of the data: reading it is to look. */
  readonly template?: UnseenTest & { readonly written: Bytes };
}

/** Captures of a test that passed unseen. */
export class UnseenCaptures implements Captures {
  private read: { readonly subject: Bytes; readonly match: Match | undefined } | undefined;

  /** @param look reads the value and matches it */
  constructor(
    readonly unseen: UnseenTest,
    private readonly look: () => { readonly subject: Bytes; readonly match: Match | undefined },
  ) {}

  get subject(): Bytes {
    return this.looked.subject;
  }

  get match(): Match | undefined {
    return this.looked.match;
  }

  private get looked(): { readonly subject: Bytes; readonly match: Match | undefined } {
    return (this.read ??= this.look());
  }
}

/** The same subject, of which nothing is captured. */
export function withoutMatch(captures: Captures): Captures {
  return {
    get subject() {
      return captures.subject;
    },
    match: undefined,
  };
}

/** An action's application with captures put into its data. */
export function withCaptures(
  application: Bytes,
  written: Bytes,
  captures: Captures,
  neutralise: boolean,
): HuntedApplication {
  const { unseen } = captures;
  if (unseen === undefined) return { application, data: substitute(written, captures, neutralise) };
  // Nothing is captured into it, nor is it cut: the room there is grows with it.
  if (!written.includes('$')) return { application, data: written };
  return new UnseenApplication(application, { ...unseen, written }, () => substitute(written, captures, neutralise));
}

class UnseenApplication implements HuntedApplication {
  private worked: Bytes | undefined;

  constructor(
    readonly application: Bytes,
    readonly template: UnseenTest & { readonly written: Bytes },
    private readonly work: () => Bytes,
  ) {}

  get data(): Bytes {
    return (this.worked ??= this.work());
  }
}

function substitute(data: Bytes, { subject, match }: Captures, neutralise: boolean): Bytes {
  const capacity = (data.length + subject.length + 10) * (match?.count ?? 1);
  return substituteCaptures(data, (number) => match?.group(number), { capacity, neutralise });
}

/** The variable FreeSWITCH makes of all captures; undefined where it has none. */
export function variableOfCaptures(name: Bytes, { match }: Captures, neutralise: boolean): Variable | undefined {
  const variables = new VariableMap();
  for (let number = 0; number < (match?.count ?? 0); number += 1) {
    const capture = match?.group(number);
    if (capture !== undefined) pushVariable(variables, name, neutralise ? neutraliseCapture(capture) : capture, 'end');
  }
  return variables.get(name);
}

/** Whether two applications are the same; of alike data that nobody looked at the same becomes. */
export function isSameApplication(one: HuntedApplication, other: HuntedApplication): boolean {
  if (one.application !== other.application) return false;
  const { template } = one;
  const isAlike =
    template !== undefined &&
    template.field === other.template?.field &&
    template.expression === other.template.expression &&
    template.written === other.template.written;
  return isAlike || one.data === other.data;
}
