/** Holds what was decided for a call against what was expected of it. */
import { bytesOf, textOf } from '../bytes.js';
import { lowerCase } from '../dialplan/c-values.js';
import { compileExpression } from '../dialplan/expression.js';
import type { HuntedApplication } from '../dialplan/captures.js';
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

/** What is not as expected; `extension` is the one whose conditions tell why, where that is known. */
export interface Disappointment {
  readonly message: string;
  readonly extension?: string;
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
      : [{ message: `expected domain ${domain}, found ${selected.domain} ${why}` }]),
    ...(context === undefined || (found !== undefined && sameName(context, found))
      ? []
      : [{ message: `expected context ${context}, found ${found ?? 'none'} ${why}` }]),
  ];
}

function checkExtension({ extension }: ExpectDocument, hunted: Hunted): Disappointment[] {
  if (extension === undefined) return [];
  const matched = hunted.matched.map(textOf);
  const found = matched.length === 0 ? 'no extension matched' : `found ${matched.join(', ')}`;
  if (typeof extension === 'string') {
    if (matched.includes(extension)) return [];
    return [{ message: `expected extension ${extension}, ${found}`, extension }];
  }
  if (JSON.stringify(extension) === JSON.stringify(matched)) return [];
  const deciding =
    extension.find((name) => !matched.includes(name)) ?? matched.find((name) => !extension.includes(name));
  return [
    {
      message: `expected extensions ${extension.join(', ') || 'none'}, ${found}`,
      ...(deciding === undefined ? {} : { extension: deciding }),
    },
  ];
}

function checkRoute({ noRoute }: ExpectDocument, hunted: Hunted): Disappointment[] {
  if (noRoute === undefined || noRoute !== hunted.route) return [];
  return [
    {
      message: noRoute
        ? `expected no route, found ${showAll(hunted.applications) || 'an empty list of applications'}`
        : 'expected a route, found none',
    },
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
  const lines = listDifference(
    expected,
    found,
    (action, application) => matchesAction(action, application),
    (action) => showAction(action),
    (application) => showApplication(application),
  );
  return [{ message: [`${what} differ (- expected, + found):`, ...lines].join('\n') }];
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
interface Reached extends HuntedApplication {
  /** What transferred it there; undefined for the first hunt. */
  readonly by: HuntedApplication | undefined;
}

function checkReached({ contains, not }: ExpectDocument, reached: readonly Reached[]): Disappointment[] {
  return [
    ...listOf(contains)
      .filter((action) => !reached.some((application) => matchesAction(action, application)))
      .map((action) => ({ message: `expected ${showAction(action)}, found ${showAll(reached) || 'nothing'}` })),
    ...listOf(not).flatMap((action) => {
      const found = reached.find((application) => matchesAction(action, application));
      return found === undefined ? [] : [{ message: `expected no ${showAction(action)}, found ${showReached(found)}` }];
    }),
  ];
}

function checkHangup({ hangup }: ExpectDocument, decision: Decision): Disappointment[] {
  if (hangup === undefined) return [];
  const listed = listedApplications(decision);
  const hangups = listed.filter(({ application }) => lowerCase(application) === 'hangup');
  const [first] = hangups;
  if (hangup === false)
    return first === undefined ? [] : [{ message: `expected no hangup, found ${showReached(first)}` }];
  if (hangups.some(({ data }) => hangup === true || textOf(data) === hangup)) return [];
  const wanted = hangup === true ? 'a hangup' : `hangup ${hangup}`;
  return [{ message: `expected ${wanted}, found ${showAll(listed) || 'nothing'}` }];
}

/** Of the first hunt and of those that transfers lead to. */
function listedApplications({ hunted, followed = [] }: Decision): Reached[] {
  return [
    ...hunted.applications.map((application) => ({ ...application, by: undefined })),
    ...followed.flatMap(({ by, replayed }) =>
      replayed.hunted.applications.map((application) => ({ ...application, by })),
    ),
  ];
}

function reachedApplications(decision: Decision): Reached[] {
  const { hunted, followed = [] } = decision;
  return [
    ...hunted.inline.map((application) => ({ ...application, by: undefined })),
    ...followed.flatMap(({ by, replayed }) => replayed.hunted.inline.map((application) => ({ ...application, by }))),
    ...listedApplications(decision),
  ];
}

/** Application names have no case in FreeSWITCH. */
export function matchesAction(action: ActionDocument, { application, data }: HuntedApplication): boolean {
  const [name, wanted] = partsOf(action);
  if (lowerCase(bytesOf(name)) !== lowerCase(application)) return false;
  if (wanted === undefined || wanted === null) return true;
  if (typeof wanted !== 'object') return bytesOf(String(wanted)) === data;
  const compiled = compileExpression(bytesOf(wanted.matches));
  return compiled instanceof Pattern && compiled.test(data);
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

function showReached({ by, ...application }: Reached): string {
  const shown = showApplication(application);
  return by === undefined ? shown : `${shown} (by ${showApplication(by)})`;
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
