/** Holds what was decided for a call against what was expected of it. */
import { bytesOf, textOf } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { compileExpression } from '../dialplan/expression.js';
import { dataHolds, type HuntedApplication } from '../dialplan/captures.js';
import type { Hunted } from '../dialplan/hunt.js';
import { Pattern } from '../dialplan/pcre2.js';
import type { FollowedHunt } from '../replay/follow-transfers.js';
import type { SelectedContext } from '../routes/select-context.js';
import type { ActionDocument, ExpectDocument } from './test-document.js';

export interface Decision {
  readonly selected: SelectedContext;
  readonly hunted: Hunted;
  /** Where it is transferred to. */
  readonly followed?: readonly FollowedHunt[];
}

/** What is not as expected. Nobody looks at more of the decision for the message's sake before it is read. */
export class Disappointment {
  /** @param extension the one whose conditions tell why, where that is known */
  constructor(
    private readonly tell: () => string,
    readonly extension?: string,
  ) {}

  get message(): string {
    return this.tell();
  }
}

/** Returns an empty list where all is as expected. */
export function checkExpectation(expect: ExpectDocument, decision: Decision): Disappointment[] {
  return [
    ...checkContext(expect, decision),
    ...checkExtension(expect, decision.hunted),
    ...checkRoute(expect, decision.hunted),
    ...checkLists(expect, decision.hunted),
    ...checkReached(expect, reachedApplications(decision)),
    ...checkHangup(expect, decision),
  ];
}

function checkContext({ domain, context }: ExpectDocument, { selected }: Decision): Disappointment[] {
  const found = selected.context?.name;
  const why = `(${selected.why})`;
  return [
    ...(domain === undefined || sameName(domain, selected.domain)
      ? []
      : [new Disappointment(() => `expected domain ${domain}, found ${selected.domain} ${why}`)]),
    ...(context === undefined || (found !== undefined && sameName(context, found))
      ? []
      : [new Disappointment(() => `expected context ${context}, found ${found ?? 'none'} ${why}`)]),
  ];
}

function checkExtension({ extension }: ExpectDocument, hunted: Hunted): Disappointment[] {
  if (extension === undefined) return [];
  const matched = hunted.matched.map(textOf);
  const found = matched.length === 0 ? 'no extension matched' : `found ${matched.join(', ')}`;
  if (typeof extension === 'string') {
    if (matched.includes(extension)) return [];
    return [new Disappointment(() => `expected extension ${extension}, ${found}`, extension)];
  }
  if (JSON.stringify(extension) === JSON.stringify(matched)) return [];
  const deciding =
    extension.find((name) => !matched.includes(name)) ?? matched.find((name) => !extension.includes(name));
  return [new Disappointment(() => `expected extensions ${extension.join(', ') || 'none'}, ${found}`, deciding)];
}

function checkRoute({ noRoute }: ExpectDocument, hunted: Hunted): Disappointment[] {
  if (noRoute === undefined || noRoute !== hunted.route) return [];
  return [
    new Disappointment(() =>
      noRoute
        ? `expected no route, found ${showAll(hunted.applications) || 'an empty list of applications'}`
        : 'expected a route, found none',
    ),
  ];
}

function checkLists({ actions, inline }: ExpectDocument, hunted: Hunted): Disappointment[] {
  const executed = hunted.inline.map(({ application, data, executed = data }) => ({ application, data: executed }));
  return [...compareLists('actions', actions, hunted.applications), ...compareLists('inline', inline, executed)];
}

function compareLists(
  what: string,
  expected: readonly ActionDocument[] | undefined,
  found: readonly HuntedApplication[],
): Disappointment[] {
  if (expected === undefined) return [];
  const same = (action: ActionDocument, index: number): boolean => {
    const application = found[index];
    return application !== undefined && matchesAction(action, application);
  };
  if (expected.length === found.length && expected.every(same)) return [];
  return [
    new Disappointment(() => {
      const lines = listDifference(expected, found, matchesAction, showAction, showApplication);
      return [`${what} differ (- expected, + found):`, ...lines].join('\n');
    }),
  ];
}

/** What both lists begin and end with stands once, what lies between as missing and found. */
function listDifference<One, Other>(
  expected: readonly One[],
  found: readonly Other[],
  same: (one: One, other: Other) => boolean,
  showOne: (one: One) => string,
  showOther: (other: Other) => string,
): string[] {
  const shorter = Math.min(expected.length, found.length);
  let before = 0;
  while (before < shorter && same(expected[before] as One, found[before] as Other)) before += 1;
  let after = 0;
  while (after < shorter - before && same(expected.at(-1 - after) as One, found.at(-1 - after) as Other)) after += 1;
  const plain = (list: readonly Other[]): string[] => list.map((item) => `    ${showOther(item)}`);
  return [
    ...plain(found.slice(0, before)),
    ...expected.slice(before, expected.length - after).map((item) => `  - ${showOne(item)}`),
    ...found.slice(before, found.length - after).map((item) => `  + ${showOther(item)}`),
    ...plain(found.slice(found.length - after)),
  ];
}

