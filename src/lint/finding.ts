/** What lint says, and how a check says it. */
import type { Bytes } from '../bytes.js';
import type { Position } from '../dialplan/position.js';
import type { TimeFinder } from '../dialplan/time-finder.js';
import type { Trace } from '../dialplan/trace.js';
import type { TextFinder } from '../pattern/text-finder.js';
import type { LintedDomain, LintedExtension } from './linted-domain.js';
import type { LintSettings } from './settings.js';

/** Gravest last. */
export const SEVERITIES = ['info', 'warning', 'error'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A call that shows a finding to be true: what it must look like, and each hunt on its way. */
export interface Witness {
  /** Caller profile fields and variables by name; a time as `time`, an API function's answer by its text. */
  readonly call: Readonly<Record<string, Bytes>>;
  /** What of the call no caller can choose and nobody here can know; empty if any caller can make the call. */
  readonly assumptions: readonly string[];
  readonly hunts: readonly { readonly context: Bytes; readonly destination: Bytes; readonly trace: Trace }[];
}

/** One thing that is found wrong. */
export interface LintFinding {
  readonly code: string;
  readonly severity: Severity;
  readonly domain: string;
  /** Where the document is: a file's path, or a key and field. */
  readonly location: string;
  /** Where in its text, where the pointer cannot tell it: in what is no JSON. */
  readonly at?: Position;
  /** Where in the document, as a JSON pointer; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What to do about it; undefined where only the author can know. */
  readonly fix: string | undefined;
  readonly witness?: Witness;
}

/** A finding as a check yields it. */
export interface Found {
  readonly code: string;
  readonly location: string;
  readonly at?: Position;
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
  readonly witness?: Witness;
}

/** Hears how far lint is, for whoever shows it; amounts are rough. */
export interface LintProgress {
  /** So much is to be done besides. */
  expect(amount: number): void;
  advance(amount: number): void;
  /** A call was simulated. */
  count(): void;
}

export interface LintTools {
  readonly finder: TextFinder;
  readonly times: TimeFinder;
  readonly settings: LintSettings;
  /** Today, `YYYY-MM-DD`. */
  readonly today: string;
  /** Of the finder's work for one question; what is not answered by then is unknown. */
  readonly mostWork: number;
  readonly progress: LintProgress;
}

export interface Check {
  /** The codes it may find, with their severity. Each is described in docs/lint.md. */
  readonly codes: Readonly<Record<string, Severity>>;
  /** How much there is to do, where it may take long: it then tells of it as it is done. Any other check is 1. */
  work?(domain: LintedDomain, tools: LintTools): number;
  find(domain: LintedDomain, tools: LintTools): Iterable<Found>;
}

/** A {@link Found} of a check that looks at extensions one by one. */
export type FoundInExtension = Omit<Found, 'location' | 'code'> & { readonly code?: string };

/** A check that looks at every extension by itself. Its first code is that of what is yielded without one. */
export function extensionCheck(
  codes: Readonly<Record<string, Severity>>,
  find: (extension: LintedExtension, tools: LintTools, domain: LintedDomain) => Iterable<FoundInExtension>,
): Check {
  const [first = ''] = Object.keys(codes);
  return {
    codes,
    *find(domain, tools) {
      for (const extension of domain.extensions) {
        const { location } = extension;
        for (const found of find(extension, tools, domain)) yield { code: first, location, ...found };
      }
    },
  };
}
