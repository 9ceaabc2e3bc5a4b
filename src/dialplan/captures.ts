/** What a condition's test left for its actions, and the applications they make of it. */
import type { Bytes } from '../bytes.js';
import type { ProfileField } from './caller-profile.js';
import type { Match, Pattern } from './pcre2.js';
import { neutraliseCapture, substituteCaptures } from './substitute-captures.js';
import { pushVariable, VariableMap, type Variable } from './variables.js';
import type { Witness } from './witness.js';

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
  /** The expression's text, and what it was compiled to. */
  readonly expression: Bytes;
  readonly pattern: Pattern;
  /** Whom to ask for more. */
  readonly witness: Witness;
}

/** An application of the hunted list, its data not yet expanded but for captures. */
export interface HuntedApplication {
  readonly application: Bytes;
  readonly data: Bytes;
  /** Set where nobody looked yet at what captures make of the data: reading it is to look. */
  readonly template?: Template;
}

/** Data as it is written, and the test whose captures are put into it. */
export interface Template extends UnseenTest {
  readonly written: Bytes;
  readonly neutralise: boolean;
}

/** Captures of a test that passed unseen. */
export class UnseenCaptures implements Captures {
  private read: Captures | undefined;

  constructor(readonly unseen: UnseenTest) {}

  get subject(): Bytes {
    return this.looked.subject;
  }

  get match(): Match | undefined {
    return this.looked.match;
  }

  private get looked(): Captures {
    const { witness, field } = this.unseen;
    return (this.read ??= capturesOf(
      this.unseen,
      witness.learn(field, undefined, (value) => value),
    ));
  }
}

function capturesOf({ pattern }: UnseenTest, subject: Bytes): Captures {
  return { subject, match: pattern.match(subject) };
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
  return new UnseenApplication(application, { ...unseen, written, neutralise }, captures);
}

class UnseenApplication implements HuntedApplication {
  private worked: Bytes | undefined;

  constructor(
    readonly application: Bytes,
    readonly template: Template,
    private readonly captures: Captures,
  ) {}

  get data(): Bytes {
    const { written, neutralise } = this.template;
    return (this.worked ??= substitute(written, this.captures, neutralise));
  }
}

/** What the data is for a value of the field. */
function fill(template: Template, value: Bytes): Bytes {
  return substitute(template.written, capturesOf(template, value), template.neutralise);
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

/** Finds out whether something holds for an application's data; where nobody looked at it yet, no more than that is learnt. */
export function dataHolds(application: HuntedApplication, what: string, holds: (data: Bytes) => boolean): boolean {
  const { template } = application;
  if (template === undefined) return holds(application.data);
  const { witness, field } = template;
  return witness.learn(field, keyOf(template, what), (value) => holds(fill(template, value)));
}

/** Whether two applications are the same. Of data that nobody looked at yet no more is learnt than that. */
export function isSameApplication(one: HuntedApplication, other: HuntedApplication): boolean {
  if (one.application !== other.application || beginOtherwise(one, other)) return false;
  if (one.template === undefined) return dataHolds(other, `is ${one.data}`, (data) => data === one.data);
  if (one.template.field !== other.template?.field)
    return dataHolds(one, `is ${other.data}`, (data) => data === other.data);
  return comesToTheSame(one.template, other.template);
}

/** @param other of the same field */
function comesToTheSame(one: Template, other: Template): boolean {
  const keys = [keyOf(one, ''), keyOf(other, '')];
  if (keys[0] === keys[1]) return true;
  return one.witness.learn(one.field, keys.join(), (value) => fill(one, value) === fill(other, value));
}

/** Whether their data differs before anything is captured into it; there is always room for that much. */
function beginOtherwise(one: HuntedApplication, other: HuntedApplication): boolean {
  const [begun, otherBegun] = [beginningOf(one), beginningOf(other)];
  const length = Math.min(begun.length, otherBegun.length);
  return begun.slice(0, length) !== otherBegun.slice(0, length);
}

function beginningOf(application: HuntedApplication): Bytes {
  const { template } = application;
  return template === undefined ? application.data : template.written.slice(0, template.written.indexOf('$'));
}

function keyOf({ expression, written, neutralise }: Template, what: string): string {
  return JSON.stringify([expression, written, neutralise, what]);
}