/** An application the call comes to. */
interface Reached {
  readonly application: HuntedApplication;
  /** What transferred it there; undefined for the first hunt. */
  readonly by: HuntedApplication | undefined;
}

function checkReached({ contains, not }: ExpectDocument, reached: readonly Reached[]): Disappointment[] {
  return [
    ...listOf(contains)
      .filter((action) => !reached.some(({ application }) => matchesAction(action, application)))
      .map((action) => new Disappointment(() => `expected ${showAction(action)}, found ${showEach(reached)}`)),
    ...listOf(not).flatMap((action) => {
      const found = reached.find(({ application }) => matchesAction(action, application));
      if (found === undefined) return [];
      return [new Disappointment(() => `expected no ${showAction(action)}, found ${showReached(found)}`)];
    }),
  ];
}

function checkHangup({ hangup }: ExpectDocument, decision: Decision): Disappointment[] {
  if (hangup === undefined) return [];
  const listed = listedApplications(decision);
  const hangups = listed.filter(({ application }) => lowerCase(application.application) === 'hangup');
  const [first] = hangups;
  if (hangup === false) {
    return first === undefined ? [] : [new Disappointment(() => `expected no hangup, found ${showReached(first)}`)];
  }
  if (hangup === true ? first !== undefined : hangups.some(({ application }) => hasData(application, hangup)))
    return [];
  const wanted = hangup === true ? 'a hangup' : `hangup ${hangup}`;
  return [new Disappointment(() => `expected ${wanted}, found ${showEach(listed)}`)];
}

/** Of the first hunt and of those that transfers lead to. */
function listedApplications({ hunted, followed = [] }: Decision): Reached[] {
  return [
    ...hunted.applications.map((application) => ({ application, by: undefined })),
    ...followed.flatMap(({ by, replayed }) => replayed.hunted.applications.map((application) => ({ application, by }))),
  ];
}

function reachedApplications(decision: Decision): Reached[] {
  const { hunted, followed = [] } = decision;
  return [
    ...hunted.inline.map((application) => ({ application, by: undefined })),
    ...followed.flatMap(({ by, replayed }) => replayed.hunted.inline.map((application) => ({ application, by }))),
    ...listedApplications(decision),
  ];
}

/** Application names have no case in FreeSWITCH. */
export function matchesAction(action: ActionDocument, application: HuntedApplication): boolean {
  const [name, wanted] = partsOf(action);
  if (lowerCase(bytesOf(name)) !== lowerCase(application.application)) return false;
  if (wanted === undefined || wanted === null) return true;
  if (typeof wanted !== 'object') return hasData(application, String(wanted));
  const compiled = compileExpression(bytesOf(wanted.matches));
  return (
    compiled instanceof Pattern && dataHolds(application, `matches ${wanted.matches}`, (data) => compiled.test(data))
  );
}

function hasData(application: HuntedApplication, text: string): boolean {
  const wanted = bytesOf(text);
  return dataHolds(application, `is ${wanted}`, (data) => data === wanted);
}

type Wanted = string | number | boolean | null | undefined | { readonly matches: string };

function partsOf(action: ActionDocument): readonly [name: string, wanted: Wanted] {
  if (typeof action === 'string') return [action, undefined];
  return Object.entries(action)[0] as [string, Wanted];
}

function showAction(action: ActionDocument): string {
  const [name, wanted] = partsOf(action);
  if (wanted === undefined || wanted === null) return name;
  return typeof wanted === 'object' ? `${name} matching /${wanted.matches}/` : `${name} ${String(wanted)}`.trimEnd();
}

/** `bridge user/1000` */
export function showApplication({ application, data }: HuntedApplication): string {
  return `${textOf(application)} ${textOf(data)}`.trimEnd();
}

function showReached({ by, application }: Reached): string {
  const shown = showApplication(application);
  return by === undefined ? shown : `${shown} (by ${showApplication(by)})`;
}

function showEach(reached: readonly Reached[]): string {
  return showAll(reached.map(({ application }) => application)) || 'nothing';
}

function showAll(applications: readonly HuntedApplication[]): string {
  return applications.map(showApplication).join('; ');
}

function sameName(one: string, other: string): boolean {
  return lowerCase(one) === lowerCase(other);
}

function listOf(actions: ActionDocument | readonly ActionDocument[] | undefined): readonly ActionDocument[] {
  if (actions === undefined) return [];
  return Array.isArray(actions) ? (actions as readonly ActionDocument[]) : [actions as ActionDocument];
}
